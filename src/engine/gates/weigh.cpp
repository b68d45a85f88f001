#include "weigh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "fitness.hpp"
#include "train/engine/gates/bounds.hpp"
#include "words.hpp"

namespace train::engine {
namespace {

constexpr double k_limit_least = 1e-12;  // of a proportion: nothing is impossible, nothing certain
constexpr double k_limit_most = 1 - 1e-9;
constexpr double k_median = 0.5;  // a level's windows lie over a limit that holds in one of two

Counting counting_of(const GateRule& rule) {
  return rule.kind == SignalKind::rate ? Counting::rate : Counting::proportion;
}

// With at most `c` events a unit, events / c against limit / c is valid for dependent events of one unit.
struct Yardstick {
  Counting counting = Counting::proportion;
  double limit = 0;
  double cap = 1;

  Counts measured(const Counts& counts) const { return {counts.events / cap, counts.exposures}; }
  double null() const {
    const double capped = limit / cap;
    return counting == Counting::rate ? std::max(capped, k_limit_least)
                                      : std::clamp(capped, k_limit_least, k_limit_most);
  }
  // No slip in the arithmetic, and no restart, may speak against a rate that is within the limit, or for one beyond.
  double ln_e(Side side, const Counts& counts) const {
    const double evidence = ln_evidence(side, counting, measured(counts), null());
    const double at_limit = limit * counts.exposures;
    const bool speaks = side == Side::halt ? counts.events > at_limit : counts.events < at_limit;
    return speaks ? evidence : std::min(evidence, 0.0);
  }
};

double cap_of(const Gate& gate) { return std::max(1.0, gate.max_per_unit.value_or(1)); }

double ratio_at(double rate, double limit) { return limit > 0 ? rate / limit : 0; }

double rate_of(const Counts& counts) { return counts.exposures > 0 ? counts.events / counts.exposures : 0; }

// ---- counts against the limit ----
void weigh_limit(const GateQuestion& question, GateEvidence& evidence) {
  const SignalHistory& history = *question.history;
  const Tally now = tally_of(*question.seen);
  const Yardstick halting{counting_of(*question.rule), evidence.limit, cap_of(question.rule->gate)};
  const Yardstick passing{halting.counting, evidence.promote_limit, halting.cap};
  std::vector<double> since;
  for (const Tally& restart : history.restarts)
    since.push_back(halting.ln_e(Side::halt, worst_for(Side::halt, added(now, restart))));
  const Tally whole = added(now, history.release_baseline.value_or(Tally{}));
  evidence.ln_e_halt = ln_restarted(halting.ln_e(Side::halt, worst_for(Side::halt, whole)), since);
  const Tally stage = added(now, history.stage_baseline.value_or(now));
  evidence.ln_e_promote = passing.ln_e(Side::promote, worst_for(Side::promote, stage));
}

void fill_counts(const GateQuestion& question, GateEvidence& evidence) {
  const Counts now = question.seen->counts;
  const auto since = [&](const std::optional<Tally>& then, const Counts& otherwise) {
    const Counts from = then ? then->counts : otherwise;
    return Counts{std::max(0.0, now.events - from.events), std::max(0.0, now.exposures - from.exposures)};
  };
  const Counts release = since(question.history->release_baseline, {});
  const Counts stage = since(question.history->stage_baseline, now);
  evidence.events = release.events;
  evidence.exposures = release.exposures;
  evidence.stage_events = stage.events;
  evidence.stage_exposures = stage.exposures;
  evidence.estimate = rate_of(release);
}

// ---- counts against the live version ----
RatioSums& sums_of(std::vector<RatioSums>& known, Side side, double ratio) {
  for (auto& sums : known) {
    if (sums.is_for(side, ratio)) return sums;
  }
  return known.emplace_back(side, ratio);
}

std::optional<Block> open_block(const GateQuestion& question, Side side) {
  const SignalHistory& history = *question.history;
  if (!question.seen || !question.live || !history.ours_at || !history.live_at) return std::nullopt;
  return worst_for(side, added(tally_of(*question.seen), *history.ours_at),
                   added(tally_of(*question.live), *history.live_at));
}

RatioEvidence weigh_ratio(const GateQuestion& question) {
  const Gate& gate = question.rule->gate;
  const SignalHistory& history = *question.history;
  RatioEvidence out;
  out.limit = 1 + *gate.regress;
  out.promote_limit = std::max(out.limit, at_stage(gate.promote, question.stage, 1.0));
  std::vector<std::size_t> starts{0};
  starts.insert(starts.end(), history.block_restarts.begin(), history.block_restarts.end());
  auto& halting = sums_of(history.halt_sums, Side::halt, out.limit);
  halting.take(history.halt_blocks, starts);
  const auto ln_e = halting.ln_evidence(open_block(question, Side::halt));
  out.ln_e_halt = ln_restarted(ln_e.front(), std::span(ln_e).subspan(1));
  auto& passing = sums_of(history.promote_sums, Side::promote, out.promote_limit);
  passing.take(history.promote_blocks, std::span(&history.stage_block, 1));
  out.ln_e_promote = passing.ln_evidence(open_block(question, Side::promote)).front();
  Counts ours;
  const auto count = [&](const Block& block) {
    ours.events += block.ours.events;
    ours.exposures += block.ours.exposures;
    out.events += block.live.events;
    out.exposures += block.live.exposures;
  };
  for (const Block& block : history.halt_blocks) count(block);
  if (const auto open = open_block(question, Side::halt)) count(*open);
  out.estimate = ratio_at(rate_of(ours), rate_of({out.events, out.exposures}));
  return out;
}

// ---- levels, by the sign test ----
double ln_signs(const SignCounts& signs) {
  const Yardstick line{Counting::proportion, k_median, 1};
  const auto since = [&](const Counts& then) {
    return line.ln_e(Side::halt, {signs.now.events - then.events, signs.now.exposures - then.exposures});
  };
  std::vector<double> restarted;
  for (const Counts& restart : signs.restarts) restarted.push_back(since(restart));
  return ln_restarted(since({}), restarted);
}

double ln_signs_of_stage(const SignCounts& signs) {
  const Yardstick line{Counting::proportion, k_median, 1};
  return line.ln_e(Side::promote, {signs.now.events - signs.stage.events, signs.now.exposures - signs.stage.exposures});
}

void weigh_signs(const GateQuestion& question, GateEvidence& evidence) {
  const SignCounts& signs = question.history->over_limit;
  if (question.rule->gate.limit) {
    evidence.ln_e_halt = ln_signs(signs);
    evidence.ln_e_promote = ln_signs_of_stage(signs);
  }
  evidence.exposures = signs.now.exposures;
  evidence.stage_events = signs.now.events - signs.stage.events;
  evidence.stage_exposures = signs.now.exposures - signs.stage.exposures;
  if (!question.rule->gate.regress) return;
  RatioEvidence ratio;
  const SignCounts& against = question.history->over_live;
  ratio.limit = ratio.promote_limit = 1 + *question.rule->gate.regress;
  ratio.events = question.live ? question.live->value : 0;
  ratio.exposures = against.now.exposures;
  ratio.estimate = ratio_at(question.seen->value, ratio.events);
  ratio.ln_e_halt = ln_signs(against);
  ratio.ln_e_promote = ln_signs_of_stage(against);
  evidence.ratio = ratio;
}

// ---- words ----
std::string ratio_words(const RatioEvidence& ratio) {
  return fmt::format("{} the live version's, limit {}", gate_words::times(ratio.estimate),
                     gate_words::times(ratio.limit));
}

std::string why_of(const GateQuestion& question, const GateEvidence& evidence) {
  const GateRule& rule = *question.rule;
  std::string out;
  switch (rule.kind) {
    case SignalKind::proportion:
    case SignalKind::rate:
      out = fmt::format("{} of {} {} ({})", gate_words::number(evidence.events), gate_words::number(evidence.exposures),
                        gate_words::exposures(rule), gate_words::share(evidence.estimate));
      if (rule.gate.limit) out += ", limit " + gate_words::share(evidence.limit);
      break;
    case SignalKind::level:
      out = gate_words::level(question.seen->value, rule.unit);
      if (rule.gate.limit) out += ", limit " + gate_words::level(evidence.limit, rule.unit);
      if (!rule.gate.for_samples && rule.gate.limit)
        out += fmt::format(", over it in {} of {} samples", gate_words::number(question.history->over_limit.now.events),
                           gate_words::number(question.history->over_limit.now.exposures));
      break;
    case SignalKind::alarm:
      return question.seen->raised ? "the alarm is raised" : "the alarm is quiet";
  }
  if (evidence.ratio) out += "; " + ratio_words(*evidence.ratio);
  return out;
}

// The mean of what the gate compares: a bad rate of either kind counts, and no more often by chance than one alone.
double ln_mean_of(const Gate& gate, const GateEvidence& evidence) {
  if (!evidence.ratio) return evidence.ln_e_halt;
  if (!gate.limit) return evidence.ratio->ln_e_halt;
  const WeighedEvidence both[] = {{0.5, evidence.ln_e_halt}, {0.5, evidence.ratio->ln_e_halt}};
  return ln_average(both);
}

// ---- what is still to prove ----
std::string pace(const GateQuestion& question, double more, double have) {
  if (question.baked <= Duration{0} || !(have > 0)) return {};
  const double seconds = more / have * static_cast<double>(question.baked.count());
  if (seconds >= 365.0 * 86400) return {};
  return fmt::format(", about {} at the present pace",
                     format_duration(Duration(static_cast<std::int64_t>(seconds) / 60 * 60 + 60)));
}

std::string unproven_limit(const GateQuestion& question, const GateEvidence& evidence) {
  const Gate& gate = question.rule->gate;
  if (evidence.ln_e_promote >= -std::log(gate.alpha_promote)) return {};
  const Counts stage{evidence.stage_events, evidence.stage_exposures};
  const Yardstick passing{counting_of(*question.rule), evidence.promote_limit, cap_of(gate)};
  const auto more = exposures_needed(passing.counting, passing.measured(stage), passing.null(), gate.alpha_promote);
  const std::string unit = gate_words::exposures(*question.rule);
  if (!more && rate_of(stage) >= evidence.promote_limit)
    return fmt::format("will not pass at this rate: {} in this stage, passes below {}",
                       gate_words::share(rate_of(stage)), gate_words::share(evidence.promote_limit));
  if (!more) return fmt::format("cannot yet tell how many more {} it needs", unit);
  return fmt::format("needs about {} more {}{}", gate_words::about(std::max(*more, 1.0)), unit,
                     pace(question, *more, stage.exposures));
}

std::string unproven_ratio(const GateQuestion& question, const GateEvidence& evidence) {
  if (evidence.ratio->ln_e_promote >= -std::log(question.rule->gate.alpha_promote)) return {};
  const std::string line = gate_words::times(evidence.ratio->promote_limit);
  if (evidence.ratio->estimate >= evidence.ratio->promote_limit)
    return fmt::format("will not pass at this rate: {} the live version's, passes below {}",
                       gate_words::times(evidence.ratio->estimate), line);
  return fmt::format("does not yet prove that it is below {} the live version's", line);
}

std::string unproven_signs(const GateQuestion& question, const SignCounts& signs, double ln_e, std::string_view line) {
  if (ln_e >= -std::log(question.rule->gate.alpha_promote)) return {};
  const Counts stage{signs.now.events - signs.stage.events, signs.now.exposures - signs.stage.exposures};
  if (!(stage.exposures > 0)) return "has no sample of this stage yet";
  const auto more = exposures_needed(Counting::proportion, stage, k_median, question.rule->gate.alpha_promote);
  if (!more)
    return fmt::format("will not pass: {} of {} samples of this stage are over {}", gate_words::number(stage.events),
                       gate_words::number(stage.exposures), line);
  return fmt::format("needs about {} more samples within {}", gate_words::number(std::max(*more, 1.0)), line);
}

std::string join_reasons(std::string first, const std::string& second) {
  if (first.empty()) return second;
  return second.empty() ? first : first + "; " + second;
}

}  // namespace

void add_bounds(const GateQuestion& question, GateEvidence& evidence) {
  constexpr double alpha = 0.05;
  const SignalKind kind = question.rule->kind;
  if (kind != SignalKind::proportion && kind != SignalKind::rate) return;
  const Bounds bounds = bounds_of(counting_of(*question.rule), {evidence.events, evidence.exposures}, alpha);
  evidence.lower = bounds.lower;
  evidence.upper = bounds.upper;
  if (!evidence.ratio) return;
  std::vector<Block> blocks = question.history->halt_blocks;
  if (const auto open = open_block(question, Side::halt)) blocks.push_back(*open);
  const Bounds of_ratio = ratio_bounds(blocks, alpha);
  evidence.ratio->lower = of_ratio.lower;
  evidence.ratio->upper = of_ratio.upper;
}

void weigh(const GateQuestion& question, GateEvidence& evidence) {
  const Gate& gate = question.rule->gate;
  switch (question.rule->kind) {
    case SignalKind::proportion:
    case SignalKind::rate:
      fill_counts(question, evidence);
      if (gate.limit) weigh_limit(question, evidence);
      if (gate.regress && unfit_live(question).empty()) evidence.ratio = weigh_ratio(question);
      break;
    case SignalKind::level:
      evidence.events = question.seen->value;
      if (!gate.for_samples) weigh_signs(question, evidence);
      break;
    case SignalKind::alarm:
      break;
  }
  evidence.ln_e = ln_mean_of(gate, evidence);
  evidence.why = why_of(question, evidence);
}

std::string still_unproven(const GateQuestion& question, const GateEvidence& evidence) {
  const Gate& gate = question.rule->gate;
  switch (question.rule->kind) {
    case SignalKind::proportion:
    case SignalKind::rate:
      return join_reasons(gate.limit ? unproven_limit(question, evidence) : "",
                          evidence.ratio ? unproven_ratio(question, evidence) : "");
    case SignalKind::level: {
      const SignalHistory& history = *question.history;
      const double ln_e = evidence.ln_e_promote;
      return join_reasons(
          gate.limit ? unproven_signs(question, history.over_limit, ln_e, "the limit") : "",
          evidence.ratio ? unproven_signs(question, history.over_live, evidence.ratio->ln_e_promote, "the live one's")
                         : "");
    }
    case SignalKind::alarm:
      return {};
  }
  return {};
}

}  // namespace train::engine
