#include "train/engine/gates/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "explain.hpp"
#include "fitness.hpp"
#include "measures.hpp"
#include "train/base/check.hpp"
#include "train/base/text.hpp"
#include "weigh.hpp"
#include "words.hpp"

namespace train::engine {
namespace {

const double k_ln_harm = std::log(10.0);  // no rise from here on
constexpr Duration k_sample_spacing = std::chrono::minutes(15);
const double k_ln_warning = std::log(10.0);

// A gate on its way to its verdict.
struct Weighed {
  const GateQuestion* question = nullptr;
  GateEvidence evidence;
  bool fit = false;
  bool harm = false;  // evidence of harm that is not yet enough to act on

  const GateRule& rule() const { return *question->rule; }
  // ln of alpha.halt * E; a part of the mean.
  double ln_against() const { return evidence.ln_e + std::log(rule().gate.alpha_halt); }
};

double pass_limit(const GateRule& rule, int stage) {
  if (!rule.gate.limit || rule.kind == SignalKind::level || rule.kind == SignalKind::alarm)
    return rule.gate.limit.value_or(0);
  const double limit = *rule.gate.limit * at_stage(rule.gate.promote, stage, 1.0);
  return rule.kind == SignalKind::proportion ? std::min(1.0, limit) : limit;
}

std::string unusable_rule(const Gate& gate) {
  for (const auto& value : {gate.limit, gate.regress}) {
    if (value && !std::isfinite(*value)) return "the limit is not a number";
    if (value && *value < 0) return "the limit is below zero";
  }
  return {};
}

// Where a person sees more is no part of what was judged.
std::optional<Measurement> without_link(std::optional<Measurement> seen) {
  if (seen) seen->link.clear();
  return seen;
}

Weighed weighed(const GateQuestion& question) {
  TRAIN_CHECK(question.rule != nullptr && question.history != nullptr, "a gate judges by a rule and a history");
  const GateRule& rule = *question.rule;
  Weighed out;
  out.question = &question;
  GateEvidence& evidence = out.evidence;
  evidence.signal = rule.gate.signal;
  if (rule.gate.id() != rule.gate.signal) evidence.gate = rule.gate.id();
  evidence.advisory = rule.gate.advisory;
  evidence.limit = rule.gate.limit.value_or(0);
  evidence.promote_limit = pass_limit(rule, question.stage);
  evidence.seen = without_link(question.seen);
  if (rule.gate.regress) evidence.live = without_link(question.live);
  evidence.missing = unusable_rule(rule.gate);
  if (evidence.missing.empty()) evidence.missing = unfit(question);
  out.fit = evidence.missing.empty();
  if (out.fit) weigh(question, evidence);
  return out;
}

void breach(Weighed& gate, DecidedBy by) {
  gate.evidence.verdict = Verdict::breach;
  gate.evidence.missing.clear();
  if (is_second(gate.rule())) gate.evidence.decided_by = by;
}

// Of the gate's own evidences the one that adds most.
DecidedBy own_reason(const Weighed& gate) {
  if (gate.rule().kind == SignalKind::level) return DecidedBy::level;
  const GateEvidence& evidence = gate.evidence;
  const bool by_ratio = evidence.ratio && (!gate.rule().gate.limit || evidence.ratio->ln_e_halt > evidence.ln_e_halt);
  return by_ratio ? DecidedBy::ratio : DecidedBy::limit;
}

// What may only object: its own rule says when.
void judge_objection(Weighed& gate) {
  const GateRule& rule = gate.rule();
  if (!gate.fit) return;
  if (rule.kind == SignalKind::alarm) {
    if (gate.question->seen->raised) breach(gate, DecidedBy::alarm);
    return;
  }
  if (!rule.gate.limit || !(gate.question->seen->value > *rule.gate.limit)) return;
  const int wanted = std::max(rule.gate.for_samples.value_or(1), 1);
  const int over = gate.question->history->over;
  gate.evidence.why += fmt::format(", over it in {} of {} samples in a row", std::min(over, wanted), wanted);
  if (over >= wanted)
    breach(gate, DecidedBy::level);
  else
    gate.evidence.missing = "a sample within the limit";
}

void note_mean(std::vector<Weighed*>& sharing, double weight) {
  if (sharing.size() < 2) return;
  std::vector<MeanPart> parts;
  for (const Weighed* gate : sharing) {
    if (gate->fit) parts.push_back({gate->rule().gate.id(), weight, gate->evidence.ln_e});
  }
  for (Weighed* gate : sharing) {
    const bool tells = gate->harm || gate->evidence.verdict == Verdict::breach;
    if (tells && is_second(gate->rule())) gate->evidence.mean = parts;
  }
}

// Data that is dark adds nothing to the mean; leaving a term out never makes a false alarm.
void judge_mean(std::vector<Weighed*>& sharing) {
  const double weight = 1 / static_cast<double>(std::max<std::size_t>(sharing.size(), 1));
  std::vector<WeighedEvidence> parts;
  Weighed* largest = nullptr;
  bool named = false;
  for (Weighed* gate : sharing) {
    if (!gate->fit) continue;
    parts.push_back({weight, gate->ln_against()});
    if (largest == nullptr || gate->ln_against() > largest->ln_against()) largest = gate;
    gate->harm = gate->evidence.ln_e >= k_ln_harm;
    if (is_second(gate->rule())) gate->evidence.threshold = -std::log(gate->rule().gate.alpha_halt * weight);
    if (gate->ln_against() + std::log(weight) < 0) continue;
    breach(*gate, own_reason(*gate));
    named = true;
  }
  if (largest == nullptr) return;
  const double mean = ln_average(parts);
  if (!named && mean >= 0) breach(*largest, DecidedBy::mean);
  if (mean >= k_ln_harm + std::log(largest->rule().gate.alpha_halt)) largest->harm = true;
  note_mean(sharing, weight);
}

// Spikes are an alarm that somebody chose, not proof: they are no part of the mean.
void judge_spikes(Weighed& gate) {
  const Gate& rule = gate.rule().gate;
  const bool asked = is_second(gate.rule()) && gate.rule().kind == SignalKind::level && rule.limit && rule.spikes;
  if (!asked || !gate.fit || gate.evidence.verdict == Verdict::breach) return;
  if (spikes_of(*gate.question) >= rule.spikes->of) breach(gate, DecidedBy::spikes);
}

std::string still_few(const GateQuestion& question, const GateEvidence& evidence) {
  const bool counts = question.rule->kind == SignalKind::proportion || question.rule->kind == SignalKind::rate;
  const auto wanted = static_cast<double>(question.rule->gate.min_exposures);
  const GateRule& rule = *question.rule;
  const double has = evidence.mature ? evidence.mature->exposures : evidence.stage_exposures;
  if (!counts || has >= wanted) return {};
  const std::string age = evidence.mature ? fmt::format(" that are {} old", format_duration(rule.matures)) : "";
  return fmt::format("needs {} {} in this stage{}, has {}", gate_words::number(wanted), gate_words::exposures(rule),
                     age, gate_words::number(std::floor(has)));
}

// A counter that started again has told little of what came in between.
std::string still_few_since_fall(const GateQuestion& question) {
  const auto& fell_at = question.history->fell_at;
  if (!is_second(*question.rule) || !is_counted(*question.rule) || !fell_at) return {};
  const auto wanted = static_cast<double>(question.rule->gate.min_exposures);
  const double since = added(ours_now(question), *fell_at).counts.exposures;
  if (since >= wanted) return {};
  return fmt::format("the counter started again: needs {} {} since, has {}", gate_words::number(wanted),
                     gate_words::exposures(*question.rule), gate_words::number(std::floor(since)));
}

// No baseline was taken when the stage began (the signal was dark): its counts cannot prove anything about this stage.
std::string still_without_baseline(const GateQuestion& question) {
  const bool counts = question.rule->kind == SignalKind::proportion || question.rule->kind == SignalKind::rate;
  return counts && !question.history->stage_baseline ? "the counts at the beginning of this stage" : "";
}

void judge_pass(Weighed& gate) {
  const GateQuestion& question = *gate.question;
  std::vector<std::string> missing;
  const auto add = [&](std::string reason) {
    if (!reason.empty()) missing.push_back(std::move(reason));
  };
  const bool second = is_second(gate.rule());
  if (second && gate.harm) add(harm_words(gate.evidence));
  add(still_baking(question));
  add(still_earlier(question));
  if (second && is_counted(gate.rule())) add(too_little(question));
  add(unfit_live(question));
  if (std::string few = still_few(question, gate.evidence); !few.empty()) {
    add(std::move(few));
  } else if (std::string baseless = still_without_baseline(question); !baseless.empty()) {
    add(std::move(baseless));
  } else if (!is_objection_only(gate.rule())) {
    add(still_unproven(question, gate.evidence));
  }
  add(still_few_since_fall(question));
  add(question.changed_rules);
  gate.evidence.missing = join(missing, "; ");
  if (missing.empty()) gate.evidence.verdict = Verdict::pass;
}

int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return 0;
    case Verdict::hold:
      return 1;
    case Verdict::breach:
      return 2;
  }
  return 2;
}

}  // namespace

