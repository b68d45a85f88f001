// recovery: the store's half of a forced update, by hand.
#include "commands/recovery.hpp"

#include <CLI/CLI.hpp>

#include "bounds.hpp"
#include "commands/give_order.hpp"
#include "train/by_hand/carry_out.hpp"
#include "train/orders/recovery.hpp"
#include "train/runner/runner.hpp"
#include "views/recovery_view.hpp"

namespace train::cli {
namespace {

Exit run_recovery(const Context& context, const RecoveryOptions& options, Action action, const std::string& question) {
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  const auto order = orders::recovery_order(options.said, action);
  if (!order) return context.fail(order.error());
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  if (auto step = orders::recovery(session->definition, *state, session->by, *order); !step)
    return context.fail(step.error());
  if (!question.empty() && !confirmed(context, options.yes, question + " Go on?")) {
    return context.fail({ErrorKind::usage, question + " It was not confirmed; nothing was done.",
                         "Where there is no terminal, pass --yes."});
  }
  const WithPatience bound(patience_within(k_recovery_in_all));
  const auto recovery = by_hand::order_recovery(session->definition, hand_of(context, *session), *order);
  if (!recovery) return context.fail(recovery.error());
  show_recoveries(context, order->app, {*recovery});
  return Exit::done;
}

}  // namespace

void add_recovery_order(CLI::App& group, Context& context, Chosen& chosen, const std::string& name,
                        const std::string& question) {
  auto options = std::make_shared<RecoveryOptions>();
  const std::string words = "recovery " + name;
  auto* command = add_order(group, words, options->said);
  if (!question.empty()) command->add_flag("--yes", options->yes, "The confirmation, where there is no terminal");
  const Action action = *orders::find_command(words)->by_hand;
  command->callback([&chosen, &context, options, action, question] {
    chosen = [&context, options, action, question] { return run_recovery(context, *options, action, question); };
  });
}

void add_recovering(CLI::App& root, Context& context, Chosen& chosen) {
  auto* group = add_command(root, "recovery", "Google Play: ask users of a build to update, by hand",
                            "train recovery list android --build 340");
  group->require_subcommand(1);
  add_recovery_list(*group, context, chosen);
  add_recovery_prepare(*group, context, chosen);
  add_recovery_widen(*group, context, chosen);
  add_recovery_deploy(*group, context, chosen);
  add_recovery_cancel(*group, context, chosen);
}

}  // namespace train::cli
