#include <CLI/CLI.hpp>

#include "commands/recovery.hpp"

namespace train::cli {

void add_recovery_cancel(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command = add_one(group, options, "cancel", "Ask nobody else, for good",
                          "train recovery cancel android 4611 --build 340 --why 'the fix is out' --yes");
  add_recovery_order(*command, options);
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] {
      return run_recovery(context, *options, Action::cancel_recovery,
                          "This ends the recovery; it cannot be taken up again.");
    };
  });
}

}  // namespace train::cli
