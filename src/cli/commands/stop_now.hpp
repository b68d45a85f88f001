// What `halt`, `rollback` and `standby release` share: the list of what is done to each app, asked once, recorded, and
// carried out at once.
#pragma once

#include <string_view>

#include "give_order.hpp"

namespace train::cli {

struct StopOptions {
  orders::Arguments arguments;
  bool yes = false;
  bool dry_run = false;
  bool without_log = false;
};

enum class StopCommand { halt, rollback, standby_release, removal };

// The app is taken off sale, at once and whatever else runs; it was confirmed already.
Exit take_off_sale(const Context& context, const StopSession& session, const orders::Arguments& said);

Exit stop_now(const Context& context, const StopOptions& options, StopCommand command);

// The command of these words with `--yes` and `--dry-run`; `--why` is asked for only where something is done.
CLI::App* add_stop(CLI::App& parent, std::string_view words, StopOptions& options);

}  // namespace train::cli
