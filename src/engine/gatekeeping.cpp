#include "gatekeeping.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "rules.hpp"
#include "switched_off.hpp"
#include "train/domain/sign_off_item.hpp"
#include "train/engine/gates/judge.hpp"

namespace train::engine {
namespace {

const GateName k_any_gate{item::k_any_gate};

std::optional<Measurement> measured(const AppEvidence& evidence, const SignalName& signal) {
  const auto found = evidence.find(signal);
  return found == evidence.end() ? std::nullopt : std::optional(found->second);
}

bool is_overridden(const AppContext& context, const GateName& gate) {
  const auto found = context.progress.overrides.find(gate);
  return found != context.progress.overrides.end() && found->second.stage == context.progress.stage;
}

// An alarm never proves anything: a train with nothing else has no gate.
bool any_decides(const AppContext& context) {
  const auto rules = rules_in_force(context);
  return std::any_of(rules.begin(), rules.end(),
                     [](const GateRule& rule) { return !rule.gate.advisory && rule.kind != SignalKind::alarm; });
}

}  // namespace

bool is_settling(const AppProgress& progress, const GateName& gate) {
  const auto found = progress.breaches.find(gate);
  return found != progress.breaches.end() && found->second.reaction == Reaction::switch_off && !found->second.settled;
}

namespace {

const SignalHistory& history_of(const AppProgress& progress, const Gate& gate) {
  static const SignalHistory nothing_yet;
  if (const auto own = progress.own.find(gate.id()); own != progress.own.end()) return own->second.history;
  const auto shared = progress.history.find(gate.signal);
  return shared == progress.history.end() ? nothing_yet : shared->second;
}

}  // namespace

std::vector<GateQuestion> gate_questions(const AppProgress& progress, const std::vector<GateRule>& rules,
                                         const MeasuredApp* evidence, Instant now) {
  std::vector<GateQuestion> out;
  for (const GateRule& rule : rules) {
    GateQuestion q;
    q.rule = &rule;
    q.history = &history_of(progress, rule.gate);
    if (evidence != nullptr) {
      q.seen = measured(evidence->signals, rule.gate.signal);
      q.live = measured(evidence->live, rule.gate.signal);
    }
    q.stage = std::max(1, progress.stage);
    q.baked = progress.stage_since ? now - *progress.stage_since : Duration(0);
    if (const auto changed_rules = progress.changed_rules.find(rule.gate.id());
        changed_rules != progress.changed_rules.end())
      q.changed_rules = fmt::format("its rule was changed while the release is out ({})", changed_rules->second);
    q.settling = is_settling(progress, rule.gate.id());
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
    if (gate.verdict == Verdict::hold && is_overridden(context, gate.id())) gate.verdict = Verdict::pass;
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

namespace {

// After the longest wait, where too little was counted and nothing speaks for harm: who may let the stage pass, and
// with what in hand.
void offer_too_small(const AppContext& context, const GateRule& rule, const GateEvidence& gate, Wait& wait) {
  const auto* evidence = context.input.evidence.find_app(context.release.version, context.app.name);
  if (!rule.gate.when_too_small || evidence == nullptr) return;
  const std::vector<GateRule> one{rule};
  const auto questions = gate_questions(context.progress, one, evidence, context.now());
  if (!is_only_too_small(questions.front(), gate)) return;
  const std::string& role = *rule.gate.when_too_small;
  if (role != "ask") wait.who = {role};
  wait.detail +=
      fmt::format("; {}; `train approve {}` by {} lets this stage pass with these numbers",
                  too_small(questions.front(), gate), wait.item, wait.who.empty() ? "a person" : wait.who.front());
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
    const bool let_pass = gate.verdict == Verdict::hold && is_overridden(context, gate.id());
    if (gate.advisory || gate.verdict == Verdict::pass || let_pass) continue;
    Wait wait = make_wait(context, WaitKind::gate, gate.id() + ": " + (gate.missing.empty() ? gate.why : gate.missing));
    wait.item = text_of(item::Gate{context.app.name, gate.id()});
    wait.who = deciders(context);
    wait.because = {{"gate:" + gate.id(), gate.why, wanted_of(gate)}};
    wait.until = settles_at(context, gate.id());
    const auto rule = find_rule(context, gate.id());
    if (rule && context.progress.stage_since && context.now() - *context.progress.stage_since > rule->gate.max_wait) {
      wait.needs_person = true;
      wait.detail += fmt::format("; waited longer than {}", format_duration(rule->gate.max_wait));
      offer_too_small(context, *rule, gate, wait);
    }
    if (context.progress.changed_rules.count(gate.id()) != 0) {
      wait.needs_person = true;
      wait.detail += fmt::format("; `train resume {} --override {} --why …` takes the rule as it stands now",
                                 context.app.name, gate.id());
    }
    out.push_back(std::move(wait));
  }
  return out;
}

namespace {

// How much more a gate has than its pass needs: the least is the one that the rise waited for.
double slack_of(const AppContext& context, const GateEvidence& gate) {
  constexpr double decides_nothing = std::numeric_limits<double>::infinity();
  if (gate.verdict != Verdict::pass && is_overridden(context, gate.id())) return -decides_nothing;
  const auto rule = find_rule(context, gate.id());
  if (!rule || is_objection_only(*rule)) return decides_nothing;
  const double of_limit = rule->gate.limit ? gate.ln_e_promote : decides_nothing;
  return std::min(of_limit, gate.ratio ? gate.ratio->ln_e_promote : decides_nothing) +
         std::log(rule->gate.alpha_promote);
}

// The one that decided comes last, where a line has room for one reason only.
std::vector<const GateEvidence*> by_slack(const AppContext& context, const std::vector<GateEvidence>& gates) {
  std::vector<std::pair<double, const GateEvidence*>> slacks;
  for (const auto& gate : gates) slacks.emplace_back(slack_of(context, gate), &gate);
  std::stable_sort(slacks.begin(), slacks.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const GateEvidence*> out;
  for (const auto& [slack, gate] : slacks) out.push_back(gate);
  return out;
}

}  // namespace

std::vector<Reason> gate_reasons(const AppContext& context, const std::vector<GateEvidence>& gates) {
  std::vector<Reason> out;
  if (is_overridden(context, k_any_gate)) {
    const auto& given = context.progress.overrides.at(k_any_gate);
    out.push_back({"override", "no gate is defined; " + given.by + ": " + given.why, "a recorded override"});
  }
  for (const GateEvidence* each : by_slack(context, gates)) {
    const GateEvidence& gate = *each;
    if (gate.advisory) continue;
    if (gate.verdict != Verdict::pass && is_overridden(context, gate.id())) {
      const auto& given = context.progress.overrides.at(gate.id());
      out.push_back({"override:" + gate.id(), given.by + ": " + given.why, "a recorded override"});
      continue;
    }
    out.push_back({"gate:" + gate.id(), gate.why, wanted_of(gate)});
  }
  return out;
}

}  // namespace train::engine
