// force-update: whether people on a bad version are asked to leave it, and the asking.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/clocks.hpp"
#include "compose/flag_wiring.hpp"
#include "compose/session.hpp"
#include "compose/wiring.hpp"
#include "ordering.hpp"
#include "train/base/text.hpp"
#include "train/engine/force_update.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ForceOptions {
  std::string app;
  std::string version;
  std::string severity;
  std::string share;
  std::string fix;
  std::string why;
  bool legal = false;
  bool cannot_update_here = false;
  bool yes = false;
};

struct Assessed {
  AppName app;
  engine::ForceUpdateFacts facts;
  engine::ForceUpdateDecision decision;
};

Result<engine::ForceUpdateFacts> facts_of(const ForceOptions& options, const engine::State& state, const AppName& app) {
  engine::ForceUpdateFacts facts;
  const auto* focus = state.focus();
  const auto bad = VersionName::parse(options.version);
  if (!options.version.empty() && !bad)
    return fail(ErrorKind::usage, "`" + options.version + "` is not a version like 3.4.0.");
  if (!bad && focus == nullptr) return fail(ErrorKind::usage, "No release is known: name the bad one with --version.");
  facts.bad = bad ? *bad : focus->version;
  const auto severity = parse_severity(options.severity);
  if (!severity) return fail(ErrorKind::usage, "`" + options.severity + "` is none of low, medium, high, critical.");
  facts.severity = *severity;
  facts.legal = options.legal;
  facts.can_update_here = !options.cannot_update_here;
  facts.share = engine::share_of(state, app, facts.bad);
  if (!options.share.empty()) {
    const auto share = Percent::parse(options.share);
    if (!share) return fail(ErrorKind::usage, "`" + options.share + "` is not a percentage like 5%.");
    facts.share = *share;
  }
  facts.fix = engine::fix_for(state, app, facts.bad);
  if (!options.fix.empty()) facts.fix = VersionName::parse(options.fix);
  if (!options.fix.empty() && (!facts.fix || *facts.fix <= facts.bad))
    return fail(ErrorKind::usage, "`" + options.fix + "` is not a version above " + facts.bad.text() + ".");
  return facts;
}

Result<std::vector<Assessed>> assess_all(const Session& session, const engine::State& state,
                                         const ForceOptions& options) {
  const auto& rule = session.definition.force_update;
  if (!rule.minimum_version) {
    return fail(ErrorKind::usage, "The definition says nothing of forced updates.",
                "Give `force_update.minimum_version`, where the apps read the least version supported.");
  }
  if (auto known = known_app(session.definition, options.app); !known) return tl::unexpected(known.error());
  std::vector<Assessed> out;
  for (const auto& app : session.definition.apps) {
    if (!options.app.empty() && options.app != app.name) continue;
    auto facts = facts_of(options, state, app.name);
    if (!facts) return tl::unexpected(facts.error());
    auto decision = engine::assess(rule, *facts);
    out.push_back({app.name, std::move(*facts), std::move(decision)});
  }
  return out;
}

Json json_of(const Assessed& one) {
  Json because = Json::array();
  for (const auto& reason : one.decision.because)
    because.push_back({{"rule", reason.rule}, {"seen", reason.seen}, {"wanted", reason.wanted}});
  return {{"app", one.app},
          {"version", one.facts.bad.text()},
          {"degree", to_string(one.decision.degree)},
          {"minimum", one.decision.minimum ? Json(one.decision.minimum->text()) : Json(nullptr)},
          {"grace_s", one.decision.grace.count()},
          {"exempt", one.decision.exempt},
          {"approvals", one.decision.approvals},
          {"because", std::move(because)}};
}

void show_assessed(const Context& context, const std::vector<Assessed>& all) {
  if (context.format == Format::json) {
    Json out{{"schema", "train.force_update/1"}, {"decisions", Json::array()}};
    for (const auto& one : all) out["decisions"].push_back(json_of(one));
    context.out() << out.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    return;
  }
  const Screen screen = screen_of(context);
  for (const auto& one : all) {
    screen.out << "  " << screen.paint(Style::bold, one.app + " " + one.facts.bad.text() + ": ")
               << to_string(one.decision.degree);
    if (one.decision.minimum) {
      screen.out << ", at least " << one.decision.minimum->text() << ", after " << format_duration(one.decision.grace);
      if (!one.decision.exempt.empty()) screen.out << ", not during " << join(one.decision.exempt, ", ");
    }
    screen.out << "\n";
    for (const auto& reason : one.decision.because)
      screen.out << "      " << screen.paint(Style::dim, reason.rule + ": ") << printable(reason.seen) << " ("
                 << printable(reason.wanted) << ")\n";
  }
}

