// watch: advance in a loop until the release is done.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "advance.hpp"
#include "commands.hpp"
#include "feed_watcher.hpp"

namespace train::cli {
namespace {

bool nothing_is_open(const engine::State& state) {
  return std::none_of(state.releases.begin(), state.releases.end(),
                      [](const engine::Release& r) { return r.is_open(); });
}

// Also where something else failed besides: nobody is at this screen.
bool needs_somebody(const runner::Report& report) {
  return std::any_of(report.plan.waits.begin(), report.plan.waits.end(),
                     [](const Wait& wait) { return wait.needs_person; });
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
      const bool ended = nothing_is_open(report->state) || needs_somebody(*report);
      if (ended || exit == Exit::credentials) {
        show_report(context, *session, *report);
        return exit;
      }
    }
    const auto until = report ? next_look(report->plan, now) : now + Duration(60);
    context.say("Next look at " + format_rfc3339(until) + ".");
    if (!feed_watcher.wait(looked, until)) return exit;
  }
}

}  // namespace

void add_watch(CLI::App& root, Context& context, Chosen& chosen) {
  auto* command = add_command(
      root, "watch", "Advance in a loop until the release is done, sleeping until the next due time", "train watch");
  command->callback([&] { chosen = [&context] { return run_watch(context); }; });
}

}  // namespace train::cli
