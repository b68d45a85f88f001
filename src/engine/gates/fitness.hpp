// What makes data unfit to judge. Every answer is empty when there is nothing to object to.
#pragma once

#include <string>

#include "train/engine/gates/judge.hpp"

namespace train::engine {

// The signal itself: not measured, stale, not plausible, shrinking, too little for the stage.
std::string unfit(const GateQuestion& question);
// The live version's side, where the gate compares with it.
std::string unfit_live(const GateQuestion& question);

// What stands against a pass only.
// Fewer exposures than the stage should have brought (Judging::first: against a breach as well).
std::string too_little(const GateQuestion& question);
std::string still_baking(const GateQuestion& question);
std::string still_earlier(const GateQuestion& question);

Duration bake_of(const GateQuestion& question);
// The stage's own, for what is listed by stage; the last repeats.
template <typename T>
T at_stage(const std::vector<T>& by_stage, int stage, T otherwise) {
  if (by_stage.empty()) return otherwise;
  const auto index = static_cast<std::size_t>(stage < 1 ? 0 : stage - 1);
  return by_stage[index < by_stage.size() ? index : by_stage.size() - 1];
}

}  // namespace train::engine
