// The orders as a person types them after `train`: one table for the command line and for rehearsals, so that both take
// the same arguments and give the same orders.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "train/orders/force_update.hpp"
#include "train/orders/order.hpp"
#include "train/orders/recovery.hpp"

namespace train::orders {

// What was typed, still text. Each command fills in its own part.
struct Arguments {
  AppName app;
  std::string item;
  std::string build;
  std::string version;
  std::string why;
  std::string evidence;
  std::vector<std::string> overrides;
  bool hotfix = false;
  // of recoveries
  std::string id;
  std::vector<std::string> builds;
  std::vector<std::string> regions;
  std::vector<std::string> api_levels;
  bool everybody = false;
  // of forced updates
  std::string severity;
  std::string share;
  std::string fix;
  bool legal = false;
  bool cannot_update_here = false;
};

// "APP" is a word at its place, "--why" an option. A text is given once, a list may be given again and again, and a
// switch takes no value.
struct Argument {
  std::string_view name;
  std::variant<std::string Arguments::*, std::vector<std::string> Arguments::*, bool Arguments::*> holds;
  bool required = false;
  std::string_view what;  // the line of the help

  bool is_option() const { return name.substr(0, 2) == "--"; }
};

struct Command {
  std::string_view words;  // "approve", "build add"
  std::string_view what;   // the first line of the help
  std::string_view example;
  std::vector<Argument> arguments;  // words in their order, and options
  // The order itself. From the arguments alone: where the command line also reads a file or asks a store, it calls the
  // order with what it found instead.
  Events (*give)(const Definition& definition, const engine::State& state, const std::string& by,
                 const Arguments& arguments, Instant now) = nullptr;
  // What the person also does outside of the log, once `give` allows it: one of the actions on a recovery, or
  // set_minimum_version for a forced update. `train/by_hand/carry_out.hpp` does it. nullopt: the log alone hears.
  std::optional<Action> by_hand = {};
};

// What was typed for a recovery (`action` is one on them) and for a forced update; `usage` for what is not a build, a
// version, a share or a severity.
Result<RecoveryOrder> recovery_order(const Arguments& said, Action action);
Result<ForceUpdateOrder> force_update_order(const Arguments& said);

const std::vector<Command>& commands();

// The command of exactly these words; nullptr where there is none.
const Command* find_command(std::string_view words);

}  // namespace train::orders
