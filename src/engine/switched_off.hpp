// Features that take the blame before the binary does: their flag is switched off, apps get the time to hear of it, and
// only what is counted then is held against the binary. Inside the engine.
#pragma once

#include <vector>

#include "app_context.hpp"

namespace train::engine {

// A breach of this signal is a feature's, so far: a flag with that `signal` is not off, or was switched off in this
// rollout and the signal has not been counted anew since.
bool takes_the_blame(const AppContext& context, const SignalName& signal);

// When the settle time of a signal's breach is over; nullopt where none runs.
std::optional<Instant> settles_at(const AppContext& context, const GateName& gate);

// The end of each settle time. Off and heard of: the signal is counted anew. Still on: the switch has failed, and the
// breach is the binary's after all.
void detect_switched_off(const AppContext& context, std::vector<EventBody>& out);

}  // namespace train::engine
