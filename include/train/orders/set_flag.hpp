// `flags set`: a feature's switch, set by a person's hand. The rule alone: the provider is called by the runner, which
// also writes the intent and the outcome.
#pragma once

#include "train/orders/order.hpp"

namespace train::orders {

struct FlagOrder {
  FlagName flag;
  std::string value;  // `on` and `off` stand for the definition's values; anything else is the value itself
};

// `usage` for a flag that the definition does not have. It lives as long as the definition.
Result<const Flag*> known_flag(const Definition& definition, const FlagName& flag);

// `refused` where the train would undo it at its next look: the flag is kept off by a playbook that is not over.
Result<Done> may_set(const Definition& definition, const engine::State& state, const Flag& flag,
                     const std::string& value);

// The value that the provider is to be given; refused as by `may_set`.
Result<std::string> value_to_set(const Definition& definition, const engine::State& state, const FlagOrder& order);

}  // namespace train::orders