// The log, and what the table makes of it: shown. nullopt: an error was said, and `exit` is set.
struct Assessment {
  Session session;
  engine::State state;
  std::vector<Assessed> all;
};

std::optional<Assessment> assess_and_show(const Context& context, const ForceOptions& options, Exit& exit) {
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return std::nullopt;
  auto state = runner::load_state(*session->ports().log);
  auto all = state ? assess_all(*session, *state, options) : tl::unexpected(state.error());
  if (!all) {
    exit = context.fail(all.error());
    return std::nullopt;
  }
  show_assessed(context, *all);
  return Assessment{std::move(*session), std::move(*state), std::move(*all)};
}

Exit run_assess(const Context& context, const ForceOptions& options) {
  Exit exit = Exit::done;
  assess_and_show(context, options, exit);
  return exit;
}

// ---- apply ----------------------------------------------------------------------------------------------------------

// Both stores read one parameter: the least that all these decisions ask for, the hardest of their degrees.
struct Wanted {
  VersionName minimum;
  Degree degree = Degree::none;
  Duration grace{0};
  std::vector<std::string> exempt;
};

std::optional<Wanted> wanted_of(const std::vector<Assessed>& all) {
  std::optional<Wanted> out;
  for (const auto& one : all) {
    if (!one.decision.minimum) continue;
    if (!out) out = Wanted{*one.decision.minimum, one.decision.degree, one.decision.grace, one.decision.exempt};
    out->minimum = std::min(out->minimum, *one.decision.minimum);
    out->degree = std::max(out->degree, one.decision.degree);
  }
  return out;
}

std::string policy_text(const Wanted& wanted, Instant now) {
  return Json{{"minimum", wanted.minimum.text()},
              {"degree", to_string(wanted.degree)},
              {"from", format_rfc3339(now)},
              {"grace_s", wanted.grace.count()},
              {"exempt", wanted.exempt}}
      .dump();
}

Result<Done> write_value(Session& session, Flag flag, const std::string& parameter, const std::string& value) {
  flag.parameter = parameter;
  flag.name = "force_update." + parameter;
  auto provider = wire_flag(flag, session.definition.directory, *session.clock, sleep_on(*session.clock));
  if (!provider) return tl::unexpected(provider.error());
  session.owned.ports.flags[flag.name] = provider->get();
  const auto set = runner::set_flag(session.ports(), session.by, flag, value,
                                    [&](FlagProvider& one, const Flag& which) { return one.set(which, value); });
  session.owned.ports.flags.erase(flag.name);
  return set.map([](const engine::State&) { return Done{}; });
}

Result<Done> never_lower(Session& session, const Flag& flag, const VersionName& minimum) {
  auto provider = wire_flag(flag, session.definition.directory, *session.clock, sleep_on(*session.clock));
  if (!provider) return tl::unexpected(provider.error());
  const auto now = (*provider)->get(flag);
  if (!now && now.error().kind != ErrorKind::not_found) return tl::unexpected(now.error());
  const auto present = now ? VersionName::parse(*now) : std::nullopt;
  if (!present || *present <= minimum) return Done{};
  return fail(
      ErrorKind::refused,
      fmt::format("{} is {} already, above {}; nothing was set.", flag.parameter, present->text(), minimum.text()),
      "A minimum version is never lowered by this command: `train flags` or the provider's console can.");
}

// The policy first: an app that reads the minimum finds how hard it is meant beside it.
Result<Done> write_both(Session& session, const Wanted& wanted) {
  const auto& rule = session.definition.force_update;
  const Flag& flag = *rule.minimum_version;
  if (wanted.degree == Degree::nudge && rule.policy_parameter.empty()) {
    return fail(ErrorKind::refused, "A nudge cannot be told by a minimum version alone; nothing was set.",
                "Give `force_update.policy_parameter`, which the apps read for the degree.");
  }
  if (auto rises = never_lower(session, flag, wanted.minimum); !rises) return rises;
  if (!rule.policy_parameter.empty()) {
    const auto told = write_value(session, flag, rule.policy_parameter, policy_text(wanted, session.clock->now()));
    if (!told) return told;
  }
  if (wanted.degree == Degree::nudge) return Done{};
  return write_value(session, flag, flag.parameter, wanted.minimum.text());
}

