// status, plan, log: what shows where the train stands.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/session.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/event_log/codec.hpp"
#include "train/event_log/file_log.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

// ---- status ---------------------------------------------------------------------------------------------------------

struct StatusOptions {
  bool all = false;
  bool watch = false;
  bool refresh = false;
  bool exit_code = false;
};

// A budget alone is no event: what the look was told is newer than what the log has.
void take_budgets(StatusModel& model, const std::map<AppName, RequestBudget>& budgets) {
  if (!model.release) return;
  for (auto& app : model.release->apps) {
    const auto told = budgets.find(app.app);
    if (told != budgets.end()) app.budget = told->second;
  }
}

Result<StatusModel> look_at_status(const Session& session, const StatusOptions& options) {
  std::map<AppName, RequestBudget> budgets;
  if (options.refresh) {
    auto report = runner::observe(session.definition, session.ports());
    if (!report) return tl::unexpected(report.error());
    for (const auto& failed : report->failed_looks) return tl::unexpected(failed.error);
    budgets = std::move(report->budgets);
  }
  auto state = runner::load_state(*session.ports().log);
  if (!state) return tl::unexpected(state.error());
  auto model = make_status(session.definition, *state, session.clock->now(), options.all ? Which::all : Which::focus);
  take_budgets(model, budgets);
  return model;
}

void draw_status(const Context& context, const StatusModel& model) {
  if (context.format == Format::json)
    context.out() << status_document(model);
  else
    show_status(model, screen_of(context));
  context.out().flush();
}

Exit run_status(const Context& context, const StatusOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, options.refresh ? Reach::everything : Reach::log_only, exit);
  if (!session) return exit;
  while (true) {
    auto model = look_at_status(*session, options);
    if (!model) return context.fail(model.error());
    if (options.watch && context.invocation.out_is_terminal) context.out() << "\x1b[H\x1b[2J";
    draw_status(context, *model);
    if (options.exit_code && model->needs_person) exit = Exit::person;
    constexpr Duration redraw{5};
    if (!options.watch || !session->clock->wait_until(session->clock->now() + redraw)) return exit;
  }
}

// ---- plan -----------------------------------------------------------------------------------------------------------

struct PlanOptions {
  std::string out_file;
  bool detailed_exit_code = false;
};

Exit run_plan(const Context& context, const PlanOptions& options) {
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

// ---- log ------------------------------------------------------------------------------------------------------------

struct LogOptions {
  bool verify = false;
  std::string head;
};

std::string line_of(const Event& event) {
  // The data of an event is its JSON; people get it on one line, shortened.
  const auto json = nlohmann::json::parse(event_log::to_json(event), nullptr, false);
  const auto data = json.is_object() && json.contains("data") ? json["data"].dump() : std::string();
  return fmt::format("{:>5}  {}  {:<14} {:<18} ", event.seq, format_rfc3339(event.at), printable(event.by, 40),
                     kind_of(event.body)) +
         data;
}

Exit verify_log(const Context& context, const Definition& definition, const LogOptions& options) {
  const auto directory = definition.state.directory();
  if (!directory) {
    return context.fail({ErrorKind::definition,
                         "Only a log in files can be verified, and this one is " + definition.state.text() + ".",
                         "Use file:DIR."});
  }
  const auto verified = event_log::verify_file_log(*directory, definition.train, options.head);
  if (!verified) return context.fail(verified.error());
  if (context.format == Format::json) {
    context.out() << nlohmann::ordered_json{{"schema", "train.log.verified/1"},
                                            {"events", verified->events},
                                            {"head", verified->head},
                                            {"torn_tail", verified->torn_tail}}
                         .dump(2)
                  << "\n";
    return Exit::done;
  }
  context.out() << fmt::format("{} events, the chain is whole.\nhead {}\n", verified->events, verified->head);
  if (verified->torn_tail) context.out() << "The last line is torn; it is set aside at the next write.\n";
  if (options.head.empty()) context.out() << "Keep the head elsewhere and pass it as --head to find a cut tail.\n";
  return Exit::done;
}

Exit run_log(const Context& context, const LogOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (options.verify) return verify_log(context, session->definition, options);
  const auto events = session->ports().log->read(0);
  if (!events) return context.fail(events.error());
  if (context.format == Format::text) {
    for (const auto& event : *events)
      context.out() << printable(line_of(event), context.verbose > 0 ? 100000 : 240) << "\n";
    return Exit::done;
  }
  context.out() << "{\"schema\":\"train.log/1\",\"events\":[";
  for (std::size_t i = 0; i < events->size(); ++i)
    context.out() << (i == 0 ? "\n" : ",\n") << event_log::to_json((*events)[i]);
  context.out() << "\n]}\n";
  return Exit::done;
}

}  // namespace

void add_looking(CLI::App& root, Context& context, Chosen& chosen) {
  auto status = std::make_shared<StatusOptions>();
  auto* status_command =
      add_command(root, "status", "Where each app stands, what it waits for and who can move it; from the log alone",
                  "train status");
  status_command->add_flag("--all", status->all, "Every release, not only the one in focus");
  status_command->add_flag("--watch", status->watch, "Draw it again every few seconds");
  status_command->add_flag("--refresh", status->refresh, "Look at the stores first");
  status_command->add_flag("--exit-code", status->exit_code, "Exit 3 when a person is needed");
  status_command->callback([&, status] { chosen = [&context, status] { return run_status(context, *status); }; });

  auto plan = std::make_shared<PlanOptions>();
  auto* plan_command =
      add_command(root, "plan", "The next step of each app, and why; sends no write", "train plan --out next.json");
  plan_command->add_option("--out", plan->out_file, "Save it for `advance --plan`");
  plan_command->add_flag("--detailed-exitcode", plan->detailed_exit_code, "Exit 10 when there are steps to do");
  plan_command->callback([&, plan] { chosen = [&context, plan] { return run_plan(context, *plan); }; });

  auto log = std::make_shared<LogOptions>();
  auto* log_command = add_command(root, "log", "Everything that happened, by whom, why", "train log --verify");
  log_command->add_flag("--verify", log->verify, "Check the hash chain");
  log_command->add_option("--head", log->head, "The head that was kept elsewhere: finds a cut tail");
  log_command->callback([&, log] { chosen = [&context, log] { return run_log(context, *log); }; });
}

}  // namespace train::cli
