// Flags that follow the rollout: with a stage the share of users who have the feature rises. Inside the engine.
#pragma once

#include <optional>

#include "train/engine/decide.hpp"

namespace train::engine {

// The next share of a flag with `ramp`. It is the lowest stage that any app has reached, for one flag serves them all;
// it never falls, waits while anything is wrong with the release, and leaves a flag that is off alone. Steps that are
// set aside are passed over. nullopt: every flag is where it belongs.
std::optional<Step> ramp_step(const DecisionInput& input, const Release& release);

}  // namespace train::engine
