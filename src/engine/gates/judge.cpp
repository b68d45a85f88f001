#include "train/engine/gates/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "fitness.hpp"
#include "train/base/check.hpp"
#include "train/base/text.hpp"
#include "weigh.hpp"
#include "words.hpp"

namespace train::engine {
namespace {

constexpr Duration k_sample_spacing = std::chrono::minutes(15);
const double k_ln_warning = std::log(10.0);

// A gate on its way to its verdict.
struct Weighed {
  const GateQuestion* question = nullptr;
  GateEvidence evidence;
  bool fit = false;

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

void breach(Weighed& gate) {
  gate.evidence.verdict = Verdict::breach;
  gate.evidence.missing.clear();
}

// What may only object: its own rule says when.
void judge_objection(Weighed& gate) {
  const GateRule& rule = gate.rule();
  if (!gate.fit) return;
  if (rule.kind == SignalKind::alarm) {
    if (gate.question->seen->raised) breach(gate);
    return;
  }
  if (!rule.gate.limit || !(gate.question->seen->value > *rule.gate.limit)) return;
  const int wanted = std::max(rule.gate.for_samples.value_or(1), 1);
  const int over = gate.question->history->over;
  gate.evidence.why += fmt::format(", over it in {} of {} samples in a row", std::min(over, wanted), wanted);
  if (over >= wanted)
    breach(gate);
  else
    gate.evidence.missing = "a sample within the limit";
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
    if (gate->ln_against() + std::log(weight) < 0) continue;
    breach(*gate);
    named = true;
  }
  if (!named && largest != nullptr && ln_average(parts) >= 0) breach(*largest);
}

std::string still_few(const GateQuestion& question, const GateEvidence& evidence) {
  const bool counts = question.rule->kind == SignalKind::proportion || question.rule->kind == SignalKind::rate;
  const auto wanted = static_cast<double>(question.rule->gate.min_exposures);
  if (!counts || evidence.stage_exposures >= wanted) return {};
  return fmt::format("needs {} {}, has {}", gate_words::number(wanted), gate_words::exposures(*question.rule),
                     gate_words::number(std::floor(evidence.stage_exposures)));
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
  add(still_baking(question));
  add(still_earlier(question));
  add(unfit_live(question));
  if (std::string few = still_few(question, gate.evidence); !few.empty()) {
    add(std::move(few));
  } else if (std::string baseless = still_without_baseline(question); !baseless.empty()) {
    add(std::move(baseless));
  } else if (!is_objection_only(gate.rule())) {
    add(still_unproven(question, gate.evidence));
  }
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
    if (gate.fit && gate.evidence.verdict != Verdict::breach && gate.evidence.missing.empty()) judge_pass(gate);
    out.push_back(std::move(gate.evidence));
  }
  return out;
}

bool warns(const GateEvidence& evidence) {
  return evidence.verdict != Verdict::breach && evidence.ln_e >= k_ln_warning;
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
