// halt: exposure stops in the store, now.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "stop_now.hpp"

namespace train::cli {

void add_halt(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StopOptions>();
  add_stop(root, "halt", *options)->callback([&chosen, &context, options] {
    chosen = [&context, options] { return stop_now(context, *options, "halt", "Halt"); };
  });
}

}  // namespace train::cli