// Google Play asks people itself, where the build is known and the degree is hard.
Result<Done> recover(const Session& session, const engine::State& state, const Assessed& one) {
  const auto& app = *session.definition.find_app(one.app);
  if (!app.facts().recoveries || one.decision.degree != Degree::hard) return Done{};
  const auto* release = state.find(one.facts.bad);
  const auto* progress = release == nullptr ? nullptr : release->find(one.app);
  if (progress == nullptr || !progress->candidate) return Done{};
  auto recoveries = wire_recoveries(session.definition, app, *session.clock, {});
  if (!recoveries) return tl::unexpected(recoveries.error());
  const RecoveryWish wish{{progress->candidate->build}, {true, {}, {}}};
  const auto draft = (*recoveries)->prepare(wish);
  if (!draft) return tl::unexpected(draft.error());
  return (*recoveries)->deploy({draft->id, progress->candidate->build}).map([](const Recovery&) { return Done{}; });
}

Result<Done> approved(const engine::State& state, const std::vector<Assessed>& all) {
  std::vector<std::string> missing;
  const auto* release = state.focus();
  for (const auto& one : all) {
    for (const auto& item :
         engine::missing_approvals(release == nullptr ? engine::Release{} : *release, one.decision)) {
      const auto command = "`train approve " + item + "`";
      if (std::find(missing.begin(), missing.end(), command) == missing.end()) missing.push_back(command);
    }
  }
  if (missing.empty()) return Done{};
  return fail(ErrorKind::refused, "Not everybody who must has approved it; nothing was done.",
              "Wanted: " + join(missing, ", ") + ".");
}

Result<engine::State> write_down(const Session& session, const std::vector<Assessed>& all, const std::string& why) {
  return runner::record(*session.ports().log, *session.clock, session.by, [&](const engine::State&) {
    std::vector<EventBody> bodies;
    for (const auto& one : all) {
      if (one.decision.degree == Degree::none) continue;
      bodies.emplace_back(event::ForceUpdateDecided{one.facts.bad, one.app, std::string(to_string(one.decision.degree)),
                                                    one.decision.minimum, why, one.decision.because});
    }
    return Result<std::vector<EventBody>>(std::move(bodies));
  });
}

Exit run_apply(const Context& context, const ForceOptions& options) {
  Exit exit = Exit::done;
  auto assessed = assess_and_show(context, options, exit);
  if (!assessed) return exit;
  auto& [session, state, all] = *assessed;
  const auto wanted = wanted_of(all);
  if (!wanted) {
    context.say("Nobody is asked to update: there is nothing to apply.");
    return Exit::done;
  }
  if (auto may = approved(state, all); !may) return context.fail(may.error());
  if (!confirmed(context, options.yes, fmt::format("Ask people to update ({})?", to_string(wanted->degree)))) {
    return context.fail(
        {ErrorKind::usage, "It was not confirmed; nothing was done.", "Pass --yes where there is no terminal."});
  }
  if (auto written = write_both(session, *wanted); !written) return context.fail(written.error());
  if (auto recorded = write_down(session, all, options.why); !recorded) return context.fail(recorded.error());
  for (const auto& one : all) {
    if (auto asked = recover(session, state, one); !asked) exit = worse(exit, context.fail(asked.error()));
  }
  if (exit == Exit::done) context.say("People are asked from now on, where their app reads it.");
  return exit;
}

std::shared_ptr<ForceOptions> add_facts(CLI::App* command) {
  auto options = std::make_shared<ForceOptions>();
  command->add_option("APP", options->app, "Default: every app");
  command->add_option("--version", options->version, "The bad version (default: the release in focus)");
  command->add_option("--severity", options->severity, "low, medium, high or critical")->required();
  command->add_option("--share", options->share, "Users on it, such as 5% (default: as the store showed it)");
  command->add_option("--fix", options->fix, "A newer version that everybody can get (default: as the log knows)");
  command->add_flag("--legal", options->legal, "Law or safety asks for it");
  command->add_flag("--cannot-update-here", options->cannot_update_here,
                    "People are offline, or in the middle of something that an update would end");
  return options;
}

}  // namespace

void add_forcing(CLI::App& root, Context& context, Chosen& chosen) {
  auto* force = add_command(root, "force-update", "Ask people to leave a bad version",
                            "train force-update assess --severity high");
  force->require_subcommand(1);
  auto* assess = add_command(*force, "assess", "What the table says, with every reason; nothing is done",
                             "train force-update assess --severity high --fix 3.4.1");
  auto assessing = add_facts(assess);
  assess->callback(
      [&chosen, &context, assessing] { chosen = [&context, assessing] { return run_assess(context, *assessing); }; });

  auto* apply = add_command(*force, "apply", "The same decision, written where the apps and Google Play read it",
                            "train force-update apply --severity critical --why 'loses payments'");
  auto applying = add_facts(apply);
  apply->add_option("--why", applying->why, "The reason, for the log")->required();
  apply->add_flag("--yes", applying->yes, "Do not ask");
  apply->callback(
      [&chosen, &context, applying] { chosen = [&context, applying] { return run_apply(context, *applying); }; });
}

}  // namespace train::cli
