#include "gatekeeping.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "train/engine/gates.hpp"

namespace train::engine {
namespace {

constexpr const char* k_any_gate = "any";  // the override where no gate is defined

// The gates that can stop this app: those of signals that are measured for it.
int deciding(const Case& c) {
  const auto& gates = c.world.definition.gates;
  return static_cast<int>(std::count_if(gates.begin(), gates.end(), [&](const Gate& gate) {
    return gate.limit && !gate.advisory && c.world.definition.applies(gate, c.app.name);
  }));
}

int sharing(const Case& c) { return std::max(1, deciding(c)); }

Counts baseline(const std::map<SignalName, Counts>& baselines, const SignalName& signal) {
  const auto found = baselines.find(signal);
  return found == baselines.end() ? Counts{} : found->second;
}

std::optional<Measurement> measured(const Case& c, const SignalName& signal) {
  const auto* evidence = c.world.evidence.find(c.release.version, c.app.name);
  if (evidence == nullptr) return std::nullopt;
  const auto found = evidence->find(signal);
  if (found == evidence->end()) return std::nullopt;
  return found->second;
}

Duration soak_of(const Case& c) {
  if (c.progress.stage < 1 || c.progress.stage > static_cast<int>(c.ladder.stages.size())) return Duration(0);
  return c.ladder.stages[static_cast<std::size_t>(c.progress.stage - 1)].soak;
}

GateQuestion question(const Case& c, const Gate& gate, const Signal& signal) {
  GateQuestion q;
  q.gate = &gate;
  q.signal = &signal;
  q.seen = measured(c, gate.signal);
  q.release_baseline = baseline(c.progress.release_baselines, gate.signal);
  q.stage_baseline = baseline(c.progress.stage_baselines, gate.signal);
  q.stage = std::max(1, c.progress.stage);
  q.sharing = sharing(c);
  q.baked = c.progress.stage_since ? c.now() - *c.progress.stage_since : Duration(0);
  q.bake = gate.bake.value_or(soak_of(c));
  const auto level = c.progress.levels.find(gate.signal);
  q.over = level == c.progress.levels.end() ? 0 : level->second.over;
  q.now = c.now();
  return q;
}

// No baseline was taken when the stage began (the signal was dark): its counts cannot prove anything about this stage.
bool lacks_stage_baseline(const Case& c, const Gate& gate, const Signal& signal) {
  return signal.kind == SignalKind::proportion && c.progress.stage > 1 &&
         c.progress.stage_baselines.count(gate.signal) == 0;
}

bool is_overridden(const Case& c, const SignalName& signal) {
  const auto found = c.progress.overrides.find(signal);
  return found != c.progress.overrides.end() && found->second.stage == c.progress.stage;
}

bool any_decides(const Case& c) { return deciding(c) > 0; }

}  // namespace

const Gate* find_gate(const Definition& definition, const SignalName& signal) {
  const auto found =
      std::find_if(definition.gates.begin(), definition.gates.end(), [&](const Gate& g) { return g.signal == signal; });
  return found == definition.gates.end() ? nullptr : &*found;
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

std::vector<GateEvidence> judge_gates(const Case& c) {
  if (c.world.evidence.find(c.release.version, c.app.name) == nullptr && !c.progress.evidence.empty())
    return last_judged(c);
  std::vector<GateEvidence> out;
  for (const auto& gate : c.world.definition.gates) {
    const auto* signal = c.world.definition.find_signal(gate.signal);
    if (signal == nullptr || !gate.limit || !signal->is_for(c.app.name)) continue;
    GateEvidence evidence = judge(question(c, gate, *signal));
    if (evidence.verdict == Verdict::pass && lacks_stage_baseline(c, gate, *signal)) {
      evidence.verdict = Verdict::hold;
      evidence.missing = "the counts at the beginning of this stage";
    }
    out.push_back(std::move(evidence));
  }
  return out;
}

Verdict verdict_of(const Case& c, const std::vector<GateEvidence>& gates) {
  if (!any_decides(c)) return is_overridden(c, k_any_gate) ? Verdict::pass : Verdict::hold;
  auto settled = gates;
  for (auto& gate : settled) {
    if (gate.verdict == Verdict::hold && is_overridden(c, gate.signal)) gate.verdict = Verdict::pass;
  }
  return combine(settled);
}

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
    wait.because = {{"gate:" + gate.signal, gate.why, fmt::format("at most {:g}", gate.promote_limit)}};
    const auto* rule = find_gate(c.world.definition, gate.signal);
    if (rule != nullptr && c.progress.stage_since && c.now() - *c.progress.stage_since > rule->max_wait) {
      wait.needs_person = true;
      wait.detail += fmt::format("; waited longer than {}", format_duration(rule->max_wait));
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
    out.push_back({"gate:" + gate.signal, gate.why, fmt::format("at most {:g}", gate.promote_limit)});
  }
  return out;
}

}  // namespace train::engine
