// What events make of a standby. Inside the engine.
#pragma once

#include "train/engine/state.hpp"

namespace train::engine {

Standby standby_of(const event::StandbyChosen& chosen);
void see_standby(Standby& standby, const event::StandbySeen& seen, Instant at);
// A step on it, or on another standby of the same app, was done.
void settle_standby(Standby& standby, const Step& step, Instant at);

}  // namespace train::engine
