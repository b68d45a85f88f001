#include <CLI/CLI.hpp>

#include "commands/force_update.hpp"

namespace train::cli {
namespace {

Exit run_assess(const Context& context, const ForceOptions& options) {
  Exit exit = Exit::done;
  assess_and_show(context, options, exit);
  return exit;
}

}  // namespace

void add_force_update_assess(CLI::App& group, Context& context, Chosen& chosen) {
  auto* assess = add_command(group, "assess", "What the table says, with every reason; nothing is done",
                             "train force-update assess --severity high --fix 3.4.1");
  auto assessing = add_facts(assess);
  assess->callback(
      [&chosen, &context, assessing] { chosen = [&context, assessing] { return run_assess(context, *assessing); }; });
}

}  // namespace train::cli
