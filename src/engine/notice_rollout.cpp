// The rollout: stages reached, drift, gates, long waits.
#include <fmt/core.h>
#include <algorithm>

#include "gatekeeping.hpp"
#include "noticing.hpp"
#include "train/engine/gates.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

// Cumulative counts now, of every proportion that could be measured.
std::map<SignalName, Counts> counts_now(const Case& c) {
  std::map<SignalName, Counts> out;
  const auto* evidence = c.world.evidence.find(c.release.version, c.app.name);
  if (evidence == nullptr) return out;
  for (const auto& [signal, seen] : *evidence) {
    const auto* rule = c.world.definition.find_signal(signal);
    if (rule != nullptr && rule->kind == SignalKind::proportion && seen.state == Measurement::State::measured)
      out[signal] = seen.counts;
  }
  return out;
}

bool adds_baselines(const Case& c, const std::map<SignalName, Counts>& counts) {
  return std::any_of(counts.begin(), counts.end(),
                     [&](const auto& entry) { return c.progress.stage_baselines.count(entry.first) == 0; });
}

bool was_started_by_us(const AppProgress& app) {
  return app.control != AppProgress::Control::none || !app.allowed.is_zero();
}

}  // namespace

void notice_stage(const Case& c, std::vector<EventBody>& out) {
  if (!is_exposed(c.progress)) return;
  const int reached = stage_reached(c.model, c.ladder, c.seen()->percent);
  const bool over = c.seen()->percent > rung_for(c.model, c.progress.allowed);
  const bool adopted = !was_started_by_us(c.progress) && c.progress.stage == 0;
  const auto counts = counts_now(c);
  const bool climbs_by_itself = !c.model.rungs.empty();
  const bool overshoot = over && !adopted && climbs_by_itself && was_started_by_us(c.progress);
  if (reached <= c.progress.stage && !overshoot && !adopted) {
    if (reached < c.progress.stage || reached == 0 || !adds_baselines(c, counts)) return;
  }
  event::StageReached stage;
  stage.version = c.release.version;
  stage.app = c.app.name;
  stage.stage = std::max(reached, c.progress.stage);
  stage.percent = c.seen()->percent;
  stage.baselines = counts;
  stage.adopted = adopted;
  stage.overshoot = overshoot;
  // The first stage counts from the version's beginning, so that nothing seen so far is lost.
  if (stage.stage == 1) {
    for (auto& [signal, baseline] : stage.baselines) baseline = Counts{};
  }
  out.emplace_back(std::move(stage));
}

namespace {

std::optional<std::string> drift_of(const Case& c) {
  const auto& app = c.progress;
  const auto* seen = c.seen();
  if (seen->status == ReleaseStatus::halted) {
    const bool ours = app.control == AppProgress::Control::paused || app.control == AppProgress::Control::halted;
    if (ours || app.may_resume) return std::nullopt;
    return fmt::format("halted in the store at {} by somebody else", seen->percent.text());
  }
  if (seen->status != ReleaseStatus::serving) return std::nullopt;
  if (app.control == AppProgress::Control::halted && !app.may_resume) {
    return fmt::format("was halted by train; somebody set it going again at {}", seen->percent.text());
  }
  const bool ours = was_started_by_us(app);
  const bool climbs_by_itself = !c.model.rungs.empty();
  if (ours && app.control == AppProgress::Control::paused && climbs_by_itself && seen->phased &&
      seen->phased->state == PhasedRelease::State::active && !app.may_resume) {
    return fmt::format("was paused by train; somebody resumed it at {}", seen->percent.text());
  }
  const bool completed_early = climbs_by_itself && seen->percent.is_all() && !rung_for(c.model, app.allowed).is_all();
  const bool raised = !climbs_by_itself && seen->percent > app.allowed;
  if (ours && (completed_early || raised)) {
    return fmt::format("serves {}; train had allowed {}", seen->percent.text(), app.allowed.text());
  }
  return std::nullopt;
}

}  // namespace

void notice_drift(const Case& c, std::vector<EventBody>& out) {
  if (c.look == nullptr || !c.look->view || c.seen() == nullptr || !is_exposed(c.progress)) return;
  // A call of ours whose outcome is open explains any difference until it has settled.
  if (c.progress.unsettled && c.now() < c.progress.unsettled->since + k_settle_window) return;
  const auto what = drift_of(c);
  if (!what || (c.progress.drift && c.progress.drift->what == *what)) return;
  out.emplace_back(event::Drifted{c.release.version, c.app.name, *what, true});
}

