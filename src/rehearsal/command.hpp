// A command of train as a person types it in a scenario: the same table, and the same orders, as the command line has.
// Inside the room.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "sentence.hpp"
#include "train/orders/command.hpp"

namespace train::rehearsal {

struct Command {
  const orders::Command* order = nullptr;  // a row of the table
  orders::Arguments arguments;
  std::string text;  // as typed

  orders::Events give(const Definition& definition, const engine::State& state, const std::string& by,
                      Instant now) const {
    return order->give(definition, state, by, arguments, now);
  }
  // Whether more is done than the log hears of.
  bool reaches_outside() const { return order->by_hand.has_value(); }
};

// "resume android --why mended --override crashes"; or what is wrong with it. What can be known without a definition is
// checked here: the words, the apps, that a version or a number is one.
tl::expected<Command, std::string> read_command(std::string_view text, const AppRoster& roster);

}  // namespace train::rehearsal
