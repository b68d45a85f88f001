#include "commands/recovery.hpp"

namespace train::cli {

void add_recovery_deploy(CLI::App& group, Context& context, Chosen& chosen) {
  add_recovery_order(group, context, chosen, "deploy", "This asks everybody it reaches to update.");
}

}  // namespace train::cli
