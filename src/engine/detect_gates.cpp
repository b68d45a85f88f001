// What the gates say: rules in force, counts, verdicts, breaches.
#include <algorithm>
#include <map>
#include <string>

#include "counting.hpp"
#include "detect.hpp"
#include "gatekeeping.hpp"
#include "rules.hpp"
#include "switched_off.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/ways_out.hpp"

namespace train::engine {
namespace {

void detect_breach(const AppContext& context, const GateEvidence& evidence, std::vector<EventBody>& out) {
  const auto known = context.progress.breaches.find(evidence.id());
  const bool latched = known != context.progress.breaches.end() && known->second.reaction != Reaction::switch_off;
  const auto rule = find_rule(context, evidence.id());
  if (!rule || evidence.advisory) return;
  if (evidence.verdict == Verdict::breach && !latched) {
    const auto reaction = takes_the_blame(context, evidence.signal) ? Reaction::switch_off : rule->gate.on_breach;
    out.emplace_back(breach_of(context, reaction, evidence));
  } else if (warns(evidence) && !latched && context.progress.warned.count(evidence.id()) == 0) {
    out.emplace_back(event::Warned{context.release.version, context.app.name, evidence});
  }
}

bool is_breached(const AppProgress& app) {
  return std::any_of(app.breaches.begin(), app.breaches.end(),
                     [](const auto& breach) { return breach.second.reaction != Reaction::switch_off; });
}

// What the definition makes of the rules, and where a person has to say so first.
struct MergedRules {
  std::vector<GateRule> rules;
  std::map<GateName, std::string> differing;
};

// Rules in force stay until a person takes the new ones; what the definition adds is judged at once.
MergedRules merged_rules(const AppContext& context) {
  MergedRules out;
  auto& merged = out.rules;
  merged = rules_of(context.input.definition, context.app, context.ladder);
  std::map<GateName, int> times;
  for (const GateRule& old : context.progress.rules) {
    // Further gates on one signal had no names once; see Gate::id().
    const int nth = ++times[old.gate.id()];
    const GateName gate = nth == 1 ? old.gate.id() : old.gate.id() + "-" + std::to_string(nth);
    if (context.progress.rules_accepted.count(gate) != 0) continue;
    const auto now = std::find_if(merged.begin(), merged.end(), [&](const GateRule& r) { return r.gate.id() == gate; });
    const std::string what = now == merged.end() ? "removed" : voiding_change(old, *now);
    if (what.empty()) continue;
    if (now == merged.end())
      merged.push_back(old);
    else
      *now = old;
    out.differing[gate] = what;
  }
  return out;
}

bool is_settled(const AppProgress& app, const MergedRules& merged) {
  return std::any_of(app.changed_rules.begin(), app.changed_rules.end(),
                     [&](const auto& entry) { return merged.differing.count(entry.first) == 0; });
}

}  // namespace

event::Breached breach_of(const AppContext& context, Reaction reaction, GateEvidence evidence) {
  Release after = context.release;
  if (auto* app = after.find(context.app.name))
    app->breaches[evidence.id()] = {reaction, evidence, context.now(), false};
  const auto ways = ways_out(context.input.definition, context.input.state, after, context.app, context.now());
  return {context.release.version, context.app.name, reaction, std::move(evidence), remedies(ways)};
}

void detect_rules(const AppContext& context, std::vector<EventBody>& out) {
  if (!is_exposed(context.progress)) return;
  auto merged = merged_rules(context);
  // A set of rules settles what was open, and what still differs is said again.
  if (merged.rules != context.progress.rules || is_settled(context.progress, merged)) {
    out.emplace_back(event::RulesSet{context.release.version, context.app.name, std::move(merged.rules)});
    return;
  }
  for (const auto& [gate, what] : merged.differing) {
    const auto known = context.progress.changed_rules.find(gate);
    if (known == context.progress.changed_rules.end() || known->second != what)
      out.emplace_back(event::RulesDiffer{context.release.version, context.app.name, gate, what});
  }
}

void detect_gates(const AppContext& context, std::vector<EventBody>& out) {
  if (!is_exposed(context.progress) || context.progress.stage < 1) return;
  if (context.input.evidence.find(context.release.version, context.app.name) == nullptr) return;
  detect_switched_off(context, out);
  if (!out.empty()) return;
  detect_counts(context, out);
  detect_levels(context, out);
  if (!out.empty()) return;  // what is judged is what the log has: judge after it is in the log
  const auto gates = judge_gates(context);
  std::vector<EventBody> bad;
  for (const auto& gate : gates) detect_breach(context, gate, bad);
  const bool latched = is_breached(context.progress);
  const Verdict verdict = latched ? Verdict::breach : verdict_of(context, gates);
  // A step carries its own evidence: what it is acted on with is in the log as well.
  if (!bad.empty() || context.progress.verdict != verdict)
    out.emplace_back(
        event::Judged{context.release.version, context.app.name, verdict, judge_gates(context, WithBounds::all)});
  out.insert(out.end(), bad.begin(), bad.end());
}

}  // namespace train::engine
