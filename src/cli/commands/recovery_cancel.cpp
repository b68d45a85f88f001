#include "commands/recovery.hpp"

namespace train::cli {

void add_recovery_cancel(CLI::App& group, Context& context, Chosen& chosen) {
  add_recovery_order(group, context, chosen, "cancel", "This ends the recovery; it cannot be taken up again.");
}

}  // namespace train::cli
