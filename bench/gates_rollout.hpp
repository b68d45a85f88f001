// One simulated rollout, judged by the product: its history is built as the log builds it, and judge() decides.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "train/engine/gates/judge.hpp"

namespace bench {

constexpr double k_limit = 0.01;

// A gate at 1 % on the default ladder, judged as the product judges today.
train::GateRule rule_at_limit();
// The gate of config/train.yaml on crashes: limit 1 %, regress 20 %, margin 0.2pp, matures 24h, 3 sessions as one.
train::GateRule rule_of_example();

// ln E since one start, each pair of counts computed once. An upper bound of what the product makes of it: the product
// divides by a design effect and may judge at more than the limit.
class KnownEvidence {
 public:
  explicit KnownEvidence(train::engine::Side side, double limit) : side_(side), limit_(limit) {}
  double operator()(double events, double exposures);

 private:
  train::engine::Side side_;
  double limit_;
  std::unordered_map<std::uint64_t, double> known_;
};

class Rollout {
 public:
  // `silent`: so many more gates share the error and cannot be read.
  explicit Rollout(const train::GateRule& rule, int silent = 0);

  void next_stage();
  // An hour, or any other time; `live` where the live version is counted too.
  void add(const train::Counts& ours, const train::Counts& live, train::Duration time = train::Duration(3600));
  // What the product says now. A look that can change nothing is skipped: no start has evidence of half of what a halt
  // takes, and a pass is not due or not near.
  train::Verdict look();

  int stage() const { return stage_; }
  const train::Counts& counted() const { return ours_; }
  train::Duration in_stage() const { return now_ - stage_since_; }

 private:
  void mark(bool restart);
  bool may_halt();
  bool may_pass();
  train::engine::Moment moment() const { return {now_, stage_, in_stage()}; }
  train::Tally tally() const { return {ours_, {}}; }
  std::optional<train::Tally> live_tally() const;

  std::vector<train::GateRule> rules_;
  train::engine::SignalHistory history_;
  train::Instant begun_;
  train::Instant now_;
  train::Instant stage_since_;
  train::Instant marked_;
  int stage_ = 0;
  int spans_ = 0;  // whole ones since it began, at whose ends halt evidence started anew
  train::Counts ours_;
  train::Counts live_;
};

}  // namespace bench
