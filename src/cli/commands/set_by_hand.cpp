#include "set_by_hand.hpp"

#include "train/base/text.hpp"
#include "views/flags_view.hpp"

namespace train::cli {

Error of_provider(Error error) {
  if (error.kind == ErrorKind::conflict) error.kind = ErrorKind::refused;
  return error;
}

Exit set_by_hand(const Context& context, const Session& session, const Flag& flag, const std::string& value,
                 const runner::SetFlag& set) {
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

}  // namespace train::cli