namespace {

// A flag that answers for this signal and is not off yet takes the blame before the binary does.
bool a_flag_answers(const Case& c, const SignalName& signal) {
  return std::any_of(c.world.definition.flags.begin(), c.world.definition.flags.end(), [&](const Flag& flag) {
    if (flag.signal != signal || !flag.value_off) return false;
    const auto known = c.world.state.flags.find(flag.name);
    return known == c.world.state.flags.end() || known->second.value != *flag.value_off;
  });
}

void notice_breach(const Case& c, const GateEvidence& evidence, std::vector<EventBody>& out) {
  const auto known = c.progress.breaches.find(evidence.signal);
  const bool latched = known != c.progress.breaches.end() && known->second.reaction != "switch_off";
  const auto* gate = find_gate(c.world.definition, evidence.signal);
  if (gate == nullptr || evidence.advisory) return;
  if (evidence.verdict == Verdict::breach && !latched) {
    const auto reaction =
        a_flag_answers(c, evidence.signal) ? std::string("switch_off") : std::string(to_string(gate->on_breach));
    out.emplace_back(event::Breached{c.release.version, c.app.name, reaction, evidence});
  } else if (warns(evidence) && !latched && c.progress.warned.count(evidence.signal) == 0) {
    out.emplace_back(event::Warned{c.release.version, c.app.name, evidence});
  }
}

void notice_levels(const Case& c, std::vector<EventBody>& out) {
  const auto* evidence = c.world.evidence.find(c.release.version, c.app.name);
  if (evidence == nullptr) return;
  for (const auto& gate : c.world.definition.gates) {
    const auto* signal = c.world.definition.find_signal(gate.signal);
    const auto seen = evidence->find(gate.signal);
    if (signal == nullptr || signal->kind != SignalKind::level || !gate.limit || seen == evidence->end()) continue;
    const auto known = c.progress.levels.find(gate.signal);
    const int before = known == c.progress.levels.end() ? 0 : known->second.over;
    const auto at = known == c.progress.levels.end() ? std::nullopt : std::optional(known->second.as_of);
    const int over = next_over(before, at, seen->second, *gate.limit);
    if (over != before)
      out.emplace_back(event::LevelSampled{c.release.version, c.app.name, gate.signal, seen->second.value,
                                           seen->second.as_of, over});
  }
}

}  // namespace

namespace {

bool is_breached(const AppProgress& app) {
  return std::any_of(app.breaches.begin(), app.breaches.end(),
                     [](const auto& breach) { return breach.second.reaction != "switch_off"; });
}

}  // namespace

void notice_gates(const Case& c, std::vector<EventBody>& out) {
  if (!is_exposed(c.progress) || c.progress.stage < 1) return;
  if (c.world.evidence.find(c.release.version, c.app.name) == nullptr) return;
  notice_levels(c, out);
  if (!out.empty()) return;  // the streak is part of what is judged: judge after it is in the log
  const auto gates = judge_gates(c);
  for (const auto& gate : gates) notice_breach(c, gate, out);
  if (!out.empty()) return;
  const Verdict verdict = is_breached(c.progress) ? Verdict::breach : verdict_of(c, gates);
  if (c.progress.verdict != verdict) out.emplace_back(event::Judged{c.release.version, c.app.name, verdict, gates});
}

void notice_escalation(const Case& c, std::vector<EventBody>& out) {
  const auto say = [&](std::string item, std::string what) {
    if (c.progress.escalated.count(item) == 0)
      out.emplace_back(event::Escalated{c.release.version, c.app.name, std::move(item), std::move(what)});
  };
  constexpr int refused_often = 3;
  if (c.progress.failing && c.progress.failing->times >= refused_often) {
    const auto& failing = *c.progress.failing;
    say(fmt::format("failing:{}", to_string(failing.action)),
        fmt::format("`{}` was refused {} times in a row: {}", to_string(failing.action), failing.times,
                    failing.detail));
  }
  if (c.seen() == nullptr) return;
  if (c.seen()->phased && c.seen()->status == ReleaseStatus::halted) {
    const int used = pause_days(c);
    if (used >= k_pause_days_decide)
      say("pause-days-27", fmt::format("{} of 30 pause days are used: somebody must decide now", used));
    else if (used >= k_pause_days_warn)
      say("pause-days-20", fmt::format("{} of 30 pause days are used", used));
  }
  if (!is_exposed(c.progress) || !c.progress.stage_since || c.seen()->percent.is_all()) return;
  for (const auto& gate : c.world.definition.gates) {
    if (!gate.limit || gate.advisory || c.progress.verdict != Verdict::hold) continue;
    if (!c.world.definition.applies(gate, c.app.name)) continue;
    if (c.now() - *c.progress.stage_since <= gate.max_wait) continue;
    say(fmt::format("max-wait:{}:{}", gate.signal, c.progress.stage),
        fmt::format("the gate {} has held for {} at {}", gate.signal, format_duration(gate.max_wait),
                    c.seen()->percent.text()));
  }
}

}  // namespace train::engine
