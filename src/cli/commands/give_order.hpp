// Commands that give a person's order: their arguments are the table of the orders, and all of them append what the
// order says, or say why it is refused.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "compose/session.hpp"
#include "context.hpp"
#include "train/orders/command.hpp"

namespace CLI {
class App;
}

namespace train::cli {

using orders::known_app;

// The command of these words, as the table of the orders has it, under `parent`; what is typed goes to `arguments`,
// which outlives the parser.
CLI::App* add_order(CLI::App& parent, std::string_view words, orders::Arguments& arguments);

// One argument of the table, for a command that shares it with an order.
void add_argument(CLI::App& command, const orders::Argument& argument, orders::Arguments& arguments);

// The order of these words, as a decision for the log.
runner::Make order_of(const Session& session, std::string_view words, const orders::Arguments& arguments);

// What was said once an order is in the log; from the states before and after.
using Sentence = std::function<std::string(const engine::State& before, const engine::State& after)>;

// Records the order from the log alone, says `sentence`, and shows where the release stands now.
Exit record_order(const Context& context, const Session& session, const Sentence& sentence, const runner::Make& make);
// The same for a command that needs nothing more than its arguments.
Exit record_order(const Context& context, std::string_view words, const orders::Arguments& arguments,
                  const std::string& sentence);

// Asks on a terminal; elsewhere only `yes` confirms.
bool confirmed(const Context& context, bool yes, const std::string& question);

}  // namespace train::cli
