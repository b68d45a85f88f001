#include "gates_rollout.hpp"

#include <cmath>

namespace bench {

using train::Counts;
using train::Duration;
using train::Exposure;
using train::GateRule;
using train::Instant;
using train::Measurement;
using train::Tally;
using train::Verdict;
using train::engine::Counting;
using train::engine::GateQuestion;
using train::engine::ln_evidence;
using train::engine::Side;

namespace {

constexpr Duration k_hour{3600};
constexpr Duration k_mark{3 * 3600};
constexpr Duration k_span{6 * 3600};  // halt evidence starts anew
constexpr double k_strength = 0.5;

const double k_ln_half_of_a_halt = std::log(50.0);

// Of this thread: what is known is not shared, so that nobody waits.
KnownEvidence& halting() {
  thread_local KnownEvidence evidence(Side::halt, k_limit);
  return evidence;
}

}  // namespace

GateRule rule_at_limit() {
  GateRule rule;
  rule.gate.signal = "crashes";
  rule.gate.limit = k_limit;
  rule.gate.min_exposures = 200;
  rule.judging = train::Judging::second;
  for (const double share : {0.01, 0.05, 0.2, 0.5, 1.0}) {
    rule.shares.push_back(share);
    rule.bakes.push_back(24 * k_hour);
  }
  return rule;
}

GateRule rule_of_example() {
  GateRule rule = rule_at_limit();
  rule.gate.regress = 0.2;
  rule.gate.margin = 0.002;
  rule.gate.min_exposures = 500;
  rule.exposure = Exposure::session;
  rule.design_effect = 3;
  rule.matures = 24 * k_hour;
  return rule;
}

double KnownEvidence::operator()(double events, double exposures) {
  if (side_ == Side::halt ? events <= exposures * limit_ : events >= exposures * limit_) return -1;
  const bool whole = events == std::floor(events) && exposures == std::floor(exposures) && events < 1e6;
  const auto compute = [&] {
    return ln_evidence(side_, Counting::proportion, {events, exposures}, limit_, k_strength);
  };
  if (!whole) return compute();
  const auto key = static_cast<std::uint64_t>(exposures) << 20U | static_cast<std::uint64_t>(events);
  if (known_.size() > 4'000'000) known_.clear();
  const auto found = known_.find(key);
  return found != known_.end() ? found->second : known_.emplace(key, compute()).first->second;
}

Rollout::Rollout(const GateRule& rule, int silent) : rules_{rule}, begun_(Duration(1'780'000'000)), now_(begun_) {
  for (int i = 0; i < silent; ++i) {
    rules_.push_back(rule);
    rules_.back().gate.signal = "silent" + std::to_string(i);
  }
  stage_since_ = marked_ = now_;
  history_.release_baseline = Tally{};
  history_.begun = {begun_, "the release began"};
  next_stage();
}

std::optional<Tally> Rollout::live_tally() const {
  return rules_.front().gate.regress ? std::optional(Tally{live_, {}}) : std::nullopt;
}

void Rollout::mark(bool restart) {
  history_.ours.note(tally());
  if (const auto live = live_tally()) history_.live.note(*live);
  history_.count(tally(), live_tally(), moment());
  marked_ = now_;
  if (restart) history_.restart(tally(), {now_, "six hours began"});
}

void Rollout::next_stage() {
  if (stage_ > 0) mark(true);
  ++stage_;
  stage_since_ = now_;
  history_.start_stage({now_, stage_, Duration(0)}, "a stage began");
  history_.stage_counts(tally(), now_);
  if (stage_ > 1 || !live_tally()) return;
  history_.count(tally(), live_tally(), moment());
}

void Rollout::add(const Counts& ours, const Counts& live, Duration time) {
  now_ += time;
  ours_.events += ours.events;
  ours_.exposures += ours.exposures;
  live_.events += live.events;
  live_.exposures += live.exposures;
  const int spans = static_cast<int>((now_ - begun_) / k_span);
  if (spans > spans_ || now_ - marked_ >= k_mark) mark(spans > spans_);
  spans_ = spans;
}

bool Rollout::may_halt() {
  if (rules_.front().gate.regress) return true;
  const double wanted = k_ln_half_of_a_halt;
  if (halting()(ours_.events, ours_.exposures) >= wanted) return true;
  for (const Tally& start : history_.restarts) {
    if (halting()(ours_.events - start.counts.events, ours_.exposures - start.counts.exposures) >= wanted) return true;
  }
  return false;
}

bool Rollout::may_pass() {
  const GateRule& rule = rules_.front();
  const auto at = static_cast<std::size_t>(std::min(stage_, 4) - 1);
  const Counts begun = history_.stage_baseline->counts;
  const double events = ours_.events - begun.events;
  const double exposures = ours_.exposures - begun.exposures;
  if (in_stage() < rule.bakes[at] || exposures < static_cast<double>(rule.gate.min_exposures)) return false;
  return events < k_limit * rule.gate.promote[at] * exposures;
}

Verdict Rollout::look() {
  if (!may_halt() && !may_pass()) return Verdict::hold;
  std::vector<GateQuestion> questions;
  for (const GateRule& rule : rules_) {
    GateQuestion question;
    question.rule = &rule;
    question.history = &history_;
    question.stage = stage_;
    question.baked = in_stage();
    question.now = now_;
    if (questions.empty()) {
      Measurement seen;
      seen.state = Measurement::State::measured;
      seen.counts = ours_;
      seen.as_of = now_;
      question.seen = seen;
      seen.counts = live_;
      if (live_tally()) question.live = seen;
    }
    questions.push_back(question);
  }
  return train::engine::judge(questions).front().verdict;
}

}  // namespace bench
