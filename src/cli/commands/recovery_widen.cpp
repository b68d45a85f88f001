#include "commands/recovery.hpp"

namespace train::cli {

void add_recovery_widen(CLI::App& group, Context& context, Chosen& chosen) {
  add_recovery_order(group, context, chosen, "widen", "This asks more people to update; it cannot be narrowed again.");
}

}  // namespace train::cli
