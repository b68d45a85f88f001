// start, advance, watch: what moves the train.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "compose/clocks.hpp"
#include "compose/session.hpp"
#include "feed_watcher.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

// ---- start ----------------------------------------------------------------------------------------------------------

struct StartOptions {
  std::string version;
  bool hotfix = false;
};

// The version to open: the one asked for, or the next after what is known to be out.
Result<VersionName> version_to_open(const Session& session, const engine::State& state, const StartOptions& options) {
  if (!options.version.empty()) {
    const auto parsed = VersionName::parse(options.version);
    if (!parsed) return fail(ErrorKind::usage, "`" + options.version + "` is not a version like 3.4.0.");
    return *parsed;
  }
  VersionName newest = engine::newest_taken(state);
  for (const auto& [name, store] : session.ports().stores) {
    if (newest != VersionName()) break;
    auto view = store->observe(VersionName(), Depth::summary);
    if (!view) return tl::unexpected(view.error());
    if (view->live) newest = std::max(newest, view->live->version);
  }
  if (newest == VersionName())
    return fail(ErrorKind::usage, "Nothing is live yet, so the next version is not known.",
                "Name it: `train start 1.0.0`.");
  return newest.next(options.hotfix ? Bump::patch : session.definition.next);
}

Result<Done> may_open(const Definition& definition, const engine::State& state, const VersionName& version,
                      const StartOptions& options, Instant now) {
  for (const auto& release : state.releases) {
    if (release.version == version) {
      return fail(ErrorKind::refused,
                  fmt::format("Release {} exists already ({}).", version.text(),
                              engine::to_string(engine::release_phase(definition, release, now))),
                  "Run `train status`, or name another version.");
    }
    for (const auto& app : release.apps) {
      if (!app.standby || app.standby->version != version) continue;
      return fail(
          ErrorKind::refused,
          fmt::format("{} is taken by the standby of {} for {}.", version.text(), app.app, release.version.text()),
          "Name a higher version: the way back keeps its own.");
    }
    if (!release.is_open()) continue;
    if (version <= release.version && !options.hotfix) {
      return fail(ErrorKind::refused,
                  fmt::format("Release {} is open; {} would not be newer.", release.version.text(), version.text()));
    }
    const bool on_its_way = engine::release_phase(definition, release, now) == engine::ReleasePhase::shipping;
    if (options.hotfix == release.hotfix && (!on_its_way || release.hotfix)) {
      return fail(ErrorKind::refused, fmt::format("Release {} has not left yet.", release.version.text()),
                  "Let it leave, or give it up with `train abandon --why …`.");
    }
  }
  return Done{};
}

std::optional<VersionName> live_version(const engine::State& state) {
  std::optional<VersionName> live;
  for (const auto& release : state.releases) {
    if (release.finished) live = release.version;
    for (const auto& app : release.apps) {
      if (!live && app.live) live = app.live->version;
    }
  }
  return live;
}

// A store that keeps version records takes only numbers that rise: better said now than at the submission. A store that
// cannot be read is said later, by the look that follows.
Result<Done> must_rise(const Session& session, const VersionName& version) {
  for (const auto& app : session.definition.apps) {
    const auto store = session.ports().stores.find(app.name);
    if (!app.facts().reviews_apart() || store == session.ports().stores.end()) continue;
    const auto view = store->second->observe(version, Depth::summary);
    if (!view || !view->live || view->release || version > view->live->version) continue;
    return fail(ErrorKind::refused,
                fmt::format("Cannot open {}: {} is live on {}, and its store takes only numbers that rise.",
                            version.text(), view->live->version.text(), app.name),
                "Name a higher one; nothing was done.");
  }
  return Done{};
}

Exit run_start(const Context& context, const StartOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  const auto now = session->clock->now();
  VersionName opened;
  auto state =
      runner::record(*session->ports().log, *session->clock, session->by,
                     [&](const engine::State& seen) -> Result<std::vector<EventBody>> {
                       auto version = version_to_open(*session, seen, options);
                       if (!version) return tl::unexpected(version.error());
                       if (auto allowed = may_open(session->definition, seen, *version, options, now); !allowed)
                         return tl::unexpected(allowed.error());
                       if (auto rises = must_rise(*session, *version); !rises) return tl::unexpected(rises.error());
                       opened = *version;
                       event::Opened event{*version, options.hotfix, std::nullopt, std::nullopt};
                       if (!options.hotfix) event.cutoff = engine::next_cutoff(session->definition.calendar, now);
                       if (options.hotfix) event.replaces = live_version(seen);
                       return std::vector<EventBody>{event};
                     });
  if (!state) return context.fail(state.error());
  // A version the stores already know is taken over where it stands.
  auto report = runner::observe(session->definition, session->ports());
  if (!report) return context.fail(report.error());
  for (const auto& failed : report->failed_looks) context.fail(failed.error);
  context.say("Opened " + opened.text() + (options.hotfix ? " (hotfix)." : "."));
  const auto model = make_status(session->definition, report->state, session->clock->now(), Which::focus);
  if (context.format == Format::json)
    context.out() << status_document(model);
  else
    show_status(model, screen_of(context));
  return report->failed_looks.empty() ? Exit::done : exit_of(*report);
}

