// The parts of notice(), by what they look at. Inside the engine.
#pragma once

#include <vector>

#include "app_context.hpp"

namespace train::engine {

// What a look leaves out, or is not certain of, is taken from what was known; what it shows wins. It needs a look that
// did not fail.
event::Seen merge_view(const AppContext& context);

// With the ways out of it, as they are once it stands.
event::Breached breach_of(const AppContext& context, Reaction reaction, GateEvidence evidence);

// A newer build in a store that does not tell of which version its builds are, while two releases wait for one.
std::optional<BuildNumber> build_of_nobody_knows_which(const AppContext& context);

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
