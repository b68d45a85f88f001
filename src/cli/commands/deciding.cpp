// What people say: approve, waive, hold, resume, build add, abandon.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "commands.hpp"
#include "compose/session.hpp"
#include "ordering.hpp"
#include "train/base/text.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/force_update.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/testers.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

using engine::Release;
using engine::State;
using Bodies = Result<std::vector<EventBody>>;

Result<const Release*> open_release(const State& state) {
  const auto* release = state.focus();
  if (release == nullptr || !release->is_open())
    return fail(ErrorKind::refused, "No release is open.", "`train start` opens one.");
  return release;
}

// After a person's word: what stands now, from the log.
Exit show_where_it_stands(const Context& context, const Session& session, const State& state, const std::string& said) {
  context.say(said);
  const auto model = make_status(session.definition, state, session.clock->now(), Which::focus);
  if (context.format == Format::json)
    context.out() << status_document(model);
  else if (!context.quiet)
    show_status(model, screen_of(context));
  return Exit::done;
}

Exit record_word(const Context& context, const Session& session, const std::string& said, const runner::Make& make) {
  auto state = runner::record(*session.ports().log, *session.clock, session.by, make);
  if (!state) return context.fail(state.error());
  return show_where_it_stands(context, session, *state, said);
}

// ---- approve, waive -------------------------------------------------------------------------------------------------

struct SignOptions {
  std::string item;
  std::string why;
  std::string evidence;
  std::string sign_with;
};

std::optional<std::string> role_of_force_update(const Definition& definition, const std::string& item) {
  const auto parts = split(item, ':');
  const auto bad = parts.size() == 4 ? VersionName::parse(parts[1]) : std::nullopt;
  if (!bad) return std::nullopt;
  for (const auto& [degree, roles] : definition.force_update.approvals) {
    for (const auto& role : roles) {
      if (engine::force_update_item(*bad, degree, role) == item) return role;
    }
  }
  return std::nullopt;
}

// The role under which a sign-off of this item counts; `usage` for an item that nothing asks for.
Result<std::string> role_of_item(const Definition& definition, const std::string& item) {
  for (const auto& entry : definition.checklist) {
    if (entry.id == item) return entry.role;
  }
  for (const auto& rule : definition.approvals) {
    if (fmt::format("{}:{}", to_string(rule.before), rule.role) == item) return rule.role;
  }
  if (auto role = role_of_force_update(definition, item)) return *role;
  if (starts_with(item, "risk:")) return std::string("release_manager");
  const auto parts = split(item, ':');
  if (parts.size() >= 2 && definition.find_app(parts[0]) != nullptr) {
    const bool whole = parts[1] == "full_release" || parts[1] == "standby" || parts[1] == "rollback";
    if (whole && parts.size() == 2) return std::string("release_manager");
    const bool gate = parts[1] == "gate" && parts.size() == 3;
    const bool known =
        gate && (parts[2] == "any" || std::any_of(definition.gates.begin(), definition.gates.end(), [&](const Gate& g) {
                   return g.signal == parts[2] && definition.applies(g, parts[0]);
                 }));
    if (known) return std::string("release_manager");
    const auto& groups = definition.find_app(parts[0])->testers;
    const auto waits = [&](const std::string& group) { return engine::testers_item(parts[0], group) == item; };
    if (std::any_of(groups.begin(), groups.end(), waits)) return std::string("release_manager");
  }
  return fail(ErrorKind::usage, "Nothing waits for `" + printable(item, 200) + "`.",
              "`train status` shows what can be approved, in brackets.");
}

Result<Done> may_sign(const Definition& definition, const std::string& by, const std::string& role) {
  if (definition.members.empty()) return Done{};
  const auto* member = definition.find_member(by);
  if (member == nullptr) {
    return fail(ErrorKind::usage, by + " is not among people.members, so the sign-off would not count.",
                "Give --as a member's name.");
  }
  const bool has_role =
      role.empty() || std::find(member->roles.begin(), member->roles.end(), role) != member->roles.end();
  if (!has_role)
    return fail(ErrorKind::refused, by + " does not have the role " + role + ".", "Ask somebody who has it.");
  return Done{};
}

