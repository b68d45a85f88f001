// What `flags set` and `flags rollback` share.
#pragma once

#include "compose/session.hpp"
#include "context.hpp"

namespace train::cli {

// Sets the flag by `set`, unless the train would undo it, and shows it; the log keeps the intent and the outcome.
Exit set_by_hand(const Context& context, const Session& session, const Flag& flag, const std::string& value,
                 const runner::SetFlag& set);

// An error of the provider, as a command says it: it is the provider's answer, and the train has lost no race.
Error of_provider(Error error);

}  // namespace train::cli
