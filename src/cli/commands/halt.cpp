// halt: exposure stops in the store, now.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "stop_now.hpp"

namespace train::cli {

void add_halt(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StopOptions>();
  auto* command = add_stop(root, "halt", *options);
  command->add_flag("--without-log", options->without_log,
                    "Stop what the store serves by itself, where the log cannot be used; neither reads nor writes it");
  command->callback([&chosen, &context, options] {
    chosen = [&context, options] { return stop_now(context, *options, StopCommand::halt); };
  });
}

}  // namespace train::cli
