#include "fold_app.hpp"

#include <fmt/core.h>

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

void begin_soak(AppProgress& app, Instant at) {
  app.stage_since = at;
  if (app.last_done) app.last_done->soaks = false;
}

bool shows_less_than_raised(const AppProgress& app, const SeenRelease& now) {
  const auto& done = app.last_done;
  if (!done || !done->soaks) return false;
  return done->step.to_percent && now.percent < *done->step.to_percent;
}

bool was_lowered_after_a_raise(const AppProgress& app, const SeenRelease& now, Instant at) {
  return shows_less_than_raised(app, now) && at >= app.last_done->at + k_lag_window;
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

std::vector<SignalHistory*> histories(AppProgress& app, const SignalName& signal) {
  std::vector<SignalHistory*> out;
  for (auto& [name, history] : app.history) {
    if (signal.empty() || name == signal) out.push_back(&history);
  }
  for (auto& [gate, own] : app.own) {
    if (signal.empty() || own.signal == signal) out.push_back(&own.history);
  }
  return out;
}

Moment moment_of(const AppProgress& app, Instant at) {
  return {at, app.stage, app.stage_since ? at - *app.stage_since : Duration(0)};
}

void judge_afresh(AppProgress& app, const GateEvidence& evidence, Instant at, const std::string& because) {
  const auto shared = app.history.find(evidence.signal);
  auto known = app.own.find(evidence.id());
  if (known == app.own.end())
    known = app.own
                .emplace(evidence.id(),
                         GateHistory{evidence.signal, shared == app.history.end() ? SignalHistory{} : shared->second})
                .first;
  auto& history = known->second.history;
  Tally judged = history.release_baseline.value_or(Tally{});
  judged.counts.events += evidence.events;
  judged.counts.exposures += evidence.exposures;
  const bool compared = evidence.seen && evidence.live && evidence.live->state == Measurement::State::measured;
  history.forget(evidence.seen ? history.ours.whole(tally_of(*evidence.seen)) : judged,
                 compared ? std::optional(history.live.whole(tally_of(*evidence.live))) : std::nullopt,
                 moment_of(app, at), because);
}

void note_counters(AppProgress& app, const std::vector<GateEvidence>& evidence) {
  const auto is_count = [](const std::optional<Measurement>& seen) {
    return seen && seen->state == Measurement::State::measured && seen->counts.exposures > 0;
  };
  for (const auto& gate : evidence) {
    for (SignalHistory* history : histories(app, gate.signal)) {
      if (is_count(gate.seen)) history->ours.note(tally_of(*gate.seen));
      if (is_count(gate.live)) history->live.note(tally_of(*gate.live));
    }
  }
}

namespace {

void count_signal(SignalHistory& history, const Tally& ours, const std::optional<Tally>& live, bool fell,
                  const Moment& now) {
  const bool ours_fell = fell && history.ours.has_fallen(ours);
  if (ours_fell) history.ours.start_again(ours);
  if (fell && live) history.live.start_again(*live);
  history.ours.note(ours);
  if (live) history.live.note(*live);
  const Tally whole = history.ours.whole(ours);
  if (ours_fell) history.fell_at = whole;
  history.count(whole, live ? std::optional(history.live.whole(*live)) : std::nullopt, now);
}

std::optional<Tally> found_in(const std::map<SignalName, Tally>& tallies, const SignalName& signal) {
  const auto found = tallies.find(signal);
  return found == tallies.end() ? std::nullopt : std::optional(found->second);
}

// "day 5 began", "12h into day 5".
std::string words_of_restart(Duration after) {
  constexpr Duration day = std::chrono::hours(24);
  constexpr Duration span = std::chrono::hours(6);
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(after % day / span * span).count();
  if (hours == 0) return fmt::format("day {} began", after / day + 1);
  return fmt::format("{}h into day {}", hours, after / day + 1);
}

void restart(AppProgress& app, const event::Counted& e, Instant at) {
  if (app.exposed_since) app.restarted_after = at - *app.exposed_since;
  const Start start{at, words_of_restart(app.restarted_after)};
  const auto anew = [&](SignalHistory& history, const SignalName& signal) {
    const auto ours = found_in(e.ours, signal);
    history.restart(ours ? std::optional(history.ours.whole(*ours)) : std::nullopt, start);
  };
  for (auto& [signal, history] : app.history) anew(history, signal);
  for (auto& [gate, own] : app.own) anew(own.history, own.signal);
}

}  // namespace

void count_stretch(AppProgress& app, const event::Counted& e, Instant at) {
  const Moment now = moment_of(app, at);
  for (const auto& [signal, tally] : e.ours) {
    app.history.try_emplace(signal);
    const bool fell = std::find(e.fell.begin(), e.fell.end(), signal) != e.fell.end();
    for (SignalHistory* history : histories(app, signal))
      count_signal(*history, tally, found_in(e.live, signal), fell, now);
  }
  app.counted_at = at;
  if (e.restart) restart(app, e, at);
}

void start_stage(AppProgress& app, const event::StageReached& e, Instant at) {
  const bool begins = e.stage != app.stage || e.adopted;
  const bool second = std::any_of(app.rules.begin(), app.rules.end(),
                                  [](const GateRule& rule) { return rule.judging == Judging::second; });
  if (e.stage != app.stage) {
    app.stage = e.stage;
    begin_soak(app, at);
    for (SignalHistory* history : histories(app)) history->start_stage(moment_of(app, at), e.percent.text() + " began");
  }
  if (!app.exposed_since) app.exposed_since = at;
  for (const auto& [signal, tally] : e.baselines) {
    app.history.try_emplace(signal);
    for (SignalHistory* history : histories(app, signal)) {
      history->ours.note(tally);
      const Tally whole = tally == Tally{} ? tally : history->ours.whole(tally);
      history->stage_counts(whole, at);
      if (history->release_baseline) continue;
      history->release_baseline = e.stage == 1 || (begins && second) ? whole : Tally{};
      history->begun = {*app.exposed_since, "the release began"};
    }
  }
}

void count_window(AppProgress& app, const event::LevelSampled& e) {
  const GateName& gate = e.gate.empty() ? e.signal : e.gate;
  auto& own = app.own[gate];
  own.signal = e.signal;
  auto& history = own.history;
  const bool moved = !history.sampled_at || history.value != e.value;
  if (history.begun.because.empty() && app.exposed_since) history.begun = {*app.exposed_since, "the release began"};
  history.over = e.over;
  history.value = e.value;
  history.sampled_at = e.as_of;
  if (!e.counts) return;
  history.window_at = e.as_of;
  const auto rule =
      std::find_if(app.rules.begin(), app.rules.end(), [&](const GateRule& each) { return each.gate.id() == gate; });
  const bool compared = e.live && rule != app.rules.end() && rule->gate.regress;
  history.sample({e.as_of, e.value}, moved, e.over > 0,
                 compared ? std::optional(e.value > *e.live * (1 + *rule->gate.regress)) : std::nullopt);
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
