// standby prepare: the standby is chosen, built, signed and uploaded.
#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "give_order.hpp"
#include "standby.hpp"
#include "train/base/text.hpp"
#include "train/engine/standby.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

struct StandbyPrepareOptions {
  AppName app;
  bool dry_run = false;
};

bool is_meant(const StandbyPrepareOptions& options, const AppName& app) {
  return options.app.empty() || options.app == app;
}

// What waits for people, or stands in the way, of these apps' standbys.
void show_waits(const Context& context, const Plan& plan, const StandbyPrepareOptions& options) {
  for (const auto& wait : plan.waits) {
    const bool about = wait.kind == WaitKind::standby || wait.item == engine::standby_item(wait.app);
    if (about && is_meant(options, wait.app)) context.say(wait.app + ": " + printable(wait.detail));
  }
}

Exit run_standby_prepare(const Context& context, const StandbyPrepareOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, options.app); !known) return context.fail(known.error());
  // The numbers and what is worth knowing are chosen by a look, which also logs them, before anything is made.
  const auto seen = options.dry_run ? runner::plan(session->definition, session->ports())
                                    : runner::observe(session->definition, session->ports());
  if (!seen) return context.fail(seen.error());
  if (context.format == Format::text || options.dry_run) show_standbys(context, *session, seen->state, options.app);
  if (options.dry_run) {
    show_waits(context, seen->plan, options);
    return Exit::done;
  }
  runner::Options run;
  run.wanted = [&](const Step& step) {
    return is_meant(options, step.app) &&
           (step.action == Action::prepare_standby || step.action == Action::upload_standby);
  };
  const auto report = runner::advance(session->definition, session->ports(), run);
  if (!report) return context.fail(report.error());
  for (const auto& step : report->done) context.say("done: " + step_text(step));
  for (const auto& failed : report->failed) context.fail(failed.error);
  show_waits(context, report->plan, options);
  show_standbys(context, *session, report->state, options.app);
  return report->failed.empty() ? Exit::done : exit_of(*report);
}

}  // namespace

void add_standby_prepare(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StandbyPrepareOptions>();
  auto* command = add_command(group, "prepare", "Choose its numbers, build, sign and upload it",
                              "train standby prepare android --dry-run");
  command->add_option("APP", options->app, "Default: every app");
  command->add_flag("--dry-run", options->dry_run, "Only show what would be made");
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] { return run_standby_prepare(context, *options); };
  });
}

}  // namespace train::cli
