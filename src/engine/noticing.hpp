// The parts of notice(), by what they look at. Inside the engine.
#pragma once

#include <vector>

#include "case.hpp"

namespace train::engine {

// What a glance leaves out is taken from what was known; what it shows wins.
event::Seen merge_view(const AppProgress& known, const AppObservation& look);

// With the ways out of it, as they are once it stands.
event::Breached breach_of(const Case& c, std::string reaction, GateEvidence evidence);

void notice_view(const Case& c, std::vector<EventBody>& out);
void notice_candidate(const Case& c, std::vector<EventBody>& out);
void notice_standby(const Case& c, std::vector<EventBody>& out);
void notice_adoption(const Case& c, std::vector<EventBody>& out);
void notice_stage(const Case& c, std::vector<EventBody>& out);
void notice_drift(const Case& c, std::vector<EventBody>& out);
void notice_rules(const Case& c, std::vector<EventBody>& out);
void notice_gates(const Case& c, std::vector<EventBody>& out);
void notice_escalation(const Case& c, std::vector<EventBody>& out);

}  // namespace train::engine
