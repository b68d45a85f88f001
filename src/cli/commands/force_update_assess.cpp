#include <CLI/CLI.hpp>

#include "commands/force_update.hpp"
#include "commands/give_order.hpp"

namespace train::cli {
namespace {

Exit run_assess(const Context& context, const orders::Arguments& said) {
  Exit exit = Exit::done;
  assess_and_show(context, said, exit);
  return exit;
}

}  // namespace

void add_force_update_assess(CLI::App& group, Context& context, Chosen& chosen) {
  auto* assess = add_command(group, "assess", "What the table says, with every reason; nothing is done",
                             "train force-update assess --severity high --fix 3.4.1");
  auto said = std::make_shared<orders::Arguments>();
  // The facts are those of `apply`; nothing is done, so that no reason is asked for.
  for (const auto& argument : orders::find_command("force-update apply")->arguments) {
    if (argument.name != "--why") add_argument(*assess, argument, *said);
  }
  assess->callback([&chosen, &context, said] { chosen = [&context, said] { return run_assess(context, *said); }; });
}

}  // namespace train::cli
