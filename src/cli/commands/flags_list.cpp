// flags list: every flag, as its provider holds it now.
#include <CLI/CLI.hpp>
#include <memory>

#include "bounds.hpp"
#include "commands.hpp"
#include "set_by_hand.hpp"
#include "train/engine/decide.hpp"
#include "views/flags_view.hpp"

namespace train::cli {
namespace {

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
  const WithPatience bound(patience_within(k_flags_in_all));
  std::vector<FlagRow> rows;
  for (const auto& flag : session->definition.flags) rows.push_back(row_of(flag, *session, *state));
  show_flags(context, rows, session->clock->now());
  for (const auto& row : rows) {
    if (row.error) exit = worse(exit, context.fail(*row.error));
  }
  return exit;
}

}  // namespace

void add_flags_list(CLI::App& group, Context& context, Chosen& chosen) {
  auto* command = add_command(group, "list", "Every flag, as its provider holds it now", "train flags list");
  command->callback([&] { chosen = [&context] { return run_flags_list(context); }; });
}

}  // namespace train::cli