bool is_objection_only(const GateRule& rule) {
  return rule.kind == SignalKind::alarm || (rule.kind == SignalKind::level && rule.gate.for_samples);
}

std::vector<GateEvidence> judge(std::span<const GateQuestion> questions) {
  std::vector<Weighed> gates;
  for (const GateQuestion& question : questions) gates.push_back(weighed(question));
  std::vector<Weighed*> sharing;
  for (Weighed& gate : gates) {
    if (is_objection_only(gate.rule())) {
      judge_objection(gate);
    } else if (gate.rule().gate.advisory) {
      std::vector<Weighed*> alone{&gate};
      judge_mean(alone);
    } else {
      sharing.push_back(&gate);
    }
  }
  judge_mean(sharing);
  std::vector<GateEvidence> out;
  for (Weighed& gate : gates) {
    judge_spikes(gate);
    if (is_second(gate.rule())) explain(*gate.question, gate.harm, gate.evidence);
    if (gate.fit && gate.evidence.verdict != Verdict::breach && gate.evidence.missing.empty()) judge_pass(gate);
    out.push_back(std::move(gate.evidence));
  }
  return out;
}

bool warns(const GateEvidence& evidence) {
  return evidence.verdict != Verdict::breach && evidence.ln_e >= k_ln_warning;
}

