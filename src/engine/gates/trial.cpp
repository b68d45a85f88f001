#include "train/engine/gates/trial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "train/base/check.hpp"

namespace train::engine {
namespace {

void try_limit(const Trial& trial, TrialVerdict& said) {
  said.limit_ln_e_halt = ln_evidence(Side::halt, trial.counting, trial.counts, *trial.limit, trial.strength);
  said.limit_ln_e_promote = ln_evidence(Side::promote, trial.counting, trial.counts, *trial.limit, trial.strength);
}

RatioEvidence try_ratio(const Trial& trial) {
  const Block block{trial.counts, *trial.live};
  const std::span<const Block> blocks(&block, 1);
  RatioEvidence out;
  out.events = trial.live->events;
  out.exposures = trial.live->exposures;
  out.limit = out.promote_limit = 1 + trial.regress;
  out.ln_e_halt = ln_ratio_evidence(Side::halt, blocks, out.limit);
  out.ln_e_promote = ln_ratio_evidence(Side::promote, blocks, out.limit);
  out.lower = ratio_bounds(blocks, trial.alpha_halt).lower;
  out.upper = ratio_bounds(blocks, trial.alpha_promote).upper;
  const double expected =
      trial.live->exposures > 0 ? trial.live->events / trial.live->exposures * trial.counts.exposures : 0;
  out.estimate = expected > 0 ? trial.counts.events / expected : std::numeric_limits<double>::infinity();
  return out;
}

void mix(const Trial& trial, TrialVerdict& said) {
  said.ln_e_halt = said.limit_ln_e_halt;
  said.ln_e_promote = said.limit_ln_e_promote;
  if (!said.ratio) return;
  said.ln_e_halt = said.ratio->ln_e_halt;
  said.ln_e_promote = said.ratio->ln_e_promote;
  if (!trial.limit) return;
  const WeighedEvidence both[] = {{0.5, said.limit_ln_e_halt}, {0.5, said.ratio->ln_e_halt}};
  said.ln_e_halt = ln_average(both);
  said.ln_e_promote = std::min(said.limit_ln_e_promote, said.ratio->ln_e_promote);
}

// No slip in the arithmetic may decide against what the plain numbers say.
bool is_over(const Trial& trial, const TrialVerdict& said) {
  return (trial.limit && said.estimate > *trial.limit) || (said.ratio && said.ratio->estimate > said.ratio->limit);
}

bool is_under(const Trial& trial, const TrialVerdict& said) {
  return (!trial.limit || said.estimate < *trial.limit) && (!said.ratio || said.ratio->estimate < said.ratio->limit);
}

// What `more` exposures would say if both versions went on as before.
bool would_pass(const Trial& trial, double more) {
  const double wanted = -std::log(trial.alpha_promote);
  // Half an event more: none seen so far is no proof that there are none.
  const double rate = (trial.counts.events + 0.5) / (trial.counts.exposures + 1);
  const Counts then{trial.counts.events + rate * more, trial.counts.exposures + more};
  if (trial.limit && ln_evidence(Side::promote, trial.counting, then, *trial.limit, trial.strength) < wanted)
    return false;
  if (!trial.live) return true;
  const double grown = then.exposures / trial.counts.exposures;
  const Block block{then, {trial.live->events * grown, trial.live->exposures * grown}};
  return ln_ratio_evidence(Side::promote, std::span(&block, 1), 1 + trial.regress) >= wanted;
}

// nullopt: not at this rate, or more than ten million.
std::optional<double> needed(const Trial& trial, const TrialVerdict& said) {
  constexpr double most = 1e7;
  if (said.verdict == Verdict::pass) return 0;
  if (!trial.live)
    return exposures_needed(trial.counting, trial.counts, *trial.limit, trial.alpha_promote, trial.strength);
  if (!(trial.counts.exposures > 0) || !is_under(trial, said) || !would_pass(trial, most)) return std::nullopt;
  double below = 0;
  double above = most;
  while (above - below > 1) {
    const double middle = std::floor((below + above) / 2);
    (would_pass(trial, middle) ? above : below) = middle;
  }
  return above;
}

}  // namespace

TrialVerdict try_gate(const Trial& trial) {
  TRAIN_CHECK(trial.limit || trial.live, "a gate is tried against something");
  TrialVerdict said;
  said.estimate = trial.counts.exposures > 0 ? trial.counts.events / trial.counts.exposures : 0;
  said.bounds.lower = bounds_of(trial.counting, trial.counts, trial.alpha_halt, trial.strength).lower;
  said.bounds.upper = bounds_of(trial.counting, trial.counts, trial.alpha_promote, trial.strength).upper;
  if (trial.limit) try_limit(trial, said);
  if (trial.live) said.ratio = try_ratio(trial);
  mix(trial, said);
  const bool something = trial.counts.exposures > 0;
  if (something && said.ln_e_halt >= -std::log(trial.alpha_halt) && is_over(trial, said))
    said.verdict = Verdict::breach;
  else if (something && said.ln_e_promote >= -std::log(trial.alpha_promote) && is_under(trial, said))
    said.verdict = Verdict::pass;
  said.exposures_needed = needed(trial, said);
  return said;
}

}  // namespace train::engine
