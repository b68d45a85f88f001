// The gates of one app at this moment: their evidence, and what still keeps the next stage closed.
#pragma once

#include <vector>

#include "app_context.hpp"
#include "train/engine/gates/judge.hpp"

namespace train::engine {

// One question per rule; `rules` and `progress` must outlive them.
std::vector<GateQuestion> gate_questions(const AppProgress& progress, const std::vector<GateRule>& rules,
                                         const MeasuredApp* evidence, Instant now);

// Its flag was switched off for it, and what is counted is not judged until apps have heard of that.
bool is_settling(const AppProgress& progress, const GateName& gate);

enum class WithBounds { none, all };
// One entry per rule in force, judged over this run's evidence. Bounds are dear: for what is kept or shown.
std::vector<GateEvidence> judge_gates(const AppContext& context, WithBounds bounds = WithBounds::none);

// The verdict that counts: overrides of this stage taken as passes, no deciding gate as hold.
Verdict verdict_of(const AppContext& context, const std::vector<GateEvidence>& gates);

// What keeps the next stage closed on the gates' side; empty when they pass.
std::vector<Wait> gate_waits(const AppContext& context, const std::vector<GateEvidence>& gates);

// Reasons for a step that the gates allow.
std::vector<Reason> gate_reasons(const AppContext& context, const std::vector<GateEvidence>& gates);

}  // namespace train::engine
