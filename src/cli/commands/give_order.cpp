#include "give_order.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <type_traits>

#include "commands.hpp"
#include "train/base/check.hpp"
#include "train/base/text.hpp"
#include "train/engine/identity.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

const orders::Command& table_row(std::string_view words) {
  const auto* order = orders::find_command(words);
  TRAIN_CHECK(order != nullptr, "the table has every order that a command gives");
  return *order;
}

CLI::Option* add_one_argument(CLI::App& command, const std::string& name, bool& to, const std::string& what) {
  return command.add_flag(name, to, what);
}
// An empty text is an unset variable of somebody's script; taken for "not given" it would choose for them.
template <typename Text>
CLI::Option* add_one_argument(CLI::App& command, const std::string& name, Text& to, const std::string& what) {
  const CLI::Validator not_empty([](const std::string& given) { return given.empty() ? "is empty" : ""; }, "");
  auto* option = command.add_option(name, to, what)->check(not_empty);
  if constexpr (!std::is_same_v<Text, std::string>) option->allow_extra_args(false);  // each value with its name
  return option;
}

}  // namespace

bool confirmed(const Context& context, bool yes, const std::string& question) {
  if (yes) return true;
  if (!context.invocation.in_is_terminal) return false;
  context.err() << question << " [y/N] " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

CLI::App* add_order(CLI::App& parent, std::string_view words, orders::Arguments& arguments) {
  const auto& order = table_row(words);
  const auto parts = split(words, ' ');
  auto* command = add_command(parent, parts.back(), std::string(order.what), std::string(order.example));
  for (const auto& argument : order.arguments) add_argument(*command, argument, arguments);
  return command;
}

void add_argument(CLI::App& command, const orders::Argument& argument, orders::Arguments& arguments) {
  const std::string name(argument.name);
  const std::string what(argument.what);
  auto* option =
      std::visit([&](auto member) { return add_one_argument(command, name, arguments.*member, what); }, argument.holds);
  option->required(argument.required);
}

runner::Make order_of(const Session& session, std::string_view words, const orders::Arguments& arguments) {
  const auto give = table_row(words).give;
  const bool any_log = words == "accept-definition";
  return [&session, &arguments, give, any_log](const engine::State& state) -> orders::Events {
    const auto ours = engine::must_be_of(session.definition, state);
    if (!ours && !any_log) return tl::unexpected(ours.error());
    return give(session.definition, state, session.by, arguments, session.clock->now());
  };
}

Exit record_order(const Context& context, const Session& session, const Sentence& sentence, const runner::Make& make) {
  engine::State before;
  const auto state = runner::record(*session.ports().log, *session.clock, session.by, [&](const engine::State& seen) {
    before = seen;
    return make(seen);
  });
  if (!state) return context.fail(state.error());
  context.say(sentence(before, *state));
  const auto model = make_status(session.definition, *state, session.clock->now(), Which::focus);
  if (context.format == Format::json)
    context.out() << status_document(model);
  else if (!context.quiet)
    show_status(model, screen_of(context));
  return Exit::done;
}

Exit record_order(const Context& context, std::string_view words, const orders::Arguments& arguments,
                  const std::string& sentence) {
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  const auto said = [&](const engine::State&, const engine::State&) { return sentence; };
  return record_order(context, *session, said, order_of(*session, words, arguments));
}

}  // namespace train::cli
