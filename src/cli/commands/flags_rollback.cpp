// flags rollback: Firebase brings back an earlier version of the whole template.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "bounds.hpp"
#include "commands.hpp"
#include "set_by_hand.hpp"
#include "train/base/text.hpp"
#include "train/orders/set_flag.hpp"

namespace train::cli {
namespace {

struct FlagsRollbackOptions {
  std::string name;
  std::int64_t version = 0;
  bool yes = false;
};

bool rollback_confirmed(const Context& context, const FlagsRollbackOptions& options) {
  if (options.yes) return true;
  if (!context.invocation.in_is_terminal) return false;
  context.err() << "This brings back everything that version " << options.version
                << " holds, other parameters too. Go on? [y/N] " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && (trim(answer) == "y" || trim(answer) == "yes");
}

Exit run_flags_rollback(const Context& context, const FlagsRollbackOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::flags, exit);
  if (!session) return exit;
  const auto flag = orders::known_flag(session->definition, options.name);
  if (!flag) return context.fail(flag.error());
  if (!rollback_confirmed(context, options)) {
    return context.fail({ErrorKind::usage, "The rollback was not confirmed; nothing was done.",
                         "Pass --yes where there is no terminal."});
  }
  const WithPatience bound(patience_within(k_flags_in_all));
  const auto value = session->ports().flags.at(options.name)->value_in(**flag, options.version);
  if (!value) return context.fail(of_provider(value.error()));
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  // A version that switches on what the train keeps off would be undone at the next look.
  const auto may = orders::may_set(session->definition, *state, **flag, *value);
  if (!may) return context.fail(may.error());
  return set_by_hand(context, *session, **flag, *value,
                     [&](FlagProvider& provider, const Flag& one) { return provider.roll_back(one, options.version); });
}

}  // namespace

void add_flags_rollback(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<FlagsRollbackOptions>();
  auto* command = add_command(group, "rollback", "Firebase: bring back an earlier version of the whole template",
                              "train flags rollback new_checkout --to-version 41 --yes");
  command->add_option("NAME", options->name, "A flag of that project")->required();
  command->add_option("--to-version", options->version, "The version's number, as the console shows it")
      ->required()
      ->check(CLI::PositiveNumber);
  command->add_flag("--yes", options->yes, "The confirmation, where there is no terminal");
  command->callback([&, options] { chosen = [&context, options] { return run_flags_rollback(context, *options); }; });
}

}  // namespace train::cli
