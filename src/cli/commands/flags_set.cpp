// flags set: a feature's switch, set by hand.
#include <CLI/CLI.hpp>
#include <memory>

#include "bounds.hpp"
#include "commands.hpp"
#include "set_by_hand.hpp"
#include "train/orders/set_flag.hpp"

namespace train::cli {
namespace {

Exit run_flags_set(const Context& context, const orders::FlagOrder& order) {
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::flags, exit);
  if (!session) return exit;
  const auto flag = orders::known_flag(session->definition, order.flag);
  if (!flag) return context.fail(flag.error());
  const auto state = runner::load_state(*session->ports().log);
  if (!state) return context.fail(state.error());
  const auto value = orders::value_to_set(session->definition, *state, order);
  if (!value) return context.fail(value.error());
  const WithPatience bound(patience_within(k_flags_in_all));
  return set_by_hand(context, *session, **flag, *value,
                     [&](FlagProvider& provider, const Flag& one) { return provider.set(one, *value); });
}

}  // namespace

void add_flags_set(CLI::App& group, Context& context, Chosen& chosen) {
  auto order = std::make_shared<orders::FlagOrder>();
  auto* command = add_command(group, "set", "Set a flag, read it back, and put it into the log",
                              "train flags set new_checkout off");
  command->add_option("NAME", order->flag, "The flag, as the definition names it")->required();
  command->add_option("VALUE", order->value, "Its value; `on` and `off` stand for the definition's")->required();
  command->callback([&, order] { chosen = [&context, order] { return run_flags_set(context, *order); }; });
}

}  // namespace train::cli