// ---- advance, watch -------------------------------------------------------------------------------------------------

struct AdvanceOptions {
  std::string plan_file;
};

Result<runner::Options> runner_options(const Context& context, const AdvanceOptions& options) {
  runner::Options out;
  if (!options.plan_file.empty()) {
    auto text = read_file(options.plan_file, 1 << 20);
    if (!text) return fail(ErrorKind::usage, text.error().message, text.error().hint);
    auto steps = read_plan_document(*text);
    if (!steps) return tl::unexpected(steps.error());
    out.only = std::move(*steps);
  }
  if (context.quiet || context.format == Format::json) return out;
  // As it happens, on stdout: it is what the command is for.
  out.on_event = [&context, intents = std::map<std::string, Step>()](const Event& event) mutable {
    if (const auto* intent = std::get_if<event::Intent>(&event.body)) intents[intent->operation] = intent->step;
    if (const auto* dropped = std::get_if<event::MessagesDropped>(&event.body))
      context.say(fmt::format("{} older messages to {} are dropped: `train log` has what they were about.",
                              dropped->count, printable(dropped->channel)));
    const auto* outcome = std::get_if<event::Outcome>(&event.body);
    if (outcome == nullptr || outcome->result != event::Outcome::Result::done) return;
    const Paint paint(context.coloured());
    context.out() << "  " << paint(Style::good, "✓") << " " << step_text(intents[outcome->operation]) << "\n"
                  << std::flush;
  };
  return out;
}

Result<runner::Report> advance_once(const Context& context, const Session& session, const AdvanceOptions& options) {
  auto with = runner_options(context, options);
  if (!with) return tl::unexpected(with.error());
  return runner::advance(session.definition, session.ports(), *with);
}

Exit run_advance(const Context& context, const AdvanceOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  auto report = advance_once(context, *session, options);
  if (!report) return context.fail(report.error());
  if (context.format == Format::json)
    context.out() << advance_document(*report);
  else
    show_advance(*report, screen_of(context, session->definition), session->clock->now());
  return exit_of(*report);
}

bool nothing_is_open(const engine::State& state) {
  return std::none_of(state.releases.begin(), state.releases.end(),
                      [](const engine::Release& r) { return r.is_open(); });
}

// The next time something can have changed: a due time, or an hour, whichever is first.
Instant next_look(const Plan& plan, Instant now) {
  const Instant hourly = now + Duration(3600);
  return plan.next_due && *plan.next_due < hourly ? *plan.next_due : hourly;
}

Exit run_watch(const Context& context) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  FeedWatcher feed_watcher(context, *session->clock, session->ports().feeds);
  while (true) {
    const auto looked = session->clock->now();
    auto report = advance_once(context, *session, {});
    if (!report && report.error().kind != ErrorKind::conflict) return context.fail(report.error());
    const auto now = session->clock->now();
    if (report) {
      exit = exit_of(*report);
      for (const auto& failed : report->failed) context.fail(failed.error);
      for (const auto& failed : report->failed_looks) context.fail(failed.error);
      const bool ended = nothing_is_open(report->state);
      if (ended || exit == Exit::person || exit == Exit::credentials) {
        if (context.format == Format::json)
          context.out() << advance_document(*report);
        else
          show_advance(*report, screen_of(context, session->definition), now);
        return exit;
      }
    }
    const auto until = report ? next_look(report->plan, now) : now + Duration(60);
    context.say("Next look at " + format_rfc3339(until) + ".");
    if (!feed_watcher.wait(looked, until)) return exit;
  }
}

}  // namespace

void add_moving(CLI::App& root, Context& context, Chosen& chosen) {
  auto start = std::make_shared<StartOptions>();
  auto* start_command =
      add_command(root, "start", "Open the next release; a version the stores know already is adopted where it stands",
                  "train start 3.4.0");
  start_command->add_option("VERSION", start->version, "Default: the next by `versioning`");
  start_command->add_flag("--hotfix", start->hotfix,
                          "A release cut from the live one, with its own shorter requirements");
  start_command->callback([&, start] { chosen = [&context, start] { return run_start(context, *start); }; });

  auto advance = std::make_shared<AdvanceOptions>();
  auto* advance_command = add_command(root, "advance", "Do every step that is due, then stop", "train advance");
  advance_command->add_option("--plan", advance->plan_file, "Exactly the steps of this saved plan, or nothing");
  advance_command->callback([&, advance] { chosen = [&context, advance] { return run_advance(context, *advance); }; });

  auto* watch_command = add_command(
      root, "watch", "Advance in a loop until the release is done, sleeping until the next due time", "train watch");
  watch_command->callback([&] { chosen = [&context] { return run_watch(context); }; });
}

}  // namespace train::cli
