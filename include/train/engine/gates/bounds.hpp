// What the counts say about the true rate, at any time and however often one looks.
#pragma once

#include <optional>
#include <span>

#include "train/engine/gates/evidence.hpp"

namespace train::engine {

// With probability 1 - alpha on each side the truth never lies outside, over all looks.
struct Bounds {
  double lower = 0;
  double upper = 1;  // infinity where nothing bounds it
};
// A fraction for a proportion (0 to 1), else events for each exposure (0 to infinity).
Bounds bounds_of(Counting counting, const Counts& counts, double alpha, double strength = 1);
// Of the ratio to the live version.
Bounds ratio_bounds(std::span<const Block> blocks, double alpha);

// The smallest whole number of further exposures, at the present rate of events, with which a promotion at `limit`
// would be granted. nullopt: not at this rate, or not within ten million.
std::optional<double> exposures_needed(Counting counting, const Counts& seen, double limit, double alpha,
                                       double strength = 1);

}  // namespace train::engine
