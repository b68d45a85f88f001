// status: where each app stands.
#include <CLI/CLI.hpp>

#include "bounds.hpp"
#include "commands.hpp"
#include "compose/session.hpp"
#include "lost_log.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

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
    const WithPatience bound(patience_within(k_refresh_in_all));
    auto report = runner::observe(session.definition, session.ports());
    if (!report) return tl::unexpected(report.error());
    for (const auto& failed : report->failed_looks) return tl::unexpected(failed.error);
    budgets = std::move(report->budgets);
  }
  auto state = runner::load_state(*session.ports().log);
  if (!state) return tl::unexpected(state.error());
  auto model = make_status(session.definition, *state, session.clock->now(), options.all ? Which::all : Which::focus);
  take_budgets(model, budgets);
  // Without a release the log has nothing to say: whether it should have is the stores' to tell.
  const auto stores = state->releases.empty() ? wire_stop(session.definition, *session.clock, {}) : StopWiring{};
  for (auto& wait : rollouts_without_log(*state, stores.owned.ports)) {
    model.train_waits.push_back(std::move(wait));
    model.needs_person = true;
  }
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

}  // namespace

void add_status(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StatusOptions>();
  auto* command =
      add_command(root, "status", "Where each app stands, what it waits for and who can move it; from the log alone",
                  "train status");
  command->add_flag("--all", options->all, "Every release, not only the one in focus");
  command->add_flag("--watch", options->watch, "Draw it again every few seconds");
  command->add_flag("--refresh", options->refresh, "Look at the stores first");
  command->add_flag("--exit-code", options->exit_code, "Exit 3 when a person is needed");
  command->callback([&, options] { chosen = [&context, options] { return run_status(context, *options); }; });
}

}  // namespace train::cli
