#include "gatekeeping.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "rules.hpp"
#include "switched_off.hpp"
#include "train/domain/sign_off_item.hpp"
#include "train/engine/gates/judge.hpp"

namespace train::engine {
namespace {

const SignalName k_any_gate{item::k_any_gate};

std::optional<Measurement> measured(const AppEvidence& evidence, const SignalName& signal) {
  const auto found = evidence.find(signal);
  return found == evidence.end() ? std::nullopt : std::optional(found->second);
}

bool is_overridden(const AppContext& context, const SignalName& signal) {
  const auto found = context.progress.overrides.find(signal);
  return found != context.progress.overrides.end() && found->second.stage == context.progress.stage;
}

// An alarm never proves anything: a train with nothing else has no gate.
bool any_decides(const AppContext& context) {
  const auto rules = rules_in_force(context);
  return std::any_of(rules.begin(), rules.end(),
                     [](const GateRule& rule) { return !rule.gate.advisory && rule.kind != SignalKind::alarm; });
}

}  // namespace

bool is_settling(const AppProgress& progress, const SignalName& signal) {
  const auto found = progress.breaches.find(signal);
  return found != progress.breaches.end() && found->second.reaction == Reaction::switch_off && !found->second.settled;
}

std::vector<GateQuestion> gate_questions(const AppProgress& progress, const std::vector<GateRule>& rules,
                                         const MeasuredApp* evidence, Instant now) {
  static const SignalHistory nothing_yet;
  std::vector<GateQuestion> out;
  for (const GateRule& rule : rules) {
    GateQuestion q;
    q.rule = &rule;
    const auto history = progress.history.find(rule.gate.signal);
    q.history = history == progress.history.end() ? &nothing_yet : &history->second;
    if (evidence != nullptr) {
      q.seen = measured(evidence->signals, rule.gate.signal);
      q.live = measured(evidence->live, rule.gate.signal);
    }
    q.stage = std::max(1, progress.stage);
    q.baked = progress.stage_since ? now - *progress.stage_since : Duration(0);
    if (const auto changed_rules = progress.changed_rules.find(rule.gate.signal);
        changed_rules != progress.changed_rules.end())
      q.changed_rules = fmt::format("its rule was changed while the release is out ({})", changed_rules->second);
    q.settling = is_settling(progress, rule.gate.signal);
    q.now = now;
    out.push_back(std::move(q));
  }
  return out;
}

namespace {

// From the log alone there are no fresh numbers: what was judged last is shown, and can only hold.
std::vector<GateEvidence> last_judged(const AppContext& context) {
  auto out = context.progress.evidence;
  for (auto& gate : out) {
    if (gate.verdict == Verdict::pass) gate.missing = "passed when it was last read: " + gate.why;
    gate.verdict = Verdict::hold;
  }
  return out;
}

}  // namespace

std::vector<GateEvidence> judge_gates(const AppContext& context, WithBounds bounds) {
  const auto* evidence = context.input.evidence.find_app(context.release.version, context.app.name);
  if (evidence == nullptr && !context.progress.evidence.empty()) return last_judged(context);
  const auto rules = rules_in_force(context);
  const auto questions = gate_questions(context.progress, rules, evidence, context.now());
  auto out = judge(questions);
  if (bounds == WithBounds::none) return out;
  for (std::size_t i = 0; i < out.size(); ++i) add_bounds(questions[i], out[i]);
  return out;
}

std::vector<GateEvidence> judge_app(const Definition& definition, const State& state, const MeasuredApp& measured,
                                    Instant now) {
  const auto* release = state.find(measured.version);
  const auto* app = definition.find_app(measured.app);
  if (release == nullptr || app == nullptr || measured.signals.empty()) return {};
  const Observation nothing_looked_at;
  Evidence evidence;
  evidence.apps.push_back(measured);
  const DecisionInput input{definition, state, nothing_looked_at, evidence, now, {}};
  return judge_gates(make_app_context(input, *release, *app), WithBounds::all);
}

Verdict verdict_of(const AppContext& context, const std::vector<GateEvidence>& gates) {
  if (!any_decides(context)) return is_overridden(context, k_any_gate) ? Verdict::pass : Verdict::hold;
  auto settled = gates;
  for (auto& gate : settled) {
    if (gate.verdict == Verdict::hold && is_overridden(context, gate.signal)) gate.verdict = Verdict::pass;
  }
  return combine(settled);
}

namespace {

std::string wanted_of(const GateEvidence& gate) {
  if (!gate.ratio) return fmt::format("at most {:g}", gate.promote_limit);
  const auto ratio = fmt::format("at most {:g} times the live version's", gate.ratio->promote_limit);
  return gate.limit > 0 ? fmt::format("at most {:g}, {}", gate.promote_limit, ratio) : ratio;
}

}  // namespace

std::vector<Wait> gate_waits(const AppContext& context, const std::vector<GateEvidence>& gates) {
  std::vector<Wait> out;
  if (!any_decides(context)) {
    if (is_overridden(context, k_any_gate)) return out;
    Wait wait = make_wait(context, WaitKind::gate, "no gate is defined: nothing shows that this version is healthy");
    wait.item = text_of(item::Gate{context.app.name, k_any_gate});
    wait.who = deciders(context);
    wait.because = {{"gate", "none defined", "a passing gate, or a person's recorded override"}};
    out.push_back(std::move(wait));
    return out;
  }
  for (const auto& gate : gates) {
    const bool let_pass = gate.verdict == Verdict::hold && is_overridden(context, gate.signal);
    if (gate.advisory || gate.verdict == Verdict::pass || let_pass) continue;
    Wait wait =
        make_wait(context, WaitKind::gate, gate.signal + ": " + (gate.missing.empty() ? gate.why : gate.missing));
    wait.item = text_of(item::Gate{context.app.name, gate.signal});
    wait.who = deciders(context);
    wait.because = {{"gate:" + gate.signal, gate.why, wanted_of(gate)}};
    wait.until = settles_at(context, gate.signal);
    const auto rule = find_rule(context, gate.signal);
    if (rule && context.progress.stage_since && context.now() - *context.progress.stage_since > rule->gate.max_wait) {
      wait.needs_person = true;
      wait.detail += fmt::format("; waited longer than {}", format_duration(rule->gate.max_wait));
    }
    if (context.progress.changed_rules.count(gate.signal) != 0) {
      wait.needs_person = true;
      wait.detail += fmt::format("; `train resume {} --override {} --why …` takes the rule as it stands now",
                                 context.app.name, gate.signal);
    }
    out.push_back(std::move(wait));
  }
  return out;
}

std::vector<Reason> gate_reasons(const AppContext& context, const std::vector<GateEvidence>& gates) {
  std::vector<Reason> out;
  if (is_overridden(context, k_any_gate)) {
    const auto& given = context.progress.overrides.at(k_any_gate);
    out.push_back({"override", "no gate is defined; " + given.by + ": " + given.why, "a recorded override"});
  }
  for (const auto& gate : gates) {
    if (gate.advisory) continue;
    if (gate.verdict != Verdict::pass && is_overridden(context, gate.signal)) {
      const auto& given = context.progress.overrides.at(gate.signal);
      out.push_back({"override:" + gate.signal, given.by + ": " + given.why, "a recorded override"});
      continue;
    }
    out.push_back({"gate:" + gate.signal, gate.why, wanted_of(gate)});
  }
  return out;
}

}  // namespace train::engine
