// The gates of one app at this moment: their evidence, and what still keeps the next stage closed.
#pragma once

#include <vector>

#include "case.hpp"

namespace train::engine {

// One entry per gate of the definition, judged over this run's evidence.
std::vector<GateEvidence> judge_gates(const Case& c);

// The verdict that counts: overrides of this stage taken as passes, no deciding gate as hold.
Verdict verdict_of(const Case& c, const std::vector<GateEvidence>& gates);

// What keeps the next stage closed on the gates' side; empty when they pass.
std::vector<Wait> gate_waits(const Case& c, const std::vector<GateEvidence>& gates);

// Reasons for a step that the gates allow.
std::vector<Reason> gate_reasons(const Case& c, const std::vector<GateEvidence>& gates);

const Gate* find_gate(const Definition& definition, const SignalName& signal);

}  // namespace train::engine
