// The evidence that one gate's data holds, for both sides, before any verdict.
#pragma once

#include "train/engine/gates/judge.hpp"

namespace train::engine {

// Fills in the numbers and `why`. Only for data that is fit to judge.
void weigh(const GateQuestion& question, GateEvidence& evidence);

// What this stage still has to prove, as words; empty when it has proven all.
std::string still_unproven(const GateQuestion& question, const GateEvidence& evidence);

}  // namespace train::engine
