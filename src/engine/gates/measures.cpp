#include "measures.hpp"

#include <algorithm>

#include "fitness.hpp"

namespace train::engine {
namespace {

constexpr double k_limit_least = 1e-12;  // of a proportion: nothing is impossible, nothing certain
constexpr double k_limit_most = 1 - 1e-9;

// Where a day brings many events, its hours tell day from night before they tell good from bad.
constexpr Duration k_young = std::chrono::hours(24);
constexpr double k_young_events = 200;  // expected at the limit, as independent ones
constexpr double k_young_limit = 1.2;   // times the limit

bool is_young(const GateQuestion& question, const Start& start, const Yardstick& halting, const Counts& counts) {
  const Instant until = std::min(question.seen->as_of, question.now);
  return until - start.at < k_young && halting.measured(counts).exposures * halting.limit > k_young_events;
}

// The first to update are not like everybody; what began before the bake was over is theirs.
bool is_after_bake(const GateRule& rule, const Moment& from) {
  return !is_second(rule) || from.stage == 0 || from.into_stage >= at_stage(rule.bakes, from.stage, Duration(0));
}

}  // namespace

Halting halting_of(Judging judging) {
  switch (judging) {
    case Judging::first:
      return {{0.5, Fading::by_number}, 1};
    case Judging::second:
      return {{0.8, Fading::by_root}, 0.5};
  }
  return {};
}

Counting counting_of(const GateRule& rule) {
  return rule.kind == SignalKind::rate ? Counting::rate : Counting::proportion;
}

double rate_of(const Counts& counts) { return counts.exposures > 0 ? counts.events / counts.exposures : 0; }

double ratio_at(double rate, double limit) { return limit > 0 ? rate / limit : 0; }

double Yardstick::null() const {
  const double capped = limit / cap;
  return counting == Counting::rate ? std::max(capped, k_limit_least) : std::clamp(capped, k_limit_least, k_limit_most);
}

double Yardstick::ln_e(Side side, const Counts& counts) const {
  const double evidence = ln_evidence(side, counting, measured(counts), null(), strength);
  const double at_limit = limit * counts.exposures;
  const bool speaks = side == Side::halt ? counts.events > at_limit : counts.events < at_limit;
  return speaks ? evidence : std::min(evidence, 0.0);
}

double inflation_of(const GateRule& rule) {
  return is_second(rule) ? std::max(1.0, rule.design_effect.value_or(1)) : 1;
}

namespace {

double cap_of(const Gate& gate) { return std::max(1.0, gate.max_per_unit.value_or(1)); }

}  // namespace

Yardstick halting_yardstick(const GateRule& rule) {
  return {counting_of(rule), rule.gate.limit.value_or(0), cap_of(rule.gate), halting_of(rule.judging).strength,
          inflation_of(rule)};
}

Yardstick passing_yardstick(const GateRule& rule, double pass_limit) {
  return {counting_of(rule), pass_limit, cap_of(rule.gate), 1, 1};
}

double ln_halt_since(const GateQuestion& question, const Start& start, const Counts& counts) {
  Yardstick halting = halting_yardstick(*question.rule);
  if (is_second(*question.rule) && is_young(question, start, halting, counts)) halting.limit *= k_young_limit;
  return halting.ln_e(Side::halt, counts);
}

Tally ours_now(const GateQuestion& question) { return question.history->ours.whole(tally_of(*question.seen)); }

Counts mature_counts(const GateQuestion& question) {
  const Tally now = ours_now(question);
  const Tally begun = question.history->stage_baseline.value_or(now);
  const Counts all = worst_for(Side::promote, added(now, begun));
  if (question.rule->matures <= Duration(0)) return all;
  const Instant until = std::min(question.seen->as_of, question.now) - question.rule->matures;
  Tally mature = begun;
  for (const CountedThen& then : question.history->counted) {
    if (then.at <= until) mature = then.ours;
  }
  return {all.events, worst_for(Side::promote, added(mature, begun)).exposures};
}

std::optional<Block> open_block(const GateQuestion& question, Side side) {
  const SignalHistory& history = *question.history;
  if (!question.seen || !question.live || !history.ours_at || !history.live_at) return std::nullopt;
  if (is_second(*question.rule) && !unfit_live(question).empty()) return std::nullopt;
  return worst_for(side, added(ours_now(question), *history.ours_at),
                   added(history.live.whole(tally_of(*question.live)), *history.live_at));
}

std::vector<Block> halt_blocks(const GateQuestion& question) {
  std::vector<Block> out = question.history->halt_blocks;
  const auto& times = question.history->block_times;
  for (std::size_t i = 0; i < std::min(out.size(), times.size()); ++i) {
    if (!is_after_bake(*question.rule, times[i].from)) out[i] = Block{};
  }
  return out;
}

namespace {

// Reports that come late belong to exposures from before the stage, until about half the time that they may take.
bool is_settled(const GateRule& rule, const Moment& from) {
  return rule.matures <= Duration(0) || from.stage == 0 || 2 * from.into_stage >= rule.matures;
}

}  // namespace

std::vector<Block> pass_blocks(const GateQuestion& question) {
  std::vector<Block> out = question.history->promote_blocks;
  const auto& times = question.history->block_times;
  for (std::size_t i = 0; i < std::min(out.size(), times.size()); ++i) {
    if (!is_settled(*question.rule, times[i].from)) out[i] = Block{};
  }
  return out;
}

std::optional<Block> open_pass_block(const GateQuestion& question) {
  if (!is_settled(*question.rule, question.history->open)) return std::nullopt;
  return open_block(question, Side::promote);
}

std::optional<Block> open_halt_block(const GateQuestion& question) {
  if (!is_after_bake(*question.rule, question.history->open)) return std::nullopt;
  return open_block(question, Side::halt);
}

}  // namespace train::engine
