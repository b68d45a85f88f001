#include "train/engine/rungs.hpp"

namespace train::engine {

Percent rung_for(const StoreFacts& facts, Percent stage) {
  if (facts.rungs.empty()) return stage;
  Percent best = facts.rungs.front();
  for (const auto rung : facts.rungs) {
    if (rung <= stage) best = rung;
  }
  return best;
}

int stage_reached(const StoreFacts& facts, const Ladder& ladder, Percent served) {
  int reached = 0;
  for (const auto& stage : ladder.stages) {
    if (served.is_zero() || rung_for(facts, stage.to) > served) break;
    ++reached;
  }
  return reached;
}

}  // namespace train::engine
