#include "explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "measures.hpp"
#include "train/engine/gates/bounds.hpp"
#include "words.hpp"

namespace train::engine {
namespace {

constexpr std::size_t k_stretches_kept = 8;  // those that say most; the rest are many, and say next to nothing

bool is_by_ratio(const GateQuestion& question, const GateEvidence& evidence) {
  if (!evidence.ratio || !is_counted(*question.rule)) return false;
  return !question.rule->gate.limit || evidence.ratio->ln_e_halt > evidence.ln_e_halt;
}

Start start_at(const std::vector<Start>& starts, std::size_t i) { return i < starts.size() ? starts[i] : Start{}; }

// ---- the stretches, as the evidence was mixed ----
Stretch stretch_from(const Start& start, double weight, const Counts& counts, double ln_e) {
  Stretch out;
  out.since = start.at;
  out.because = start.because;
  out.weight = weight;
  out.events = counts.events;
  out.exposures = counts.exposures;
  out.estimate = rate_of(counts);
  out.ln_e = ln_e;
  return out;
}

std::vector<Stretch> of_limit(const GateQuestion& question) {
  const SignalHistory& history = *question.history;
  const Mixture mixture = halting_of(question.rule->judging).mixture;
  const Tally now = ours_now(question);
  std::vector<Stretch> out;
  const auto add = [&](const Start& start, double weight, const Tally& then) {
    const Counts counts = worst_for(Side::halt, added(now, then));
    out.push_back(stretch_from(start, weight, counts, ln_halt_since(question, start, counts)));
  };
  add(history.begun, mixture.from_begin, history.release_baseline.value_or(Tally{}));
  for (std::size_t i = 0; i < history.restarts.size(); ++i)
    add(start_at(history.restarted, i), restart_weight(i + 1, mixture), history.restarts[i]);
  return out;
}

// Of both versions, each count divided as the evidence divides it; `first` is the first block that counts.
std::vector<Block> blocks_from(const GateQuestion& question, std::size_t first, double inflation) {
  std::vector<Block> out = halt_blocks(question);
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(std::min(first, out.size())));
  if (const auto open = open_halt_block(question)) out.push_back(*open);
  for (Block& block : out) {
    for (Counts* counts : {&block.ours, &block.live}) {
      counts->events /= inflation;
      counts->exposures /= inflation;
    }
  }
  return out;
}

std::vector<Stretch> of_ratio(const GateQuestion& question, double ratio) {
  const SignalHistory& history = *question.history;
  const Mixture mixture = halting_of(question.rule->judging).mixture;
  std::vector<Stretch> out;
  const auto add = [&](const Start& start, double weight, std::size_t first) {
    Counts ours;
    Counts live;
    for (const Block& block : blocks_from(question, first, 1)) {
      ours = {ours.events + block.ours.events, ours.exposures + block.ours.exposures};
      live = {live.events + block.live.events, live.exposures + block.live.exposures};
    }
    const auto counted = blocks_from(question, first, inflation_of(*question.rule));
    out.push_back(stretch_from(start, weight, ours, ln_ratio_evidence(Side::halt, counted, ratio)));
    out.back().estimate = ratio_at(rate_of(ours), rate_of(live));
  };
  add(history.begun, mixture.from_begin, 0);
  for (std::size_t i = 0; i < history.block_restarts.size(); ++i)
    add(start_at(history.block_restarted, i), restart_weight(i + 1, mixture), history.block_restarts[i]);
  return out;
}

std::vector<Stretch> of_level(const GateQuestion& question, const GateEvidence& evidence) {
  const SignalHistory& history = *question.history;
  const bool against_live = evidence.ratio && evidence.ratio->ln_e_halt > evidence.ln_e_halt;
  const SignCounts& signs = against_live ? history.moved_over_live : history.moved_over_limit;
  const Yardstick line{Counting::proportion, k_median, 1, 1, 1};
  const Mixture mixture = halting_of(question.rule->judging).mixture;
  std::vector<Stretch> out;
  const auto add = [&](const Start& start, double weight, const Counts& then) {
    const Counts since{signs.now.events - then.events, signs.now.exposures - then.exposures};
    out.push_back(stretch_from(start, weight, since, line.ln_e(Side::halt, since)));
  };
  add(history.begun, mixture.from_begin, {});
  for (std::size_t i = 0; i < signs.restarts.size(); ++i)
    add(start_at(history.block_restarted, i), restart_weight(i + 1, mixture), signs.restarts[i]);
  return out;
}

// A day and a stage that began at one time are one stretch.
std::vector<Stretch> merged(const std::vector<Stretch>& stretches) {
  std::vector<Stretch> out;
  for (const Stretch& each : stretches) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Stretch& known) {
      return known.since == each.since ||
             (known.events == each.events && known.exposures == each.exposures && known.ln_e == each.ln_e);
    });
    if (same == out.end())
      out.push_back(each);
    else
      same->weight += each.weight;
  }
  return out;
}

