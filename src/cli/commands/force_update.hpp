// What the subcommands of `force-update` share: the facts that are given, and the decision that follows from them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "compose/session.hpp"
#include "train/orders/force_update.hpp"

namespace train::cli {

struct ForceOptions {
  std::string app;
  std::string version;
  std::string severity;
  std::string share;
  std::string fix;
  std::string why;
  bool legal = false;
  bool cannot_update_here = false;
  bool yes = false;
};

// The log, and what the table makes of it: shown. nullopt: an error was said, and `exit` is set.
struct Assessment {
  Session session;
  engine::State state;
  orders::ForceUpdateOrder order;
  std::vector<orders::AssessedApp> all;
};

std::optional<Assessment> assess_and_show(const Context& context, const ForceOptions& options, Exit& exit);

std::shared_ptr<ForceOptions> add_facts(CLI::App* command);

void add_force_update_assess(CLI::App& group, Context& context, Chosen& chosen);
void add_force_update_apply(CLI::App& group, Context& context, Chosen& chosen);

}  // namespace train::cli
