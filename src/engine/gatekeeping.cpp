#include "gatekeeping.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "rules.hpp"
#include "switched_off.hpp"
#include "train/engine/gates/judge.hpp"

namespace train::engine {
namespace {

constexpr const char* k_any_gate = "any";  // the override where no gate is defined

std::optional<Measurement> measured(const AppEvidence& evidence, const SignalName& signal) {
  const auto found = evidence.find(signal);
  return found == evidence.end() ? std::nullopt : std::optional(found->second);
}

bool is_overridden(const Case& c, const SignalName& signal) {
  const auto found = c.progress.overrides.find(signal);
  return found != c.progress.overrides.end() && found->second.stage == c.progress.stage;
}

// An alarm never proves anything: a train with nothing else has no gate.
bool any_decides(const Case& c) {
  const auto rules = rules_in_force(c);
  return std::any_of(rules.begin(), rules.end(),
                     [](const GateRule& rule) { return !rule.gate.advisory && rule.kind != SignalKind::alarm; });
}

}  // namespace

bool is_settling(const AppProgress& progress, const SignalName& signal) {
  const auto found = progress.breaches.find(signal);
  return found != progress.breaches.end() && found->second.reaction == "switch_off" && !found->second.settled;
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
    if (const auto unruly = progress.unruly.find(rule.gate.signal); unruly != progress.unruly.end())
      q.unruly = fmt::format("its rule was changed while the release is out ({})", unruly->second);
    q.settling = is_settling(progress, rule.gate.signal);
    q.now = now;
    out.push_back(std::move(q));
  }
  return out;
}

namespace {

// From the log alone there are no fresh numbers: what was judged last is shown, and can only hold.
std::vector<GateEvidence> last_judged(const Case& c) {
  auto out = c.progress.evidence;
  for (auto& gate : out) {
    if (gate.verdict == Verdict::pass) gate.missing = "passed when it was last read: " + gate.why;
    gate.verdict = Verdict::hold;
  }
  return out;
}

}  // namespace

std::vector<GateEvidence> judge_gates(const Case& c, WithBounds bounds) {
  const auto* evidence = c.world.evidence.find_app(c.release.version, c.app.name);
  if (evidence == nullptr && !c.progress.evidence.empty()) return last_judged(c);
  const auto rules = rules_in_force(c);
  const auto questions = gate_questions(c.progress, rules, evidence, c.now());
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
  const World world{definition, state, nothing_looked_at, evidence, now, {}};
  return judge_gates(make_case(world, *release, *app), WithBounds::all);
}

Verdict verdict_of(const Case& c, const std::vector<GateEvidence>& gates) {
  if (!any_decides(c)) return is_overridden(c, k_any_gate) ? Verdict::pass : Verdict::hold;
  auto settled = gates;
  for (auto& gate : settled) {
    if (gate.verdict == Verdict::hold && is_overridden(c, gate.signal)) gate.verdict = Verdict::pass;
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

std::vector<Wait> gate_waits(const Case& c, const std::vector<GateEvidence>& gates) {
  std::vector<Wait> out;
  if (!any_decides(c)) {
    if (is_overridden(c, k_any_gate)) return out;
    Wait wait = make_wait(c, WaitKind::gate, "no gate is defined: nothing shows that this version is healthy");
    wait.item = c.app.name + ":gate:" + k_any_gate;
    wait.who = deciders(c);
    wait.because = {{"gate", "none defined", "a passing gate, or a person's recorded override"}};
    out.push_back(std::move(wait));
    return out;
  }
  for (const auto& gate : gates) {
    const bool let_pass = gate.verdict == Verdict::hold && is_overridden(c, gate.signal);
    if (gate.advisory || gate.verdict == Verdict::pass || let_pass) continue;
    Wait wait = make_wait(c, WaitKind::gate, gate.signal + ": " + (gate.missing.empty() ? gate.why : gate.missing));
    wait.item = c.app.name + ":gate:" + gate.signal;
    wait.who = deciders(c);
    wait.because = {{"gate:" + gate.signal, gate.why, wanted_of(gate)}};
    wait.until = settles_at(c, gate.signal);
    const auto rule = find_rule(c, gate.signal);
    if (rule && c.progress.stage_since && c.now() - *c.progress.stage_since > rule->gate.max_wait) {
      wait.needs_person = true;
      wait.detail += fmt::format("; waited longer than {}", format_duration(rule->gate.max_wait));
    }
    if (c.progress.unruly.count(gate.signal) != 0) {
      wait.needs_person = true;
      wait.detail += fmt::format("; `train resume {} --override {} --why …` takes the rule as it stands now",
                                 c.app.name, gate.signal);
    }
    out.push_back(std::move(wait));
  }
  return out;
}

std::vector<Reason> gate_reasons(const Case& c, const std::vector<GateEvidence>& gates) {
  std::vector<Reason> out;
  if (is_overridden(c, k_any_gate)) {
    const auto& given = c.progress.overrides.at(k_any_gate);
    out.push_back({"override", "no gate is defined; " + given.by + ": " + given.why, "a recorded override"});
  }
  for (const auto& gate : gates) {
    if (gate.advisory) continue;
    if (gate.verdict != Verdict::pass && is_overridden(c, gate.signal)) {
      const auto& given = c.progress.overrides.at(gate.signal);
      out.push_back({"override:" + gate.signal, given.by + ": " + given.why, "a recorded override"});
      continue;
    }
    out.push_back({"gate:" + gate.signal, gate.why, wanted_of(gate)});
  }
  return out;
}

}  // namespace train::engine
