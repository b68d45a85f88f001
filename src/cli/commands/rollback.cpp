// rollback: the playbook; with --dry-run every way out, side by side.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "stop_now.hpp"

namespace train::cli {

void add_rollback(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StopOptions>();
  add_stop(root, "rollback", *options)->callback([&chosen, &context, options] {
    chosen = [&context, options] { return stop_now(context, *options, StopCommand::rollback); };
  });
}

}  // namespace train::cli
