// The standby's part of decide(). Inside the engine.
#pragma once

#include "steps.hpp"
#include "train/engine/standby.hpp"

namespace train::engine {

// What a standby needs next: a step, or what it waits for. Empty where the app has none, or nothing to go back to.
Decision decide_standby(const AppContext& context);

// A regular release is not submitted before its way back is in the store. nullopt: it is, or nobody asks for one.
std::optional<Wait> standby_before_submission(const AppContext& context);

// The step that takes the standby `holder` out of the one place this release needs; nullopt: it is no standby of ours.
std::optional<Step> step_aside(const AppContext& context, const VersionName& holder);

// A rollback was ordered or a breach asks for one: the release of the standby, or what keeps it back.
Decision decide_standby_release(const AppContext& context);

// The standby has gone out in this release's place: until the store serves it, that is all there is to say.
std::optional<Decision> decide_rolled_back(const AppContext& context);

}  // namespace train::engine
