#include <CLI/CLI.hpp>

#include "commands/recovery.hpp"

namespace train::cli {

void add_recovery_prepare(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<RecoveryOptions>();
  auto* command = add_one(group, options, "prepare", "Draft one; nobody is asked yet",
                          "train recovery prepare android --build 340 --region DE --why 'loses payments'");
  add_builds(*command, options, "A version code that users shall leave; repeatable");
  add_reach(*command, options);
  add_recovery_why(*command, options);
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] { return run_recovery(context, *options, Action::prepare_recovery, ""); };
  });
}

}  // namespace train::cli