bool is_only_too_small(const GateQuestion& question, const GateEvidence& evidence) {
  const GateRule& rule = *question.rule;
  const bool may_be = evidence.verdict == Verdict::hold && is_second(rule) && is_counted(rule) &&
                      evidence.ln_e < k_ln_harm && question.changed_rules.empty() && question.history->stage_baseline;
  if (!may_be || !unfit(question).empty() || !unfit_live(question).empty()) return false;
  if (!still_baking(question).empty() || !still_earlier(question).empty() || !too_little(question).empty())
    return false;
  const Counts stage = mature_counts(question);
  if (rule.gate.limit && stage.exposures > 0 && rate_of(stage) >= evidence.promote_limit) return false;
  return !evidence.ratio || evidence.ratio->estimate < evidence.ratio->promote_limit;
}

int next_over(int previous, std::optional<Instant> previous_at, const Measurement& seen, double limit) {
  if (seen.state != Measurement::State::measured || !std::isfinite(seen.value)) return previous;
  if (previous > 0 && previous_at && seen.as_of < *previous_at) return previous;
  if (seen.value <= limit) return 0;
  if (previous > 0 && previous_at && seen.as_of - *previous_at < k_sample_spacing) return previous;
  return previous + 1;
}

bool is_next_window(std::optional<Instant> previous_at, Instant as_of) {
  return !previous_at || as_of - *previous_at >= k_sample_spacing;
}

Verdict combine(std::span<const GateEvidence> gates) {
  Verdict worst = Verdict::pass;
  for (const GateEvidence& gate : gates) {
    if (!gate.advisory && rank(gate.verdict) > rank(worst)) worst = gate.verdict;
  }
  return worst;
}

}  // namespace train::engine
