#include "fold_app.hpp"

#include <algorithm>

#include "train/base/fault.hpp"
#include "train/domain/review.hpp"
#include "train/engine/decide.hpp"

namespace train::engine {

bool ends_a_stop(const AppProgress& app) {
  if (TRAIN_FAULT("a_resume_never_ends")) return true;
  const bool in_trouble = app.drift || !app.breaches.empty();
  if (!app.seen) return in_trouble;
  const bool ordered = app.halt || app.rollback || app.removal;
  const bool paused = app.control == Control::paused;
  if (app.seen->status == ReleaseStatus::halted) {
    // On its rung by the train's own pause it is not stopped: whoever sets it going there has nobody's word.
    const bool on_its_rung = paused && app.seen->phased && !ordered && !app.may_resume;
    return !on_its_rung;
  }
  if (app.seen->status == ReleaseStatus::serving) {
    // A list may be behind the train's own stop. What somebody raised or set going runs already: who stops it later has
    // not been heard yet.
    const bool was_stopped = paused || app.control == Control::halted || app.suspected;
    return ordered || (!app.breaches.empty() && was_stopped);
  }
  return in_trouble;
}

bool is_going_again(const AppProgress& app, const SeenRelease& now) {
  const bool was_halted = app.seen && app.seen->status == ReleaseStatus::halted;
  return app.may_resume && was_halted && now.status == ReleaseStatus::serving;
}

bool was_lowered_after_a_raise(const AppProgress& app, const SeenRelease& now, Instant at) {
  const auto& done = app.last_done;
  if (!done || !raises_exposure(done->step.action) || app.stage_since != done->at) return false;
  return done->step.to_percent && now.percent < *done->step.to_percent && at >= done->at + k_lag_window;
}

void take_over_what_runs(AppProgress& app) {
  const bool set_going = app.drift && app.drift->on_rollout && app.seen && app.seen->status == ReleaseStatus::serving;
  const bool stopped = app.control == Control::halted || app.control == Control::paused;
  if (set_going && stopped && !TRAIN_FAULT("a_breach_ends_a_resume")) app.control = Control::running;
}

void accept(AppProgress& app, const event::Resumed& e) {
  const auto accepted = e.accepted.find(app.app);
  if (accepted == e.accepted.end() || TRAIN_FAULT("raise_is_not_accepted")) return;
  app.allowed = std::max(app.allowed, accepted->second);
  if (app.control == AppProgress::Control::none) app.control = AppProgress::Control::running;
}

void judge_afresh(AppProgress& app, const GateEvidence& evidence) {
  auto& history = app.history[evidence.signal];
  Tally judged = history.release_baseline.value_or(Tally{});
  judged.counts.events += evidence.events;
  judged.counts.exposures += evidence.exposures;
  const bool compared = evidence.seen && evidence.live && evidence.live->state == Measurement::State::measured;
  history.forget(evidence.seen ? tally_of(*evidence.seen) : judged,
                 compared ? std::optional(tally_of(*evidence.live)) : std::nullopt);
}

void count_window(AppProgress& app, const event::LevelSampled& e) {
  auto& history = app.history[e.signal];
  history.over = e.over;
  history.value = e.value;
  history.sampled_at = e.as_of;
  if (!e.counts) return;
  history.window_at = e.as_of;
  history.over_limit.now.exposures += 1;
  if (e.over > 0) history.over_limit.now.events += 1;
  const auto rule = std::find_if(app.rules.begin(), app.rules.end(),
                                 [&](const GateRule& each) { return each.gate.signal == e.signal; });
  if (!e.live || rule == app.rules.end() || !rule->gate.regress) return;
  history.over_live.now.exposures += 1;
  if (e.value > *e.live * (1 + *rule->gate.regress)) history.over_live.now.events += 1;
}

bool waited_to_be_told(const AppProgress& app, const Step& step) {
  for (const auto& build : app.builds) {
    for (const auto& seen : build.testers) {
      if (build.number == step.build && seen.group == step.subject) return seen.status == TesterStatus::untold;
    }
  }
  return false;
}

void settle_record(AppProgress& app, const Step& step) {
  if (step.action == Action::submit) {
    app.submitted_by_us = true;
    app.inherited = false;
  }
  if (step.action == Action::cancel_submission) {
    app.withdrawn_by_us = true;
    app.was_in_review = false;
  }
  if (step.action == Action::retake_release) {
    // It may have taken back the submission.
    app.withdrawn_by_us = true;
    app.was_in_review = false;
    app.retaken = true;
  }
  if (step.action != Action::create_version) return;
  app.created_by_us = true;
  app.inherited = !step.value.empty();
  app.notes_by_us = false;
  app.notes_sent.clear();
}

void confirm_suspicion(AppProgress& app) {
  if (!app.suspected || !app.seen) return;
  const bool runs = *app.suspected == AppProgress::Control::running;
  if (app.seen->status != (runs ? ReleaseStatus::serving : ReleaseStatus::halted)) return;
  take_control(app, *app.suspected);
}

std::optional<AppProgress::Control> control_after(Action action) {
  if (action == Action::pause) return AppProgress::Control::paused;
  // Whatever still ran was stopped by the same call.
  if (action == Action::halt || action == Action::release_standby) return AppProgress::Control::halted;
  if (raises_exposure(action)) return AppProgress::Control::running;
  return std::nullopt;
}

void take_control(AppProgress& app, AppProgress::Control control) {
  app.control = control;
  app.suspected.reset();
  // What the person's word was for is done, or the train's own pause came after it.
  if (control != AppProgress::Control::halted) app.may_resume = false;
}

bool is_same_wait(ReleaseStatus a, ReleaseStatus b) { return a == b || (is_in_review(a) && is_in_review(b)); }

}  // namespace train::engine
