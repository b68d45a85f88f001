#include <CLI/CLI.hpp>

#include "commands/recovery.hpp"

namespace train::cli {

void add_recovery_widen(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command = add_one(group, options, "widen", "Reach more people of the same kind",
                          "train recovery widen android 4611 --build 340 --region FR --why 'seen there too' --yes");
  add_recovery_order(*command, options);
  add_reach(*command, options);
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] {
      return run_recovery(context, *options, Action::widen_recovery,
                          "This asks more people to update; it cannot be narrowed again.");
    };
  });
}

}  // namespace train::cli
