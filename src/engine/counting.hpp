// What is put into the log of the counts along a rollout. Inside the engine.
#pragma once

#include <map>
#include <vector>

#include "app_context.hpp"

namespace train::engine {

// Cumulative counts now, of every signal that counts and could be measured; of the live version's side likewise.
std::map<SignalName, Tally> counts_now(const AppContext& context);

// The end of a stretch of time, where there is anything to count; halt evidence starts anew when `restart`.
void close_stretch(const AppContext& context, bool restart, std::vector<EventBody>& out);

// What these signals have counted so far is evidence no more; one that is dark at the moment is left for later.
void count_afresh(const AppContext& context, const std::vector<SignalName>& signals, std::vector<EventBody>& out);

// A stretch of the length that evidence against the live version needs, or a day of the rollout, is over.
void detect_counts(const AppContext& context, std::vector<EventBody>& out);
// One more sample of each level that is judged.
void detect_levels(const AppContext& context, std::vector<EventBody>& out);

}  // namespace train::engine
