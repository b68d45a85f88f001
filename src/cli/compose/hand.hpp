// The hand of whoever typed a command: its stores and providers are wired when they are needed.
#pragma once

#include "compose/session.hpp"
#include "train/by_hand/carry_out.hpp"

namespace train::cli {

// What it wires lives as long as the hand and its copies; the session outlives them.
by_hand::Hand hand_of(const Context& context, const Session& session);

}  // namespace train::cli
