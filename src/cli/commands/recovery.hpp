// What the subcommands of `recovery` share: the wiring, the order, and what is shown.
#pragma once

#include <memory>
#include <string>

#include "commands.hpp"
#include "compose/hand.hpp"
#include "compose/session.hpp"
#include "train/orders/command.hpp"

namespace train::cli {

struct RecoveryOptions {
  orders::Arguments said;
  bool yes = false;
};

// A writing subcommand, with the arguments that the table of the orders has for `recovery NAME`. The question is asked
// on a terminal, and wants --yes elsewhere; an empty one is not asked.
void add_recovery_order(CLI::App& group, Context& context, Chosen& chosen, const std::string& name,
                        const std::string& question);

void add_recovery_list(CLI::App& group, Context& context, Chosen& chosen);
void add_recovery_prepare(CLI::App& group, Context& context, Chosen& chosen);
void add_recovery_widen(CLI::App& group, Context& context, Chosen& chosen);
void add_recovery_deploy(CLI::App& group, Context& context, Chosen& chosen);
void add_recovery_cancel(CLI::App& group, Context& context, Chosen& chosen);

}  // namespace train::cli
