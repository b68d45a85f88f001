// The parts of notice(), by what they look at. Inside the engine.
#pragma once

#include <vector>

#include "app_context.hpp"

namespace train::engine {

// What a glance leaves out is taken from what was known; what it shows wins.
event::Seen merge_view(const AppProgress& known, const AppObservation& look);

// With the ways out of it, as they are once it stands.
event::Breached breach_of(const AppContext& context, Reaction reaction, GateEvidence evidence);

void detect_view(const AppContext& context, std::vector<EventBody>& out);
void detect_candidate(const AppContext& context, std::vector<EventBody>& out);
void detect_standby(const AppContext& context, std::vector<EventBody>& out);
void detect_adoption(const AppContext& context, std::vector<EventBody>& out);
void detect_stage(const AppContext& context, std::vector<EventBody>& out);
void detect_drift(const AppContext& context, std::vector<EventBody>& out);
void detect_rules(const AppContext& context, std::vector<EventBody>& out);
void detect_gates(const AppContext& context, std::vector<EventBody>& out);
void detect_escalation(const AppContext& context, std::vector<EventBody>& out);

}  // namespace train::engine
