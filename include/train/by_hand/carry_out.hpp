// What a person does outside of the log with an order that the rules allow: recoveries and forced updates, each call
// with its intent and its outcome in the log. `cli` and rehearsals carry orders out by the same functions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "train/domain/recovery.hpp"
#include "train/orders/command.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/event_log.hpp"
#include "train/ports/flag_provider.hpp"
#include "train/ports/recoveries.hpp"

namespace train::by_hand {

// Who acts, and how far the hand reaches. Stores and providers are asked for only when an order needs them; what is
// given lives as long as the hand.
struct Hand {
  EventLog& log;
  Clock& clock;
  std::string by;
  // Of an app whose store has recoveries.
  std::function<Result<Recoveries*>(const App& app)> recoveries;
  // Of a parameter that the apps read, described as a flag.
  std::function<Result<FlagProvider*>(const Flag& parameter)> provider;
};

// The recovery it was about, as the store shows it then. Errors: those of the order, of the store and of the log;
// `not_found` when the recovery is gone from the store's list.
Result<Recovery> order_recovery(const Definition& definition, const Hand& hand, const orders::RecoveryOrder& order);

// Writes the parameters, tells the log, and then has each store that can ask users itself do so. The error: nothing or
// only some of the parameters were written. The list: stores that would not ask; the rest is done.
Result<std::vector<Error>> force_update(const Definition& definition, const Hand& hand,
                                        const orders::ForceUpdateOrder& order);

// The call of a command that makes one (`command.by_hand`).
Result<Done> carry_out(const Definition& definition, const Hand& hand, const orders::Command& command,
                       const orders::Arguments& said);

}  // namespace train::by_hand
