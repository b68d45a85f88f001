// The rollout: stages reached, drift, long waits. Gates are in notice_gates.cpp.
#include <fmt/core.h>
#include <algorithm>

#include "counting.hpp"
#include "detect.hpp"
#include "overdue.hpp"
#include "rules.hpp"
#include "train/base/fault.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

bool adds_baselines(const AppContext& context, const std::map<SignalName, Tally>& counts) {
  return std::any_of(counts.begin(), counts.end(), [&](const auto& entry) {
    const auto known = context.progress.history.find(entry.first);
    return known == context.progress.history.end() || !known->second.stage_baseline;
  });
}

bool was_started_by_us(const AppProgress& app) {
  return app.control != AppProgress::Control::none || !app.allowed.is_zero();
}

bool is_prepared_by_us(const AppProgress& app) { return app.created_by_us || app.submitted_by_us || app.uploaded; }

// It stood in the store before the train knew of it. What the train itself prepared and somebody else released is
// drift.
bool is_taken_over(const AppProgress& app) {
  const bool prepared = is_prepared_by_us(app) && !TRAIN_FAULT("released_by_others_is_adopted");
  return !was_started_by_us(app) && app.stage == 0 && !prepared;
}

// A stage is what the store serves now. A lower percentage right after a call may be an answer from before it.
int stage_now(const AppContext& context) {
  const int reached = stage_reached(context.facts, context.ladder, context.seen()->percent);
  if (reached >= context.progress.stage || TRAIN_FAULT("stage_never_comes_down"))
    return std::max(reached, context.progress.stage);
  return may_lag(context) ? context.progress.stage : reached;
}

}  // namespace

void detect_stage(const AppContext& context, std::vector<EventBody>& out) {
  if (!is_exposed(context.progress)) return;
  const int now = stage_now(context);
  const bool adopted = is_taken_over(context.progress);
  const bool changes = now != context.progress.stage;
  const auto counts = counts_now(context);
  if (!changes && !adopted && (now == 0 || !adds_baselines(context, counts))) return;
  const bool over = context.seen()->percent > rung_for(context.facts, context.progress.allowed);
  event::StageReached stage;
  stage.version = context.release.version;
  stage.app = context.app.name;
  stage.stage = now;
  stage.percent = context.seen()->percent;
  stage.baselines = counts;
  stage.adopted = adopted;
  stage.overshoot =
      changes && over && !adopted && context.facts.climbs_by_itself() && was_started_by_us(context.progress);
  if (now > context.progress.stage) close_stretch(context, context.progress.stage >= 1, out);
  // What testers did with the version before is no part of the rollout. Of a signal that was dark when it began, all
  // counts: nothing that may be the public's is lost.
  if (stage.stage == 1 && !changes && !adopted) {
    for (auto& [signal, baseline] : stage.baselines) baseline = Tally{};
  }
  out.emplace_back(std::move(stage));
}

namespace {

std::optional<std::string> drift_of(const AppContext& context) {
  const auto& app = context.progress;
  const auto* seen = context.seen();
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
  if (!ours && !app.adopted && is_prepared_by_us(app)) {
    return fmt::format("serves {}; somebody else released it, or it released itself", seen->percent.text());
  }
  const bool climbs_by_itself = context.facts.climbs_by_itself();
  if (ours && app.control == AppProgress::Control::paused && climbs_by_itself && seen->phased &&
      seen->phased->state == PhasedRelease::State::active && !app.may_resume) {
    return fmt::format("was paused by train; somebody resumed it at {}", seen->percent.text());
  }
  const bool completed_early =
      climbs_by_itself && seen->percent.is_all() && !rung_for(context.facts, app.allowed).is_all();
  const bool raised = !climbs_by_itself && seen->percent > app.allowed;
  if (ours && (completed_early || raised)) {
    return fmt::format("serves {}; train had allowed {}", seen->percent.text(), app.allowed.text());
  }
  return std::nullopt;
}

}  // namespace

namespace {

// What the train relies on before the release is out: that nothing goes out without it.
bool detect_lost_control(const AppContext& context, std::vector<EventBody>& out) {
  if (!has_lost_control(context)) return false;
  const std::string what = "somebody let the store release it by itself on approval, without the train";
  if (context.progress.drift && context.progress.drift->what == what) return false;
  out.emplace_back(event::Drifted{context.release.version, context.app.name, what, false});
  return true;
}

}  // namespace

void detect_drift(const AppContext& context, std::vector<EventBody>& out) {
  if (detect_lost_control(context, out)) return;
  if (context.look == nullptr || !context.look->view || context.seen() == nullptr || !is_exposed(context.progress))
    return;
  // A call of ours whose outcome is open explains any difference until it has settled.
  // So does a list that is behind one.
  if (may_lag(context)) return;
  const auto what = drift_of(context);
  if (!what || (context.progress.drift && context.progress.drift->what == *what)) return;
  out.emplace_back(event::Drifted{context.release.version, context.app.name, *what, true});
}

void detect_escalation(const AppContext& context, std::vector<EventBody>& out) {
  const auto say = [&](std::string item, std::string what) {
    if (context.progress.escalated.count(item) == 0)
      out.emplace_back(event::Escalated{context.release.version, context.app.name, std::move(item), std::move(what)});
  };
  constexpr int refused_often = 3;
  if (context.progress.failing && context.progress.failing->times >= refused_often) {
    const auto& failing = *context.progress.failing;
    say(fmt::format("failing:{}", to_string(failing.action)), refusal_text(failing));
  }
  if (auto late = overdue_call(context)) say(std::move(late->item), std::move(late->what));
  if (context.seen() == nullptr) return;
  if (context.seen()->phased && context.seen()->status == ReleaseStatus::halted) {
    const int used = pause_days(context);
    if (used >= k_pause_days_decide)
      say("pause-days-27", fmt::format("{} of 30 pause days are used: somebody must decide now", used));
    else if (used >= k_pause_days_warn)
      say("pause-days-20", fmt::format("{} of 30 pause days are used", used));
  }
  if (!is_exposed(context.progress) || !context.progress.stage_since || context.seen()->percent.is_all()) return;
  for (const GateRule& rule : rules_in_force(context)) {
    const Gate& gate = rule.gate;
    if (gate.advisory || context.progress.verdict != Verdict::hold) continue;
    if (context.now() - *context.progress.stage_since <= gate.max_wait) continue;
    say(fmt::format("max-wait:{}:{}", gate.id(), context.progress.stage),
        fmt::format("the gate {} has held for {} at {}", gate.id(), format_duration(gate.max_wait),
                    context.seen()->percent.text()));
  }
}

}  // namespace train::engine
