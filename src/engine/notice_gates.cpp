// What the gates say: rules in force, counts, verdicts, breaches.
#include <algorithm>
#include <map>

#include "counting.hpp"
#include "gatekeeping.hpp"
#include "noticing.hpp"
#include "rules.hpp"
#include "switched_off.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/ways_out.hpp"

namespace train::engine {
namespace {

void notice_breach(const Case& c, const GateEvidence& evidence, std::vector<EventBody>& out) {
  const auto known = c.progress.breaches.find(evidence.signal);
  const bool latched = known != c.progress.breaches.end() && known->second.reaction != "switch_off";
  const auto rule = find_rule(c, evidence.signal);
  if (!rule || evidence.advisory) return;
  if (evidence.verdict == Verdict::breach && !latched) {
    const auto reaction =
        takes_the_blame(c, evidence.signal) ? std::string("switch_off") : std::string(to_string(rule->gate.on_breach));
    out.emplace_back(breach_of(c, reaction, evidence));
  } else if (warns(evidence) && !latched && c.progress.warned.count(evidence.signal) == 0) {
    out.emplace_back(event::Warned{c.release.version, c.app.name, evidence});
  }
}

bool is_breached(const AppProgress& app) {
  return std::any_of(app.breaches.begin(), app.breaches.end(),
                     [](const auto& breach) { return breach.second.reaction != "switch_off"; });
}

// What the definition makes of the rules, and where a person has to say so first.
struct MergedRules {
  std::vector<GateRule> rules;
  std::map<SignalName, std::string> differing;
};

// Rules in force stay until a person takes the new ones; what the definition adds is judged at once.
MergedRules merged_rules(const Case& c) {
  MergedRules out;
  auto& merged = out.rules;
  merged = rules_of(c.world.definition, c.app, c.ladder);
  for (const GateRule& old : c.progress.rules) {
    const SignalName& signal = old.gate.signal;
    if (c.progress.rules_accepted.count(signal) != 0) continue;
    const auto now =
        std::find_if(merged.begin(), merged.end(), [&](const GateRule& r) { return r.gate.signal == signal; });
    const std::string what = now == merged.end() ? "removed" : voiding_change(old, *now);
    if (what.empty()) continue;
    if (now == merged.end())
      merged.push_back(old);
    else
      *now = old;
    out.differing[signal] = what;
  }
  return out;
}

bool is_settled(const AppProgress& app, const MergedRules& merged) {
  return std::any_of(app.unruly.begin(), app.unruly.end(),
                     [&](const auto& entry) { return merged.differing.count(entry.first) == 0; });
}

}  // namespace

event::Breached breach_of(const Case& c, std::string reaction, GateEvidence evidence) {
  Release after = c.release;
  if (auto* app = after.find(c.app.name)) app->breaches[evidence.signal] = {reaction, evidence, c.now(), false};
  const auto ways = ways_out(c.world.definition, c.world.state, after, c.app, c.now());
  return {c.release.version, c.app.name, std::move(reaction), std::move(evidence), remedies(ways)};
}

void notice_rules(const Case& c, std::vector<EventBody>& out) {
  if (!is_exposed(c.progress)) return;
  auto merged = merged_rules(c);
  // A set of rules settles what was open, and what still differs is said again.
  if (merged.rules != c.progress.rules || is_settled(c.progress, merged)) {
    out.emplace_back(event::RulesSet{c.release.version, c.app.name, std::move(merged.rules)});
    return;
  }
  for (const auto& [signal, what] : merged.differing) {
    const auto known = c.progress.unruly.find(signal);
    if (known == c.progress.unruly.end() || known->second != what)
      out.emplace_back(event::RulesDiffer{c.release.version, c.app.name, signal, what});
  }
}

void notice_gates(const Case& c, std::vector<EventBody>& out) {
  if (!is_exposed(c.progress) || c.progress.stage < 1) return;
  if (c.world.evidence.find(c.release.version, c.app.name) == nullptr) return;
  notice_switched_off(c, out);
  if (!out.empty()) return;
  notice_counts(c, out);
  notice_levels(c, out);
  if (!out.empty()) return;  // what is judged is what the log has: judge after it is in the log
  const auto gates = judge_gates(c);
  std::vector<EventBody> bad;
  for (const auto& gate : gates) notice_breach(c, gate, bad);
  const bool latched = is_breached(c.progress);
  const Verdict verdict = latched ? Verdict::breach : verdict_of(c, gates);
  // A step carries its own evidence: what it is acted on with is in the log as well.
  if (!bad.empty() || c.progress.verdict != verdict)
    out.emplace_back(event::Judged{c.release.version, c.app.name, verdict, judge_gates(c, WithBounds::all)});
  out.insert(out.end(), bad.begin(), bad.end());
}

}  // namespace train::engine
