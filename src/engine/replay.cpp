#include "train/engine/replay.hpp"

#include <algorithm>

#include "gatekeeping.hpp"
#include "rules.hpp"
#include "train/engine/gates/judge.hpp"
#include "train/engine/state.hpp"

namespace train::engine {
namespace {

// What the recorded gates saw, as if it were measured now.
MeasuredApp measured_then(const VersionName& version, const AppName& app, const std::vector<GateEvidence>& evidence) {
  MeasuredApp out{version, app, {}, {}};
  for (const auto& gate : evidence) {
    if (gate.seen) out.signals[gate.signal] = *gate.seen;
    if (gate.live) out.live[gate.signal] = *gate.live;
  }
  return out;
}

Measurement counted_then(const Tally& tally, Instant at) {
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.counts = tally.counts;
  if (tally.spread != Counts{}) seen.between = CountSpan{tally.counts, tally.most()};
  seen.as_of = at;
  return seen;
}

MeasuredApp measured_then(const event::Counted& e, Instant at) {
  MeasuredApp out{e.version, e.app, {}, {}};
  for (const auto& [signal, tally] : e.ours) out.signals[signal] = counted_then(tally, at);
  for (const auto& [signal, tally] : e.live) out.live[signal] = counted_then(tally, at);
  return out;
}

// The sentences may have been mended since.
std::vector<GateEvidence> without_words(std::vector<GateEvidence> gates) {
  for (GateEvidence& gate : gates) {
    gate.why.clear();
    gate.missing.clear();
  }
  return gates;
}

bool has_numbers(const std::vector<GateEvidence>& evidence) {
  return std::any_of(evidence.begin(), evidence.end(), [](const GateEvidence& gate) { return gate.seen.has_value(); });
}

class Replayer {
 public:
  Replayer(const Definition& definition, const std::optional<VersionName>& since)
      : definition_(definition), since_(since) {}

  void take(const Event& event) {
    if (const auto* judged = std::get_if<event::Judged>(&event.body))
      replay_verdict(event, {judged->version, judged->app, judged->verdict, judged->evidence, true});
    if (const auto* intent = std::get_if<event::Intent>(&event.body);
        intent != nullptr && !intent->step.evidence.empty())
      replay_verdict(event, {intent->step.version, intent->step.app, Verdict::pass, intent->step.evidence, false});
    if (const auto* counted = std::get_if<event::Counted>(&event.body)) judge_counts(event, *counted);
    apply(recorded_, event);
    if (const auto same = under_present_rules(event)) apply(present_, *same);
  }
  Replay out;

 private:
  bool is_asked(const VersionName& version) const { return !since_ || version >= *since_; }

  std::vector<GateRule> present_rules(const VersionName& version, const AppName& name) const {
    const App* app = definition_.find_app(name);
    const Release* release = recorded_.find(version);
    if (app == nullptr || release == nullptr) return {};
    return rules_of(definition_, *app, definition_.ladder_of(*app, release->hotfix));
  }

  static const AppProgress* progress_in(const State& state, const VersionName& version, const AppName& app) {
    const Release* release = state.find(version);
    return release == nullptr ? nullptr : release->find(app);
  }

  // The same event, as the present definition would have written it; nothing differs from the present definition.
  std::optional<Event> under_present_rules(const Event& event) const {
    if (std::holds_alternative<event::RulesDiffer>(event.body)) return std::nullopt;
    Event same = event;
    if (auto* set = std::get_if<event::RulesSet>(&same.body)) set->rules = present_rules(set->version, set->app);
    if (auto* sampled = std::get_if<event::LevelSampled>(&same.body)) {
      for (const auto& rule : present_rules(sampled->version, sampled->app)) {
        const GateName& gate = sampled->gate.empty() ? sampled->signal : sampled->gate;
        if (rule.gate.id() != gate || !rule.gate.limit) continue;
        sampled->over = sampled->value > *rule.gate.limit ? std::max(sampled->over, 1) : 0;
        break;
      }
    }
    return same;
  }

  // With the bounds that were kept.
  static std::vector<GateEvidence> judged_again(const AppProgress& progress, const std::vector<GateRule>& rules,
                                                const MeasuredApp& measured, Instant at, bool with_bounds) {
    const auto questions = gate_questions(progress, rules, &measured, at);
    auto evidence = judge(questions);
    for (std::size_t i = 0; with_bounds && i < evidence.size(); ++i) add_bounds(questions[i], evidence[i]);
    return evidence;
  }

  // A verdict as the log has it, or what a step was taken with.
  struct Recorded {
    VersionName version;
    AppName app;
    Verdict verdict = Verdict::hold;
    const std::vector<GateEvidence>& evidence;
    bool with_bounds = false;
  };

  void replay_verdict(const Event& event, const Recorded& e) {
    const auto* then = progress_in(recorded_, e.version, e.app);
    const auto* now = progress_in(present_, e.version, e.app);
    if (!is_asked(e.version) || then == nullptr || now == nullptr) return;
    if (!has_numbers(e.evidence)) {
      ++out.without_numbers;
      return;
    }
    const auto measured = measured_then(e.version, e.app, e.evidence);
    ReplayedVerdict verdict;
    verdict.seq = event.seq;
    verdict.at = event.at;
    verdict.version = e.version;
    verdict.app = e.app;
    verdict.stage = then->stage;
    verdict.recorded = e.verdict;
    verdict.again = judged_again(*then, then->rules, measured, event.at, e.with_bounds);
    verdict.reproduced = without_words(verdict.again) == without_words(e.evidence);
    verdict.present = judged_again(*now, present_rules(e.version, e.app), measured, event.at, false);
    verdict.present_verdict = combine(verdict.present);
    note_breach(event.at, e.version, e.app, then->stage, verdict.present);
    out.verdicts.push_back(std::move(verdict));
  }

  void judge_counts(const Event& event, const event::Counted& e) {
    const auto* now = progress_in(present_, e.version, e.app);
    if (!is_asked(e.version) || now == nullptr || now->stage < 1) return;
    const auto questions_of = present_rules(e.version, e.app);
    const auto measured = measured_then(e, event.at);
    note_breach(event.at, e.version, e.app, now->stage, judge(gate_questions(*now, questions_of, &measured, event.at)));
  }

  void note_breach(Instant at, const VersionName& version, const AppName& app, int stage,
                   const std::vector<GateEvidence>& gates) {
    for (const auto& known : out.breaches) {
      if (known.version == version && known.app == app) return;
    }
    for (const auto& gate : gates) {
      if (gate.advisory || gate.verdict != Verdict::breach) continue;
      out.breaches.push_back({version, app, at, stage, gate});
      return;
    }
  }

  const Definition& definition_;
  std::optional<VersionName> since_;
  State recorded_;
  State present_;
};

}  // namespace

Replay replay(std::span<const Event> events, const Definition& definition, const std::optional<VersionName>& since) {
  Replayer replayer(definition, since);
  for (const Event& event : events) replayer.take(event);
  return std::move(replayer.out);
}

}  // namespace train::engine