Exit run_sign(const Context& context, const SignOptions& options, event::SignedOff::How how) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (!options.sign_with.empty()) {
    return context.fail(
        {ErrorKind::usage, "Signed approvals are not active in this version of train.", "Leave out --sign-with."});
  }
  const auto role = role_of_item(session->definition, options.item);
  if (!role) return context.fail(role.error());
  if (auto allowed = may_sign(session->definition, session->by, *role); !allowed) return context.fail(allowed.error());
  const auto make = [&](const State& state) -> Bodies {
    auto release = open_release(state);
    if (!release) return tl::unexpected(release.error());
    event::SignedOff event;
    event.version = (*release)->version;
    event.item = options.item;
    event.how = how;
    event.role = *role;
    event.why = options.why;
    event.evidence = options.evidence;
    return std::vector<EventBody>{event};
  };
  const auto* word = how == event::SignedOff::How::waived ? " waived " : " approved ";
  return record_word(context, *session, session->by + word + options.item + ".", make);
}

// ---- hold, resume ---------------------------------------------------------------------------------------------------

struct AppOptions {
  std::string app;
  std::string why;
  std::vector<std::string> overrides;
};

Exit run_hold(const Context& context, const AppOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  const auto make = [&](const State& state) -> Bodies {
    auto release = open_release(state);
    if (!release) return tl::unexpected(release.error());
    return std::vector<EventBody>{event::Held{(*release)->version, options.app, options.why}};
  };
  return record_word(context, *session, "Held; the rollout stays as it is.", make);
}

// Breaches that stay latched must be named: nobody overrides what they have not read.
Result<Done> overrides_named(const Release& release, const AppOptions& options) {
  std::vector<std::string> missing;
  for (const auto& app : release.apps) {
    if (!options.app.empty() && app.app != options.app) continue;
    for (const auto& [signal, breach] : app.breaches) {
      const bool named =
          std::find(options.overrides.begin(), options.overrides.end(), signal) != options.overrides.end();
      if (!named && breach.reaction != Reaction::switch_off) missing.push_back(signal);
    }
  }
  if (missing.empty()) return Done{};
  return fail(ErrorKind::refused, "A breach is latched: " + join(missing, ", ") + ".",
              "Add `--override " + missing.front() + "` to go on in spite of it, or bring a newer build.");
}

Exit run_resume(const Context& context, const AppOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  const auto make = [&](const State& state) -> Bodies {
    const auto* release = state.focus();
    if (release == nullptr) return fail(ErrorKind::refused, "There is no release to resume.");
    if (auto named = overrides_named(*release, options); !named) return tl::unexpected(named.error());
    return std::vector<EventBody>{event::Resumed{release->version, options.app, options.why, options.overrides}};
  };
  return record_word(context, *session, "Resumed; `train advance` goes on from here.", make);
}

// ---- build add, abandon ---------------------------------------------------------------------------------------------

struct BuildOptions {
  std::string app;
  std::string build;
};

Result<event::CandidateChosen> candidate_from(const Session& session, const Release& release,
                                              const BuildOptions& options) {
  event::CandidateChosen event;
  event.version = release.version;
  event.app = options.app;
  event.origin = CandidateOrigin::build_add;
  if (const auto number = BuildNumber::parse(options.build); number && !std::filesystem::exists(options.build)) {
    event.build = *number;
    return event;
  }
  const auto path = std::filesystem::absolute(options.build).lexically_normal();
  auto identity = session.ports().archives->inspect(path);
  if (!identity) return tl::unexpected(identity.error());
  if (!*identity)
    return fail(ErrorKind::usage, "There is no file " + path.string() + ", and it is not a build number.");
  const auto* app = session.definition.find_app(options.app);
  if ((*identity)->id != app->store_id || (*identity)->version != release.version) {
    return fail(ErrorKind::refused,
                fmt::format("{} is {} {}, not {} {}.", path.string(), printable((*identity)->id, 200),
                            (*identity)->version.text(), app->store_id, release.version.text()));
  }
  event.build = (*identity)->build;
  event.sha256 = (*identity)->sha256;
  event.path = path.string();
  return event;
}

Result<Done> may_replace(const Release& release, const event::CandidateChosen& event) {
  const auto* app = release.find(event.app);
  if (app == nullptr) return Done{};
  if (app->candidate && event.build <= app->candidate->build) {
    return fail(
        ErrorKind::refused,
        fmt::format("Build {} is not newer than the candidate {}.", event.build.text(), app->candidate->build.text()),
        "Stores only take rising build numbers.");
  }
  if (engine::is_exposed(*app)) {
    return fail(ErrorKind::refused, event.app + " is already serving users: another build is another version.",
                "`train start --hotfix` opens one.");
  }
  return Done{};
}

Exit run_build_add(const Context& context, const BuildOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  const auto make = [&](const State& state) -> Bodies {
    auto release = open_release(state);
    if (!release) return tl::unexpected(release.error());
    auto event = candidate_from(*session, **release, options);
    if (!event) return tl::unexpected(event.error());
    if (auto allowed = may_replace(**release, *event); !allowed) return tl::unexpected(allowed.error());
    event->voided = engine::voided_sign_offs(session->definition, **release, options.app);
    return std::vector<EventBody>{*event};
  };
  return record_word(context, *session, "Build added; sign-offs on an earlier candidate are void.", make);
}

