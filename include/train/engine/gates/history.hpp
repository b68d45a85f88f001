// What the log keeps of one signal along a rollout, so that evidence can start at any of the places it may start at.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "train/base/time.hpp"
#include "train/engine/gates/evidence.hpp"

namespace train::engine {

// Where halt evidence starts: at the beginning, and anew at each day and stage.
struct Start {
  Instant at;
  std::string because;  // "the release began", "50 % began", "day 5 began"
};

// Windows of a level, as a proportion: those over the line out of all.
struct SignCounts {
  Counts now;
  Counts stage;                  // when the present stage began
  std::vector<Counts> restarts;  // at each restart

  void start_stage();
  void restart();
  void forget();  // what was counted so far is evidence no more
  void take(bool over);
};

// A cumulative counter as it was read. When its process starts again it falls; what it had counted before is kept.
struct Counter {
  std::optional<Tally> last;  // the newest reading in the log
  Counts before;              // of its earlier lives: what a reading leaves out

  Tally whole(const Tally& read) const;
  // By more than a provider revises, in either number.
  bool has_fallen(const Tally& read) const;
  // A fall to less than half is a counter that began at zero. A smaller one is one of several that did: what is left of
  // the others is not counted twice, and counting goes on from there.
  void start_again(const Tally& read);
  void note(const Tally& read);  // unless it has fallen: that is for the log to say first
};

struct CountedThen {
  Instant at;
  Tally ours;
};

struct Moment {
  Instant at;
  int stage = 0;           // that was served then
  Duration into_stage{0};  // for so long
};
// Of a stretch that is compared with the live version.
struct BlockTime {
  Moment from;
  Instant to;
};

// The sums over the blocks that count under these bakes; see judge().
struct KeptSums {
  std::vector<Duration> bakes;
  RatioSums sums;
};

struct LevelSample {
  Instant as_of;
  double value = 0;
};

struct SignalHistory {
  // Cumulative counts, those of earlier lives of the counter included. Absent: the signal was dark then.
  std::optional<Tally> release_baseline;  // when the release began to be exposed
  std::optional<Tally> stage_baseline;    // when the present stage began
  std::vector<Tally> restarts;            // when each further day or stage began
  Start begun;                            // of release_baseline
  std::vector<Start> restarted;           // of each of `restarts`
  std::vector<CountedThen> counted;       // in the present stage, the oldest first
  Counter ours;
  Counter live;
  std::optional<Tally> fell_at;  // where counting went on after the last fall in this stage

  // Stretches of time against the live version, once with the worst ends for a halt and once for a promotion; the two
  // are alike where the counts are exact.
  std::vector<Block> halt_blocks;
  std::vector<Block> promote_blocks;
  std::vector<BlockTime> block_times;       // of the blocks; none where nobody noted them
  std::vector<std::size_t> block_restarts;  // how many blocks lay before each restart
  std::vector<Start> block_restarted;       // of each of `block_restarts`
  std::size_t stage_block = 0;              // how many lay before the present stage
  std::optional<Tally> ours_at;             // at the end of the last block
  std::optional<Tally> live_at;
  Moment open;  // since when the open stretch runs

  // Made from the blocks, and from nothing else: so that a look costs one block and not all of them.
  mutable std::vector<KeptSums> halt_sums;
  mutable std::vector<KeptSums> promote_sums;  // of the present stage

  // Levels.
  int over = 0;  // samples in a row over the limit
  double value = 0;
  std::optional<Instant> sampled_at;  // the sample that last changed the run
  std::optional<Instant> window_at;   // the last window that was counted
  SignCounts over_limit;
  SignCounts over_live;
  // Without windows in which the value was the one before again: the same sample seen twice is no second one.
  SignCounts moved_over_limit;
  SignCounts moved_over_live;
  std::vector<LevelSample> samples;  // the windows of the present stage

  // Its counts come with stage_counts(), where the signal is not dark. `because` names it to people.
  void start_stage(const Moment& now, const std::string& because);
  void stage_counts(const Tally& ours, Instant at);
  // Cumulative counts at the end of a stretch; `live` only where it is compared with.
  void count(const Tally& ours, const std::optional<Tally>& live, const Moment& now = {});
  void restart(const std::optional<Tally>& ours, const Start& start);
  // `moved`: its value is not the one of the sample before.
  void sample(const LevelSample& seen, bool moved, bool over, std::optional<bool> over_live_version);
  // After a person's override: what comes is judged, what was is not. Without `live` a stretch begins at the next
  // count.
  void forget(const Tally& ours, const std::optional<Tally>& live, const Moment& now = {},
              const std::string& because = {});
};

// A reading that fell by more than a provider revises.
bool is_fall(const Tally& now, const Tally& then);
// What was added between two moments, from its least to its most; never below zero.
Tally added(const Tally& now, const Tally& then);
// The ends that speak least for each side.
Block worst_for(Side side, const Tally& ours, const Tally& live);
Counts worst_for(Side side, const Tally& ours);

}  // namespace train::engine
