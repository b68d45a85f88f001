// What waits to be told to whom. The outbox is part of the fold; who is in it for a channel, and what is sent next, is
// decided from it. Inside the engine.
#pragma once

#include <vector>

#include "train/engine/decide.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

// A channel is sent so many messages in a run; when more wait, the oldest are dropped, breaches last.
inline constexpr std::size_t k_waiting_max = 20;

// ---- the fold
void put_into_outbox(State& state, OutboxEntry entry);
void mark_sent(State& state, const Step& notify_step);
void see_channels(State& state, const event::ChannelsSeen& seen, Seq seq);
void drop_messages(State& state, const event::MessagesDropped& dropped);

// ---- what follows from it
// The definition's channels are not those that the log knows; and messages that no channel is to get any more.
void detect_channels(const DecisionInput& input, std::vector<EventBody>& out);
// The next message of every channel: the newest breach, else the oldest of the others. A channel that failed in this
// run is left alone until the next one.
std::vector<Step> message_steps(const DecisionInput& input);

}  // namespace train::engine
