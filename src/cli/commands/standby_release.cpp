// standby release: the standbys that are ready go out in place of the release.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "stop_now.hpp"

namespace train::cli {

void add_standby_release(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StopOptions>();
  add_stop(group, "standby release", *options)->callback([&chosen, &context, options] {
    chosen = [&context, options] { return stop_now(context, *options, StopCommand::standby_release); };
  });
}

}  // namespace train::cli