Exit run_abandon(const Context& context, const AppOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  const auto make = [&](const State& state) -> Bodies {
    auto release = open_release(state);
    if (!release) return tl::unexpected(release.error());
    for (const auto& app : (*release)->apps) {
      if (!engine::is_exposed(app) || app.seen->status == ReleaseStatus::halted) continue;
      return fail(ErrorKind::refused, app.app + " is serving " + app.seen->percent.text() + " of its users.",
                  "`train halt` first, then give it up.");
    }
    return std::vector<EventBody>{event::Abandoned{(*release)->version, options.why}};
  };
  return record_word(context, *session, "Given up. What the stores hold stays there as it is.", make);
}

template <typename Options>
void on_call(CLI::App* command, Chosen& chosen, Context& context, std::shared_ptr<Options> options,
             Exit (*run)(const Context&, const Options&)) {
  command->callback(
      [&chosen, &context, options, run] { chosen = [&context, options, run] { return run(context, *options); }; });
}

void add_signing(CLI::App& root, Context& context, Chosen& chosen) {
  auto approve = std::make_shared<SignOptions>();
  auto* approving =
      add_command(root, "approve", "Sign off an item that a wait shows", "train approve submission:qa --as ben");
  approving->add_option("ITEM", approve->item, "What a wait shows in brackets")->required();
  approving->add_option("--evidence", approve->evidence, "A link to what was looked at");
  approving->add_option("--sign-with", approve->sign_with, "An SSH key; not yet active");
  on_call<SignOptions>(approving, chosen, context, approve, [](const Context& c, const SignOptions& o) {
    return run_sign(c, o, event::SignedOff::How::approved);
  });

  auto waive = std::make_shared<SignOptions>();
  auto* waiving = add_command(root, "waive", "Let an item pass without its sign-off, for a reason",
                              "train waive store-copy --why 'unchanged since 3.3.0'");
  waiving->add_option("ITEM", waive->item, "What a wait shows in brackets")->required();
  waiving->add_option("--why", waive->why, "The reason, for the log")->required();
  on_call<SignOptions>(waiving, chosen, context, waive, [](const Context& c, const SignOptions& o) {
    return run_sign(c, o, event::SignedOff::How::waived);
  });
}

std::shared_ptr<AppOptions> app_options(CLI::App* command, const char* which) {
  auto options = std::make_shared<AppOptions>();
  command->add_option("APP", options->app, which);
  command->add_option("--why", options->why, "The reason, for the log")->required();
  return options;
}

void add_holding(CLI::App& root, Context& context, Chosen& chosen) {
  auto* hold = add_command(root, "hold", "Stop promotion; the rollout stays as it is",
                           "train hold android --why 'support sees something'");
  on_call<AppOptions>(hold, chosen, context, app_options(hold, "Default: the whole release"), run_hold);

  auto* resume = add_command(root, "resume", "End a hold, a halt, a latched breach, or a rejection mended by metadata",
                             "train resume android --why 'fixed by the flag' --override crashes");
  auto resuming = app_options(resume, "Default: the whole release");
  resume->add_option("--override", resuming->overrides, "A breached signal to go on in spite of");
  on_call<AppOptions>(resume, chosen, context, resuming, run_resume);
}

}  // namespace

void add_deciding(CLI::App& root, Context& context, Chosen& chosen) {
  add_signing(root, context, chosen);
  add_holding(root, context, chosen);

  auto* build = add_command(root, "build", "Release candidates", "train build add android build/charge-3.4.0.aab");
  build->require_subcommand(1);
  auto adding = std::make_shared<BuildOptions>();
  auto* add = add_command(*build, "add", "A newer release candidate; sign-offs on the earlier one are void",
                          "train build add ios 341");
  add->add_option("APP", adding->app)->required();
  add->add_option("BUILD", adding->build, "An archive, or a build number the store has")->required();
  on_call<BuildOptions>(add, chosen, context, adding, run_build_add);

  auto* abandon = add_command(root, "abandon", "Give the release up", "train abandon --why 'superseded by 3.5.0'");
  auto abandoning = std::make_shared<AppOptions>();
  abandon->add_option("--why", abandoning->why, "The reason, for the log")->required();
  on_call<AppOptions>(abandon, chosen, context, abandoning, run_abandon);
}

}  // namespace train::cli
