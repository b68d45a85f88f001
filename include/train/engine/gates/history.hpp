// What the log keeps of one signal along a rollout, so that evidence can start at any of the places it may start at.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "train/base/time.hpp"
#include "train/engine/gates/evidence.hpp"

namespace train::engine {

// Windows of a level, as a proportion: those over the line out of all.
struct SignCounts {
  Counts now;
  Counts stage;                  // when the present stage began
  std::vector<Counts> restarts;  // at each restart

  void start_stage();
  void restart();
  void forget();  // what was counted so far is evidence no more
};

struct SignalHistory {
  // Cumulative counts. Absent: the signal was dark then.
  std::optional<Tally> release_baseline;  // when the release began to be exposed
  std::optional<Tally> stage_baseline;    // when the present stage began
  std::vector<Tally> restarts;            // when each further day or stage began

  // Stretches of time against the live version, once with the worst ends for a halt and once for a promotion; the two
  // are alike where the counts are exact.
  std::vector<Block> halt_blocks;
  std::vector<Block> promote_blocks;
  std::vector<std::size_t> block_restarts;  // how many blocks lay before each restart
  std::size_t stage_block = 0;              // how many lay before the present stage
  std::optional<Tally> ours_at;             // at the end of the last block
  std::optional<Tally> live_at;

  // Made from the blocks, and from nothing else: so that a look costs one block and not all of them.
  mutable std::vector<RatioSums> halt_sums;
  mutable std::vector<RatioSums> promote_sums;  // of the present stage

  // Levels.
  int over = 0;  // samples in a row over the limit
  double value = 0;
  std::optional<Instant> sampled_at;  // the sample that last changed the run
  std::optional<Instant> window_at;   // the last window that was counted
  SignCounts over_limit;
  SignCounts over_live;

  void start_stage(std::optional<Tally> ours);
  // Cumulative counts at the end of a stretch; `live` only where it is compared with.
  void count(const Tally& ours, const std::optional<Tally>& live);
  void restart(const std::optional<Tally>& ours);
  // After a person's override: what comes is judged, what was is not. Without `live` a stretch begins at the next
  // count.
  void forget(const Tally& ours, const std::optional<Tally>& live);
};

// What was added between two moments, from its least to its most; never below zero.
Tally added(const Tally& now, const Tally& then);
// The ends that speak least for each side.
Block worst_for(Side side, const Tally& ours, const Tally& live);
Counts worst_for(Side side, const Tally& ours);

}  // namespace train::engine
