// The rollout: stages reached, drift, long waits. Gates are in notice_gates.cpp.
#include <fmt/core.h>
#include <algorithm>

#include "counting.hpp"
#include "noticing.hpp"
#include "rules.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

bool adds_baselines(const Case& c, const std::map<SignalName, Tally>& counts) {
  return std::any_of(counts.begin(), counts.end(), [&](const auto& entry) {
    const auto known = c.progress.history.find(entry.first);
    return known == c.progress.history.end() || !known->second.stage_baseline;
  });
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
  if (reached > c.progress.stage) close_stretch(c, c.progress.stage >= 1, out);
  // The first stage counts from the version's beginning, so that nothing seen so far is lost.
  if (stage.stage == 1) {
    for (auto& [signal, baseline] : stage.baselines) baseline = Tally{};
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
  for (const auto& [gate, kind, unit, fresh, per_day, bakes, shares] : rules_in_force(c)) {
    if (gate.advisory || c.progress.verdict != Verdict::hold) continue;
    if (c.now() - *c.progress.stage_since <= gate.max_wait) continue;
    say(fmt::format("max-wait:{}:{}", gate.signal, c.progress.stage),
        fmt::format("the gate {} has held for {} at {}", gate.signal, format_duration(gate.max_wait),
                    c.seen()->percent.text()));
  }
}

}  // namespace train::engine
