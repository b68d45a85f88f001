// What a store serves when a stage of the ladder is allowed.
#pragma once

#include "train/base/percent.hpp"
#include "train/domain/definition.hpp"

namespace train::engine {

// What the store serves when `stage` is allowed: the stage itself, or the last rung at or below it (the first rung when
// the stage lies below all of them).
Percent rung_for(const StoreFacts& facts, Percent stage);

// The last stage that `served` has reached, 1-based; 0 before the first.
int stage_reached(const StoreFacts& facts, const Ladder& ladder, Percent served);

}  // namespace train::engine
