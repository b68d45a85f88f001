// flags: the features' switches, read and set by hand.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "commands.hpp"
#include "compose/session.hpp"
#include "train/base/text.hpp"
#include "train/engine/decide.hpp"
#include "views/flags_view.hpp"

namespace train::cli {
namespace {

struct FlagsOptions {
  std::string name;
  std::string value;
  std::int64_t version = 0;
  bool yes = false;
};

// It is the provider's answer, and the train has lost no race.
Error of_provider(Error error) {
  if (error.kind == ErrorKind::conflict) error.kind = ErrorKind::refused;
  return error;
}

Result<const Flag*> flag_named(const Definition& definition, const std::string& name) {
  if (const auto* flag = definition.find_flag(name)) return flag;
  std::vector<std::string> names;
  for (const auto& each : definition.flags) names.push_back(each.name);
  return fail(ErrorKind::usage, "There is no flag `" + printable(name, 200) + "`.",
              names.empty() ? "The definition has none." : "The definition has: " + join(names, ", ") + ".");
}

// `on` and `off` are words for what the definition says; anything else is the value itself.
std::string value_meant(const Flag& flag, const std::string& word) {
  if (word == "on" && flag.value_on) return *flag.value_on;
  if (word == "off" && flag.value_off) return *flag.value_off;
  return word;
}

FlagRow row_of(const Flag& flag, const Session& session, const engine::State& state) {
  FlagRow row;
  row.flag = &flag;
  const auto value = session.ports().flags.at(flag.name)->get(flag);
  if (value)
    row.value = *value;
  else
    row.error = of_provider(value.error());
  if (const auto known = state.flags.find(flag.name); known != state.flags.end()) row.set = known->second;
  row.kept_off = engine::kept_off(session.definition, state, flag.name);
  return row;
}

Exit run_flags_list(const Context& context) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::flags, exit);
  if (!session) return exit;
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  std::vector<FlagRow> rows;
  for (const auto& flag : session->definition.flags) rows.push_back(row_of(flag, *session, *state));
  show_flags(context, rows, session->clock->now());
  for (const auto& row : rows) {
    if (row.error) exit = worse(exit, context.fail(*row.error));
  }
  return exit;
}

// The train would undo it at its next look.
Result<Done> may_set(const Session& session, const Flag& flag, const std::string& value) {
  const auto state = runner::load_state(*session.ports().log);
  if (!state) return tl::unexpected(state.error());
  const auto reason = flag.value_off == value ? std::nullopt : engine::kept_off(session.definition, *state, flag.name);
  if (!reason) return Done{};
  return fail(ErrorKind::refused,
              "The flag " + flag.name + " is kept off: " + reason->seen + " (" + reason->rule + "); nothing was set.",
              "`train resume APP --why …`, with `--override SIGNAL` after a breach, ends that.");
}

Exit set_by_hand(const Context& context, const Session& session, const Flag& flag, const std::string& value,
                 const runner::SetFlag& set) {
  if (auto may = may_set(session, flag, value); !may) return context.fail(may.error());
  const auto state = runner::set_flag(session.ports(), session.by, flag, value, set);
  if (!state) return context.fail(of_provider(state.error()));
  context.say("The flag " + flag.name + " is " + printable(value, 200) + ".");
  FlagRow row;
  row.flag = &flag;
  row.value = value;
  row.set = state->flags.at(flag.name);
  show_flags(context, {row}, session.clock->now());
  return Exit::done;
}

Exit run_flags_set(const Context& context, const FlagsOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::flags, exit);
  if (!session) return exit;
  const auto flag = flag_named(session->definition, options.name);
  if (!flag) return context.fail(flag.error());
  const std::string value = value_meant(**flag, options.value);
  return set_by_hand(context, *session, **flag, value,
                     [&](FlagProvider& provider, const Flag& one) { return provider.set(one, value); });
}

bool rollback_confirmed(const Context& context, const FlagsOptions& options) {
  if (options.yes) return true;
  if (!context.invocation.in_is_terminal) return false;
  context.err() << "This brings back everything that version " << options.version
                << " holds, other parameters too. Go on? [y/N] " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && (trim(answer) == "y" || trim(answer) == "yes");
}

Exit run_flags_rollback(const Context& context, const FlagsOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::flags, exit);
  if (!session) return exit;
  const auto flag = flag_named(session->definition, options.name);
  if (!flag) return context.fail(flag.error());
  if (!rollback_confirmed(context, options)) {
    return context.fail({ErrorKind::usage, "The rollback was not confirmed; nothing was done.",
                         "Pass --yes where there is no terminal."});
  }
  const auto value = session->ports().flags.at(options.name)->value_in(**flag, options.version);
  if (!value) return context.fail(of_provider(value.error()));
  return set_by_hand(context, *session, **flag, *value,
                     [&](FlagProvider& provider, const Flag& one) { return provider.roll_back(one, options.version); });
}

// ---- the three ways to ask ------------------------------------------------------------------------------------------

void add_set(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<FlagsOptions>();
  auto* command = add_command(group, "set", "Set a flag, read it back, and put it into the log",
                              "train flags set new_checkout off");
  command->add_option("NAME", options->name, "The flag, as the definition names it")->required();
  command->add_option("VALUE", options->value, "Its value; `on` and `off` stand for the definition's")->required();
  command->callback([&, options] { chosen = [&context, options] { return run_flags_set(context, *options); }; });
}

void add_flags_rollback(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<FlagsOptions>();
  auto* command = add_command(group, "rollback", "Firebase: bring back an earlier version of the whole template",
                              "train flags rollback new_checkout --to-version 41 --yes");
  command->add_option("NAME", options->name, "A flag of that project")->required();
  command->add_option("--to-version", options->version, "The version's number, as the console shows it")
      ->required()
      ->check(CLI::PositiveNumber);
  command->add_flag("--yes", options->yes, "The confirmation, where there is no terminal");
  command->callback([&, options] { chosen = [&context, options] { return run_flags_rollback(context, *options); }; });
}

}  // namespace

void add_flagging(CLI::App& root, Context& context, Chosen& chosen) {
  auto* group = add_command(root, "flags", "The features' switches, outside of the binaries", "train flags list");
  group->require_subcommand(1);
  auto* list = add_command(*group, "list", "Every flag, as its provider holds it now", "train flags list");
  list->callback([&] { chosen = [&context] { return run_flags_list(context); }; });
  add_set(*group, context, chosen);
  add_flags_rollback(*group, context, chosen);
}

}  // namespace train::cli