std::vector<Stretch> stretches_of(const GateQuestion& question, const GateEvidence& evidence) {
  std::vector<Stretch> out;
  const bool by_ratio = is_by_ratio(question, evidence);
  if (!is_counted(*question.rule))
    out = of_level(question, evidence);
  else
    out = by_ratio ? of_ratio(question, evidence.ratio->limit) : of_limit(question);
  out = merged(out);
  const Gate& gate = question.rule->gate;
  for (Stretch& each : out) {
    if (gate.limit && gate.regress) each.weight /= 2;
    each.share = std::min(1.0, each.weight * std::exp(each.ln_e - evidence.ln_e));
  }
  std::stable_sort(out.begin(), out.end(), [](const Stretch& a, const Stretch& b) { return a.share > b.share; });
  if (out.size() > k_stretches_kept) out.resize(k_stretches_kept);
  return out;
}

// Valid over all stretches and looks at once: the mixture is at least the weight times what this one says.
double lower_of(const GateQuestion& question, const GateEvidence& evidence, const Stretch& stretch) {
  const GateRule& rule = *question.rule;
  const double alpha = rule.gate.alpha_halt * stretch.weight;
  if (!is_counted(rule) || !(alpha > 0)) return 0;
  if (!is_by_ratio(question, evidence)) {
    const Yardstick halting = halting_yardstick(rule);
    const Counts counts = halting.measured({stretch.events, stretch.exposures});
    return bounds_of(halting.counting, counts, alpha, halting.strength).lower * halting.cap;
  }
  const SignalHistory& history = *question.history;
  std::size_t first = 0;
  for (std::size_t i = 0; i < history.block_restarts.size(); ++i) {
    if (start_at(history.block_restarted, i).at == stretch.since) first = history.block_restarts[i];
  }
  return ratio_bounds(blocks_from(question, first, inflation_of(rule)), alpha).lower;
}

// ---- the sentence ----
std::string since_words(const GateQuestion& question, const Stretch& stretch) {
  if (stretch.because.empty()) return "";
  return fmt::format(" since {} ({}, {} ago)", gate_words::moment(stretch.since), stretch.because,
                     format_duration(std::max(Duration(0), question.now - stretch.since)));
}

std::string affected(const GateQuestion& question, double events, double exposures) {
  const std::string of = question.rule->kind == SignalKind::rate ? "events in" : "of";
  return fmt::format("{} {} {} {}", gate_words::number(events), of, gate_words::number(exposures),
                     gate_words::exposures(*question.rule));
}

std::string evidence_words(const GateEvidence& evidence) {
  return fmt::format("Evidence {}, breach at {}", gate_words::evidence(evidence.ln_e),
                     gate_words::evidence(evidence.threshold));
}

std::string whole_release(const GateEvidence& evidence, bool by_ratio) {
  const auto ratio =
      by_ratio ? fmt::format(", {} the live version's", gate_words::times(evidence.ratio->estimate)) : "";
  return fmt::format("Whole release: {} of {} ({}{}). ", gate_words::number(evidence.events),
                     gate_words::number(evidence.exposures), gate_words::share(evidence.estimate), ratio);
}

std::string counted_words(const GateQuestion& question, const GateEvidence& evidence) {
  const Stretch& most = evidence.stretches.front();
  const bool by_ratio = is_by_ratio(question, evidence);
  std::string out = affected(question, most.events, most.exposures) + since_words(question, most);
  if (by_ratio)
    out += fmt::format(": {} the live version's rate, at least {}; limit {}. ", gate_words::times(most.estimate),
                       gate_words::times(most.lower), gate_words::times(evidence.ratio->limit));
  else
    out += fmt::format(": {}, at least {}; limit {}. ", gate_words::share(most.estimate), gate_words::share(most.lower),
                       gate_words::share(evidence.limit));
  const bool is_whole = most.events == evidence.events && most.exposures == evidence.exposures;
  if (!is_whole) out += whole_release(evidence, by_ratio);
  return out + evidence_words(evidence);
}

std::string level_words(const GateQuestion& question, const GateEvidence& evidence) {
  const GateRule& rule = *question.rule;
  const Stretch& most = evidence.stretches.front();
  const bool against_live = evidence.ratio && evidence.ratio->ln_e_halt > evidence.ln_e_halt;
  const std::string line = against_live ? gate_words::times(evidence.ratio->limit) + " the live version's"
                                        : "the limit of " + gate_words::level(evidence.limit, rule.unit);
  return fmt::format("{}; over {} in {} of {} samples{}. {}", gate_words::level(question.seen->value, rule.unit), line,
                     gate_words::number(most.events), gate_words::number(most.exposures), since_words(question, most),
                     evidence_words(evidence));
}

