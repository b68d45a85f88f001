#include <CLI/CLI.hpp>

#include "commands/recovery.hpp"

namespace train::cli {

void add_recovery_deploy(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command = add_one(group, options, "deploy", "Ask them, from now on",
                          "train recovery deploy android 4611 --build 340 --why 'loses payments' --yes");
  add_recovery_order(*command, options);
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] {
      return run_recovery(context, *options, Action::deploy_recovery, "This asks everybody it reaches to update.");
    };
  });
}

}  // namespace train::cli
