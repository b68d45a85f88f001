// What the subcommands of `force-update` share: the facts that are given, and the decision that follows from them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "compose/session.hpp"
#include "train/orders/command.hpp"
#include "train/orders/force_update.hpp"

namespace train::cli {

// The log, and what the table makes of it: shown. nullopt: an error was said, and `exit` is set.
struct Assessment {
  Session session;
  engine::State state;
  orders::ForceUpdateOrder order;
  std::vector<orders::AssessedApp> all;
};

std::optional<Assessment> assess_and_show(const Context& context, const orders::Arguments& said, Exit& exit);

void add_force_update_assess(CLI::App& group, Context& context, Chosen& chosen);
void add_force_update_apply(CLI::App& group, Context& context, Chosen& chosen);

}  // namespace train::cli
