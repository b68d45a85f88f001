#include "weigh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "explain.hpp"
#include "fitness.hpp"
#include "measures.hpp"
#include "train/engine/gates/bounds.hpp"
#include "words.hpp"

namespace train::engine {
namespace {

constexpr std::size_t k_sums_kept = 8;

// ---- counts against the limit ----
void weigh_limit(const GateQuestion& question, GateEvidence& evidence) {
  const SignalHistory& history = *question.history;
  const Tally now = ours_now(question);
  const Yardstick passing = passing_yardstick(*question.rule, evidence.promote_limit);
  std::vector<double> since;
  const auto against = [&](const Start& start, const Tally& then) {
    return ln_halt_since(question, start, worst_for(Side::halt, added(now, then)));
  };
  static const Start long_ago;
  for (std::size_t i = 0; i < history.restarts.size(); ++i)
    since.push_back(against(i < history.restarted.size() ? history.restarted[i] : long_ago, history.restarts[i]));
  evidence.ln_e_halt = ln_restarted(against(history.begun, history.release_baseline.value_or(Tally{})), since,
                                    halting_of(question.rule->judging).mixture);
  evidence.ln_e_promote = passing.ln_e(Side::promote, mature_counts(question));
}

void fill_counts(const GateQuestion& question, GateEvidence& evidence) {
  const Counts now = question.history->ours.whole(Tally{question.seen->counts, {}}).counts;
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
  if (question.rule->matures > Duration(0)) evidence.mature = mature_counts(question);
}

// ---- counts against the live version ----
// Few are kept: a pass limit may move with what is known of the live version.
RatioSums& sums_of(std::vector<KeptSums>& known, Side side, double ratio, const std::vector<Duration>& bakes,
                   std::size_t blocks) {
  for (auto& kept : known) {
    if (!kept.sums.is_for(side, ratio) || kept.bakes != bakes) continue;
    if (kept.sums.taken() > blocks) kept.sums = RatioSums(side, ratio);
    return kept.sums;
  }
  if (known.size() >= k_sums_kept) known.erase(known.begin());
  return known.emplace_back(KeptSums{bakes, RatioSums(side, ratio)}).sums;
}

// So far above the live version's rate may still pass: seen from the highest rate that it can have, and as much wider
// at an early stage as the limit is. In steps, so that the sums over the blocks are not made anew at each look.
double ratio_with_margin(const GateQuestion& question) {
  constexpr double alpha = 0.05;
  constexpr double strength = 0.5;
  constexpr double steps = 50;
  const SignalHistory& history = *question.history;
  const Gate& gate = question.rule->gate;
  Counts live;
  for (std::size_t i = history.stage_block; i < history.promote_blocks.size(); ++i) {
    live.events += history.promote_blocks[i].live.events;
    live.exposures += history.promote_blocks[i].live.exposures;
  }
  if (!(live.exposures > 0)) return 1;
  const double highest = bounds_of(counting_of(*question.rule), live, alpha, strength).upper;
  if (!std::isfinite(highest) || !(highest > 0)) return 1;
  const double margin = *gate.margin * at_stage(gate.promote, question.stage, 1.0);
  return std::floor((1 + margin / highest) * steps) / steps;
}

double pass_ratio(const GateQuestion& question) {
  const Gate& gate = question.rule->gate;
  const double by_stage = std::max(1 + *gate.regress, at_stage(gate.promote, question.stage, 1.0));
  if (!gate.margin || !is_second(*question.rule)) return by_stage;
  return std::max(by_stage, ratio_with_margin(question));
}

double ln_pass_ratio(const GateQuestion& question, double ratio) {
  const SignalHistory& history = *question.history;
  const auto counted = pass_blocks(question);
  auto& passing = sums_of(history.promote_sums, Side::promote, ratio, {question.rule->matures}, counted.size());
  passing.take(counted, std::span(&history.stage_block, 1));
  return passing.ln_evidence(open_pass_block(question)).front();
}

RatioEvidence weigh_ratio(const GateQuestion& question) {
  const GateRule& rule = *question.rule;
  const SignalHistory& history = *question.history;
  RatioEvidence out;
  out.limit = 1 + *rule.gate.regress;
  out.promote_limit = pass_ratio(question);
  std::vector<std::size_t> starts{0};
  starts.insert(starts.end(), history.block_restarts.begin(), history.block_restarts.end());
  const auto counted = halt_blocks(question);
  const auto bakes = is_second(rule) ? rule.bakes : std::vector<Duration>();
  auto& halting = sums_of(history.halt_sums, Side::halt, out.limit, bakes, counted.size());
  halting.take(counted, starts);
  const auto ln_e = halting.ln_evidence(open_halt_block(question), inflation_of(rule));
  out.ln_e_halt = ln_restarted(ln_e.front(), std::span(ln_e).subspan(1), halting_of(rule.judging).mixture);
  out.ln_e_promote = ln_pass_ratio(question, out.promote_limit);
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

// A live version that goes dark takes away what it would add, and nothing that is known.
bool is_compared(const GateQuestion& question) {
  if (!question.rule->gate.regress) return false;
  if (unfit_live(question).empty()) return true;
  return is_second(*question.rule) && !question.history->halt_blocks.empty();
}

// ---- levels, by the sign test ----
double ln_signs(const SignCounts& signs, Judging judging) {
  const Yardstick line{Counting::proportion, k_median, 1, 1, 1};
  const auto since = [&](const Counts& then) {
    return line.ln_e(Side::halt, {signs.now.events - then.events, signs.now.exposures - then.exposures});
  };
  std::vector<double> restarted;
  for (const Counts& restart : signs.restarts) restarted.push_back(since(restart));
  return ln_restarted(since({}), restarted, halting_of(judging).mixture);
}

double ln_signs_of_stage(const SignCounts& signs) {
  const Yardstick line{Counting::proportion, k_median, 1, 1, 1};
  return line.ln_e(Side::promote, {signs.now.events - signs.stage.events, signs.now.exposures - signs.stage.exposures});
}

void weigh_signs(const GateQuestion& question, GateEvidence& evidence) {
  const SignalHistory& history = *question.history;
  const Judging judging = question.rule->judging;
  const bool second = is_second(*question.rule);
  const SignCounts& signs = history.over_limit;
  if (question.rule->gate.limit) {
    evidence.ln_e_halt = ln_signs(second ? history.moved_over_limit : signs, judging);
    evidence.ln_e_promote = ln_signs_of_stage(signs);
  }
  evidence.exposures = signs.now.exposures;
  evidence.stage_events = signs.now.events - signs.stage.events;
  evidence.stage_exposures = signs.now.exposures - signs.stage.exposures;
  if (!question.rule->gate.regress) return;
  RatioEvidence ratio;
  const SignCounts& against = history.over_live;
  ratio.limit = ratio.promote_limit = 1 + *question.rule->gate.regress;
  ratio.events = question.live ? question.live->value : 0;
  ratio.exposures = against.now.exposures;
  ratio.estimate = ratio_at(question.seen->value, ratio.events);
  ratio.ln_e_halt = ln_signs(second ? history.moved_over_live : against, judging);
  ratio.ln_e_promote = ln_signs_of_stage(against);
  evidence.ratio = ratio;
}

// ---- words ----
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
  if (evidence.ratio) out += "; " + gate_words::ratio(*evidence.ratio);
  return out;
}

// The mean of what the gate compares: a bad rate of either kind counts, and no more often by chance than one alone.
double ln_mean_of(const GateRule& rule, const GateEvidence& evidence) {
  const bool keeps_its_half = is_second(rule) && rule.gate.regress;
  if (!evidence.ratio && !keeps_its_half) return evidence.ln_e_halt;
  const double of_ratio = evidence.ratio ? evidence.ratio->ln_e_halt : 0;
  if (!rule.gate.limit) return of_ratio;
  const WeighedEvidence both[] = {{0.5, evidence.ln_e_halt}, {0.5, of_ratio}};
  return ln_average(both);
}

// ---- what is still to prove ----
std::string pace(const GateQuestion& question, double more, double have) {
  if (question.baked <= question.rule->matures || !(have > 0)) return {};
  const auto counted = static_cast<double>((question.baked - question.rule->matures).count());
  const double seconds = more / have * counted;
  if (seconds >= 365.0 * 86400) return {};
  return fmt::format(", about {} at the present pace",
                     format_duration(Duration(static_cast<std::int64_t>(seconds) / 60 * 60 + 60)));
}

std::string unproven_limit(const GateQuestion& question, const GateEvidence& evidence) {
  const Gate& gate = question.rule->gate;
  if (evidence.ln_e_promote >= -std::log(gate.alpha_promote)) return {};
  const Counts stage = evidence.mature.value_or(Counts{evidence.stage_events, evidence.stage_exposures});
  const Yardstick passing = passing_yardstick(*question.rule, evidence.promote_limit);
  const auto more = exposures_needed(passing.counting, passing.measured(stage), passing.null(), gate.alpha_promote);
  std::string unit = gate_words::exposures(*question.rule);
  if (evidence.mature) unit += fmt::format(" that are {} old", format_duration(question.rule->matures));
  if (!more && rate_of(stage) >= evidence.promote_limit)
    return fmt::format("will not pass at this rate: {} in this stage, a pass here needs less than {}",
                       gate_words::share(rate_of(stage)), gate_words::share(evidence.promote_limit));
  if (!more) return fmt::format("cannot yet tell how many more {} it needs", unit);
  return fmt::format("needs about {} more {}{}", gate_words::about(std::max(*more, 1.0)), unit,
                     pace(question, *more, stage.exposures));
}

std::string unproven_ratio(const GateQuestion& question, const GateEvidence& evidence) {
  if (evidence.ratio->ln_e_promote >= -std::log(question.rule->gate.alpha_promote)) return {};
  const std::string line = gate_words::times(evidence.ratio->promote_limit);
  if (evidence.ratio->estimate >= evidence.ratio->promote_limit)
    return fmt::format("will not pass at this rate: {} the live version's, a pass here needs less than {}",
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
  add_stretch_bounds(question, evidence);
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
      if (is_compared(question)) evidence.ratio = weigh_ratio(question);
      break;
    case SignalKind::level:
      evidence.events = question.seen->value;
      if (!gate.for_samples) weigh_signs(question, evidence);
      break;
    case SignalKind::alarm:
      break;
  }
  evidence.ln_e = ln_mean_of(*question.rule, evidence);
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
