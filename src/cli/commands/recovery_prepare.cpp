#include "commands/recovery.hpp"

namespace train::cli {

void add_recovery_prepare(CLI::App& group, Context& context, Chosen& chosen) {
  add_recovery_order(group, context, chosen, "prepare", "");
}

}  // namespace train::cli
