// What `halt` and `rollback` share: asked once, recorded, and carried out at once.
#pragma once

#include <string_view>

#include "give_order.hpp"

namespace train::cli {

struct StopOptions {
  orders::Arguments arguments;
  bool yes = false;
  bool dry_run = false;
};

// `words` is "halt" or "rollback"; `asked` is the question's beginning, as "Roll back".
Exit stop_now(const Context& context, const StopOptions& options, std::string_view words, std::string_view asked);

// The command of these words with `--yes`; `--why` is asked for only where something is done.
CLI::App* add_stop(CLI::App& root, std::string_view words, StopOptions& options);

}  // namespace train::cli
