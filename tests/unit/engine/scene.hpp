// A small world for the engine's tests: two apps, one crash gate, and a log that is written by naming events.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "train/engine/decide.hpp"
#include "train/engine/identity.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/rungs.hpp"

namespace train::engine::test {

inline const VersionName k_version = *VersionName::parse("3.4.0");
inline const VersionName k_live = *VersionName::parse("3.3.0");
inline const Instant k_start = *parse_rfc3339("2026-11-30T09:00:00Z");

inline Ladder ladder_of(std::vector<int> percents, Duration soak = Duration(86400)) {
  Ladder ladder;
  for (const int percent : percents) ladder.stages.push_back({Percent::whole(percent), soak, Duration(0)});
  ladder.stages.back().soak = Duration(0);
  ladder.stages.back().watch = Duration(86400);
  return ladder;
}

inline App app_of(const std::string& name, StoreKind kind) {
  App app;
  app.name = name;
  app.part = part_of(kind);
  app.store_id = "com.example.charge";
  app.ladder = ladder_of({1, 5, 20, 50, 100});
  return app;
}

// An App Store app "ios", a Play app "android", a crash gate at 1 %, sign-offs by qa and release_manager.
inline Definition definition() {
  Definition d;
  d.train = "charge";
  d.apps = {app_of("ios", StoreKind::app_store), app_of("android", StoreKind::google_play)};
  Signal crashes;
  crashes.name = "crashes";
  crashes.source = "prometheus";
  d.signals = {crashes};
  Gate gate;
  gate.signal = "crashes";
  gate.limit = 0.01;
  gate.on_breach = Reaction::rollback;
  d.gates = {gate};
  d.approvals = {{"qa", Before::submission, 1}, {"release_manager", Before::rollout, 1}};
  return d;
}

// Whether a store with these facts can do it; what is not the store's is always possible.
inline bool declares(const StoreFacts& facts, Action action) {
  switch (action) {
    case Action::upload_build:
    case Action::upload_standby:
      return facts.takes_archives();
    case Action::create_version:
    case Action::attach_build:
    case Action::set_release_notes:
    case Action::retake_release:
    case Action::submit:
    case Action::cancel_submission:
    case Action::submit_standby:
    case Action::cancel_standby:
      return facts.reviews_apart();
    case Action::distribute:
      return facts.testers;
    case Action::set_percent:
      return facts.sets_percentages;
    case Action::pause:
      return facts.climbs_by_itself();
    case Action::prepare_standby:
    case Action::release_standby:
      return facts.standby;
    case Action::remove_from_sale:
      return facts.withdrawal;
    case Action::prepare_recovery:
    case Action::deploy_recovery:
    case Action::cancel_recovery:
    case Action::widen_recovery:
      return facts.recoveries;
    case Action::set_minimum_version:
    case Action::set_update_policy:
    case Action::start_rollout:
    case Action::resume:
    case Action::complete:
    case Action::halt:
    case Action::cut_branch:
    case Action::start_build:
    case Action::tag:
    case Action::set_flag:
    case Action::notify:
    case Action::annotate:
    case Action::set_update_priority:
      return true;
  }
  return false;
}

class Scene {
 public:
  Definition def = definition();
  State state;
  Observation observation;
  Evidence evidence;
  Instant now = k_start;
  std::vector<Step> set_aside;

  DecisionInput input() const { return {def, state, observation, evidence, now, set_aside}; }
  // Whatever is planned, the app's store can do it.
  Plan plan() const {
    auto out = decide(input());
    for (const auto& step : out.steps) {
      const auto* app = def.find_app(step.app);
      EXPECT_TRUE(app == nullptr || declares(app->facts(), step.action)) << step.app << " " << to_string(step.action);
    }
    return out;
  }

  void add(EventBody body, const std::string& by = "train") {
    apply(state, Event{state.seq + 1, now, by, std::move(body), {}, {}});
  }
  // Notices until nothing more is noticed; the events that were appended.
  std::vector<EventBody> detect_all() {
    std::vector<EventBody> out;
    for (int i = 0; i < 20; ++i) {
      auto found = detect_changes(input());
      if (found.empty()) return out;
      for (auto& body : found) {
        out.push_back(body);
        add(body);
      }
    }
    return out;
  }