// What speaks most for harm comes first: the whole release may look well beside it.
std::string stretch_words(const GateQuestion& question, const GateEvidence& evidence) {
  return is_counted(*question.rule) ? counted_words(question, evidence) : level_words(question, evidence);
}

std::string spike_words(const GateQuestion& question, const GateEvidence& evidence) {
  const Gate& gate = question.rule->gate;
  const int found = spikes_of(question);
  return fmt::format("{}; over the limit of {} in {} {} of this stage, {} apart or more; breach at {}",
                     gate_words::level(question.seen->value, question.rule->unit),
                     gate_words::level(evidence.limit, question.rule->unit), found, found == 1 ? "sample" : "samples",
                     format_duration(gate.spikes->over), gate.spikes->of);
}

std::string mean_words(const GateEvidence& evidence) {
  std::string out;
  for (const MeanPart& part : evidence.mean)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", part.gate, gate_words::evidence(part.ln_e));
  return fmt::format(". No gate alone, all together: evidence of harm is {}, and a mean of 100 is a breach", out);
}

std::string sentence_of(const GateQuestion& question, const GateEvidence& evidence) {
  switch (*evidence.decided_by) {
    case DecidedBy::limit:
    case DecidedBy::ratio:
      return counted_words(question, evidence);
    case DecidedBy::level:
      return question.rule->gate.for_samples ? evidence.why : level_words(question, evidence);
    case DecidedBy::spikes:
      return spike_words(question, evidence);
    case DecidedBy::alarm:
      return evidence.why;
    case DecidedBy::mean:
      return stretch_words(question, evidence) + mean_words(evidence);
  }
  return evidence.why;
}

}  // namespace

int spikes_of(const GateQuestion& question) {
  const Gate& gate = question.rule->gate;
  if (!gate.spikes || !gate.limit) return 0;
  int found = 0;
  std::optional<Instant> last;
  for (const LevelSample& sample : question.history->samples) {
    if (!(sample.value > *gate.limit) || (last && sample.as_of - *last < gate.spikes->over)) continue;
    ++found;
    last = sample.as_of;
  }
  return found;
}

std::string harm_words(const GateEvidence& evidence) {
  return fmt::format("evidence of harm {}, breach at {}: no rise before it is below 10",
                     gate_words::evidence(evidence.ln_e), gate_words::evidence(evidence.threshold));
}

void explain(const GateQuestion& question, bool harm, GateEvidence& evidence) {
  const bool breaches = evidence.verdict == Verdict::breach;
  if (!breaches && !harm) return;
  const bool rests_on_stretches = question.rule->kind != SignalKind::alarm && !question.rule->gate.for_samples &&
                                  evidence.decided_by != DecidedBy::spikes;
  if (rests_on_stretches) {
    evidence.stretches = stretches_of(question, evidence);
    evidence.stretches.front().lower = lower_of(question, evidence, evidence.stretches.front());
  }
  if (breaches && evidence.decided_by)
    evidence.why = sentence_of(question, evidence);
  else if (rests_on_stretches)
    evidence.why = stretch_words(question, evidence);
}

std::string too_small(const GateQuestion& question, const GateEvidence& evidence) {
  constexpr double alpha = 0.05;
  const Counts stage = mature_counts(question);
  const double highest = bounds_of(counting_of(*question.rule), stage, alpha).upper;
  std::string out =
      fmt::format("too small to tell: {} in this stage", affected(question, stage.events, stage.exposures));
  if (question.rule->matures > Duration(0))
    out += fmt::format(" that are {} old", format_duration(question.rule->matures));
  if (stage.exposures > 0)
    out += fmt::format(" ({}), the true rate may be up to {}", gate_words::share(rate_of(stage)),
                       gate_words::share(highest));
  if (question.rule->gate.limit) out += fmt::format("; limit {}", gate_words::share(evidence.limit));
  if (evidence.ratio) out += "; " + gate_words::ratio(*evidence.ratio);
  return out + fmt::format("; nothing speaks for harm: evidence {}, breach at {}", gate_words::evidence(evidence.ln_e),
                           gate_words::evidence(evidence.threshold));
}

void add_stretch_bounds(const GateQuestion& question, GateEvidence& evidence) {
  for (std::size_t i = 1; i < evidence.stretches.size(); ++i)
    evidence.stretches[i].lower = lower_of(question, evidence, evidence.stretches[i]);
}

}  // namespace train::engine
