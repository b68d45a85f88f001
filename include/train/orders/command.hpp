// The orders as a person types them after `train`: one table for the command line and for rehearsals, so that both take
// the same arguments and give the same orders.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "train/orders/order.hpp"

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
};

const std::vector<Command>& commands();

// The command of exactly these words; nullptr where there is none.
const Command* find_command(std::string_view words);

}  // namespace train::orders