  void open() {
    add(identity_of(def));
    add(event::Opened{k_version, false, std::nullopt, std::nullopt}, "ana");
    add(event::Departed{k_version});
  }
  void sign(const std::string& item, const std::string& by = "ben") {
    event::SignedOff e;
    e.version = k_version;
    e.item = item;
    add(e, by);
  }
  void sign_everything() {
    sign("submission:qa");
    sign("rollout:release_manager", "ana");
  }
  void candidate(const AppName& app, int build = 340) {
    event::CandidateChosen e;
    e.version = k_version;
    e.app = app;
    e.build = BuildNumber::from(build);
    e.origin = CandidateOrigin::store;
    add(e);
  }
  // What the store shows of the release, as the log has it.
  void seen(const AppName& app, ReleaseStatus status, int percent,
            PhasedRelease::State phase = PhasedRelease::State::inactive) {
    add(seen_event(app, status, percent, phase));
  }
  static event::Seen seen_event(const AppName& app, ReleaseStatus status, int percent, PhasedRelease::State phase) {
    event::Seen e;
    e.version = k_version;
    e.app = app;
    SeenRelease release;
    release.version = k_version;
    release.build = BuildNumber::from(340);
    release.status = status;
    release.raw = std::string(to_string(status));
    release.percent = Percent::whole(percent);
    release.notes_set = true;
    if (app == "ios" && percent > 0) release.phased = PhasedRelease{phase, 1, 0, std::nullopt};
    e.release = release;
    e.live = LiveVersion{k_live, BuildNumber::from(330)};
    e.builds = {{BuildNumber::from(340), BuildState::ready, "", ""}};
    return e;
  }
  // A fresh look at the same thing, for notice().
  void look(const AppName& app, ReleaseStatus status, int percent,
            PhasedRelease::State phase = PhasedRelease::State::inactive) {
    const auto e = seen_event(app, status, percent, phase);
    std::erase_if(observation.apps, [&](const AppObservation& seen_app) { return seen_app.app == app; });
    AppObservation o;
    o.version = k_version;
    o.app = app;
    o.full = true;
    StoreView view;
    view.as_of = now;
    view.live = e.live;
    view.release = e.release;
    view.builds = e.builds;
    o.view = view;
    observation.apps.push_back(o);
  }
  void measured(const AppName& app, double events, double exposures) {
    std::erase_if(evidence.apps, [&](const MeasuredApp& m) { return m.app == app; });
    Measurement m;
    m.state = Measurement::State::measured;
    m.counts = {events, exposures};
    m.as_of = now;
    evidence.apps.push_back({k_version, app, {{"crashes", m}}, {}});
  }
  void did(const AppName& app, Action action, std::optional<Percent> to = std::nullopt,
           event::Outcome::Result result = event::Outcome::Result::done) {
    Step step;
    step.action = action;
    step.app = app;
    step.version = k_version;
    step.build = BuildNumber::from(340);
    step.to_percent = to;
    const auto operation = "op" + std::to_string(state.seq);
    add(event::Intent{operation, "run", now + Duration(900), step});
    add(event::Outcome{operation, result, ""});
  }
  void reached(const AppName& app, int stage, int percent) {
    event::StageReached e;
    e.version = k_version;
    e.app = app;
    e.stage = stage;
    e.percent = Percent::whole(percent);
    e.baselines["crashes"] = Tally{};
    add(e);
  }
  // Rolling out at `percent`, by our own hand, since `since_hours` ago.
  void rolling(const AppName& app, int stage, int percent, int since_hours) {
    const Instant until = now;
    now -= std::chrono::hours(since_hours);
    candidate(app);
    did(app, Action::start_rollout, Percent::whole(percent));
    if (app == "ios") did(app, Action::pause);
    seen(app, app == "ios" ? ReleaseStatus::halted : ReleaseStatus::serving, percent, PhasedRelease::State::paused);
    reached(app, stage, percent);
    now = until;
  }

  const Step* step_of(const Plan& p, const AppName& app) const {
    for (const auto& step : p.steps) {
      if (step.app == app) return &step;
    }
    return nullptr;
  }
  std::string action_of(const AppName& app) const {
    const auto p = plan();
    const auto* step = step_of(p, app);
    return step == nullptr ? "" : std::string(to_string(step->action));
  }
  bool waits_for(const AppName& app, WaitKind kind) const {
    for (const auto& wait : plan().waits) {
      if (wait.app == app && wait.kind == kind) return true;
    }
    return false;
  }
  bool needs_person(const AppName& app) const {
    for (const auto& wait : plan().waits) {
      if (wait.app == app && wait.needs_person) return true;
    }
    return false;
  }
  AppPhase phase(const AppName& app) const { return app_phase(*state.find(k_version)->find(app)); }
};

}  // namespace train::engine::test
