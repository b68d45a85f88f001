// What a verdict rests on, in numbers and in one sentence.
#pragma once

#include <string>

#include "train/engine/gates/judge.hpp"

namespace train::engine {

// Samples over the limit in this stage, each far enough after the one before (Spikes::over).
int spikes_of(const GateQuestion& question);

// "evidence of harm 94, breach at 100": why nothing rises.
std::string harm_words(const GateEvidence& evidence);

// Fills in `stretches`, the one that says most with its bound, and makes `why` the sentence of a breach. Does nothing
// for what neither breaches nor has evidence of harm.
void explain(const GateQuestion& question, bool harm, GateEvidence& evidence);

// The bounds of the other stretches: each costs as much as a hundred verdicts.
void add_stretch_bounds(const GateQuestion& question, GateEvidence& evidence);

}  // namespace train::engine
