// plan: the next step of each app, without taking it.
#include <CLI/CLI.hpp>

#include "bounds.hpp"
#include "commands.hpp"
#include "compose/session.hpp"
#include "train/base/files.hpp"
#include "train/engine/forecast.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

struct PlanOptions {
  std::string out_file;
  bool detailed_exit_code = false;
};

Exit run_plan(const Context& context, const PlanOptions& options) {
  const WithPatience bound(patience_within(k_plan_in_all));
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  auto report = runner::plan(session->definition, session->ports());
  if (!report) return context.fail(report.error());
  for (const auto& failed : report->failed_looks) exit = worse(exit, context.fail(failed.error));
  if (!options.out_file.empty()) {
    if (auto written = write_file_atomically(options.out_file, plan_document(report->plan)); !written)
      return context.fail(written.error());
    context.say("Saved to " + options.out_file + "; `train advance --plan " + options.out_file +
                "` does exactly this, or nothing.");
  }
  if (context.format == Format::json)
    context.out() << plan_document(report->plan, engine::forecast(session->definition));
  else
    show_plan(report->plan, screen_of(context, session->definition), session->clock->now());
  if (context.format == Format::text) show_forecasts(engine::forecast(session->definition), screen_of(context));
  if (exit == Exit::done && options.detailed_exit_code && !report->plan.steps.empty()) return Exit::steps_due;
  return exit;
}

}  // namespace

void add_plan(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<PlanOptions>();
  auto* command =
      add_command(root, "plan", "The next step of each app, and why; sends no write", "train plan --out next.json");
  command->add_option("--out", options->out_file, "Save it for `advance --plan`");
  command->add_flag("--detailed-exitcode", options->detailed_exit_code, "Exit 10 when there are steps to do");
  command->callback([&, options] { chosen = [&context, options] { return run_plan(context, *options); }; });
}

}  // namespace train::cli
