#include "give_order.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>

#include "commands.hpp"
#include "train/base/check.hpp"
#include "train/base/text.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

// How long each store took until it had accepted the standby, from the command's beginning.
class Stopwatch {
 public:
  void hear(const Event& event) {
    if (const auto* intent = std::get_if<event::Intent>(&event.body)) {
      if (intent->step.action == Action::release_standby) open_[intent->operation] = intent->step;
      return;
    }
    const auto* outcome = std::get_if<event::Outcome>(&event.body);
    const auto found = outcome == nullptr ? open_.end() : open_.find(outcome->operation);
    if (found == open_.end() || outcome->result != event::Outcome::Result::done) return;
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began_;
    accepted_.push_back({found->second.app, found->second.subject, taken.count()});
  }
  const std::vector<Acceptance>& accepted() const { return accepted_; }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::map<std::string, Step> open_;
  std::vector<Acceptance> accepted_;
};

void show_accepted(const Context& context, const std::vector<Acceptance>& accepted) {
  for (const auto& one : accepted) {
    context.out() << fmt::format("{}: its store accepted {} {:.2f} s after the command\n", one.app, one.version,
                                 one.seconds);
  }
}

const orders::Command& table_row(std::string_view words) {
  const auto* order = orders::find_command(words);
  TRAIN_CHECK(order != nullptr, "the table has every order that a command gives");
  return *order;
}

CLI::Option* add_argument(CLI::App& command, const std::string& name, bool& to, const std::string& what) {
  return command.add_flag(name, to, what);
}
// An empty text is an unset variable of somebody's script; taken for "not given" it would choose for them.
template <typename Text>
CLI::Option* add_argument(CLI::App& command, const std::string& name, Text& to, const std::string& what) {
  const CLI::Validator not_empty([](const std::string& given) { return given.empty() ? "is empty" : ""; }, "");
  return command.add_option(name, to, what)->check(not_empty);
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
  for (const auto& argument : order.arguments) {
    const std::string name(argument.name);
    const std::string what(argument.what);
    auto* option =
        std::visit([&](auto member) { return add_argument(*command, name, arguments.*member, what); }, argument.holds);
    option->required(argument.required);
  }
  return command;
}

runner::Make order_of(const Session& session, std::string_view words, const orders::Arguments& arguments) {
  const auto give = table_row(words).give;
  return [&session, &arguments, give](const engine::State& state) {
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

Exit carry_out(const Context& context, const Session& session, const runner::Make& make) {
  Stopwatch watch;
  const auto ordered = runner::record(*session.ports().log, *session.clock, session.by, make);
  if (!ordered) return context.fail(ordered.error());
  runner::Options options;
  options.stop_before_observing = true;
  options.on_event = [&](const Event& event) { watch.hear(event); };
  const auto report = runner::advance(session.definition, session.ports(), options);
  if (!report) return context.fail(report.error());
  if (context.format == Format::json) {
    context.out() << advance_document(*report, watch.accepted());
  } else {
    show_advance(*report, screen_of(context, session.definition), session.clock->now());
    show_accepted(context, watch.accepted());
  }
  const auto result = exit_of(*report);
  return result == Exit::person ? Exit::done : result;
}

}  // namespace train::cli
