// How counts are held against a limit, by the rule of one gate.
#pragma once

#include <optional>

#include "train/engine/gates/judge.hpp"

namespace train::engine {

inline constexpr double k_median = 0.5;  // a level's windows lie over a limit that holds in one of two

// How halt evidence is mixed.
struct Halting {
  Mixture mixture;      // of what counts from the release's beginning, and of what starts anew by time and stage
  double strength = 1;  // how firmly the prior expects the limit, in events
};
Halting halting_of(Judging judging);

inline bool is_second(const GateRule& rule) { return rule.judging == Judging::second; }
inline bool is_counted(const GateRule& rule) {
  return rule.kind == SignalKind::proportion || rule.kind == SignalKind::rate;
}

Counting counting_of(const GateRule& rule);
double rate_of(const Counts& counts);        // 0 without exposures
double ratio_at(double rate, double limit);  // 0 at a limit of 0

// With at most `cap` events a unit, events / cap against limit / cap is valid for dependent events of one unit. Where
// exposures are not independent of each other, `inflation` of them say as much as one that is.
struct Yardstick {
  Counting counting = Counting::proportion;
  double limit = 0;
  double cap = 1;
  double strength = 1;
  double inflation = 1;

  Counts measured(const Counts& counts) const {
    return {counts.events / cap / inflation, counts.exposures / inflation};
  }
  double null() const;
  // No slip in the arithmetic, and no restart, may speak against a rate that is within the limit, or for one beyond.
  double ln_e(Side side, const Counts& counts) const;
};
Yardstick halting_yardstick(const GateRule& rule);
Yardstick passing_yardstick(const GateRule& rule, double pass_limit);
double inflation_of(const GateRule& rule);
// Against "at most the limit", by what was counted since `start`.
double ln_halt_since(const GateQuestion& question, const Start& start, const Counts& counts);

// Cumulative counts now, those of earlier lives of a counter included.
Tally ours_now(const GateQuestion& question);
// What this stage has to prove it with: all events, and the exposures that are old enough (GateRule::matures).
Counts mature_counts(const GateQuestion& question);

// The stretch against the live version that is not over yet; nullopt where the live version cannot be read.
std::optional<Block> open_block(const GateQuestion& question, Side side);
// Those whose users are no longer only the first to update: zeros in place of the others.
std::vector<Block> halt_blocks(const GateQuestion& question);
std::optional<Block> open_halt_block(const GateQuestion& question);
// Those of this stage in which as many late reports come in as are still missing; see GateRule::matures.
std::vector<Block> pass_blocks(const GateQuestion& question);
std::optional<Block> open_pass_block(const GateQuestion& question);

}  // namespace train::engine
