// The rollback build beside a release: when it is made, whose turn the store's place is, and when it goes out.
#include <gmock/gmock.h>

#include "scene.hpp"
#include "train/engine/standby.hpp"

namespace train::engine::test {
namespace {

using testing::HasSubstr;

const VersionName k_back = *VersionName::parse("3.4.1");

class WayBack : public testing::Test {
 protected:
  WayBack() {
    for (const auto* app : {"ios", "android"}) {
      StandbyRule rule;
      rule.app = app;
      rule.notes = "notes/{locale}.txt";
      s.def.standby.push_back(rule);
    }
    s.open();
  }

  // The store shows the draft's live version; what is live has been examined.
  void examined(const AppName& app, bool good = true) {
    s.candidate(app);
    auto seen = Scene::seen_event(app, ReleaseStatus::draft, 0, PhasedRelease::State::inactive);
    seen.release.reset();
    s.add(seen);
    AppObservation look;
    look.version = k_version;
    look.app = app;
    StoreView view;
    view.as_of = s.now;
    view.live = seen.live;
    view.builds = seen.builds;
    look.view = view;
    StandbyLook back;
    if (good)
      back.source = ArtifactView{"live.aab", "com.example.charge", k_live, BuildNumber::from(330), "ab"};
    else
      back.failure = Error{ErrorKind::refused, "live.aab is 3.2.0", "Put it there."};
    look.standby = back;
    s.observation.apps.push_back(look);
  }
  void chosen(const AppName& app, int build = 341) {
    event::StandbyChosen e;
    e.version = k_version;
    e.app = app;
    e.standby = k_back;
    e.build = BuildNumber::from(build);
    e.from = k_live;
    e.from_build = BuildNumber::from(330);
    e.source = "live.aab";
    s.add(e);
  }
  void did(const AppName& app, Action action, event::Outcome::Result result = event::Outcome::Result::done) {
    Step step;
    step.action = action;
    step.app = app;
    step.version = k_version;
    step.build = BuildNumber::from(341);
    step.subject = k_back.text();
    const auto operation = "back" + std::to_string(s.state.seq);
    s.add(event::Intent{operation, "run", s.now + Duration(900), step});
    s.add(event::Outcome{operation, result, ""});
  }
  void uploaded(const AppName& app) {
    chosen(app);
    did(app, Action::prepare_standby);
    did(app, Action::upload_standby);
  }
  void store_shows(const AppName& app, ReleaseStatus status) {
    event::StandbySeen e;
    e.version = k_version;
    e.app = app;
    SeenRelease release;
    release.version = k_back;
    release.status = status;
    release.raw = std::string(to_string(status));
    e.release = release;
    e.build = SeenBuild{BuildNumber::from(341), BuildState::ready, "", ""};
    s.add(e);
  }
  void ready(const AppName& app) {
    uploaded(app);
    if (app == "ios") {
      did(app, Action::submit_standby);
      store_shows(app, ReleaseStatus::approved);
    }
    s.sign(standby_item(app), "ana");
  }
  StandbyState state_of(const AppName& app) const {
    return standby_state(s.def.find_app(app)->facts(), s.state.releases[0], *s.state.releases[0].find(app));
  }
  std::string wait_of(const AppName& app, WaitKind kind) const {
    for (const auto& wait : s.plan().waits) {
      if (wait.app == app && wait.kind == kind) return wait.item + " " + wait.detail;
    }
    return {};
  }
  void order_rollback(const AppName& app) { s.add(event::HaltOrdered{k_version, app, "crashes", true}, "ana"); }

  Scene s;
};

TEST_F(WayBack, TakesNumbersAboveEverythingUsed) {
  examined("android");
  s.observation.apps[0].view->highest_build = BuildNumber::from(377);
  const auto detected = s.detect_all();
  ASSERT_EQ(detected.size(), 1u);
  const auto& e = std::get<event::StandbyChosen>(detected[0]);
  EXPECT_EQ(e.standby, k_back);
  EXPECT_EQ(e.build, BuildNumber::from(378)) << "above every code ever uploaded";
  EXPECT_EQ(e.from, k_live);
  EXPECT_EQ(newest_taken(s.state), k_back) << "the next regular release starts above it";
  EXPECT_TRUE(is_reserved(s.state, "android", BuildNumber::from(378)));
}

TEST_F(WayBack, SkipsAVersionThatIsTaken) {
  s.add(event::Opened{k_back, true, std::nullopt, k_version});
  s.candidate("android");
  const auto numbers = standby_numbers(s.state, *s.state.find(k_version), "android", std::nullopt);
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->version.text(), "3.4.2");
}

TEST_F(WayBack, IsBuiltThenUploadedBeforeSubmission) {
  examined("ios");
  s.detect_all();
  s.observation.apps.clear();
  s.sign_everything();
  EXPECT_EQ(s.action_of("ios"), "prepare_standby");
  did("ios", Action::prepare_standby);
  EXPECT_EQ(state_of("ios"), StandbyState::built);
  EXPECT_EQ(s.action_of("ios"), "upload_standby");
  did("ios", Action::upload_standby);
  EXPECT_EQ(state_of("ios"), StandbyState::uploaded);
  EXPECT_EQ(s.action_of("ios"), "create_version") << "now the release itself goes on";
}

TEST_F(WayBack, ABuiltFileThatIsGoneIsBuiltAgain) {
  chosen("android");
  did("android", Action::prepare_standby);
  AppObservation look;
  look.version = k_version;
  look.app = "android";
  look.view = StoreView{};
  look.standby = StandbyLook{};
  look.standby->built = false;
  s.observation.apps.push_back(look);
  s.candidate("android");
  s.add(Scene::seen_event("android", ReleaseStatus::draft, 0, PhasedRelease::State::inactive));
  EXPECT_EQ(s.action_of("android"), "prepare_standby");
}

TEST_F(WayBack, NothingIsSubmittedWithoutItUnlessWaived) {
  examined("ios", false);
  s.sign_everything();
  EXPECT_THAT(wait_of("ios", WaitKind::standby), HasSubstr("in the store before this is submitted"));
  EXPECT_EQ(s.action_of("ios"), "");
  bool said = false;
  for (const auto& wait : s.plan().waits) said = said || wait.detail.find("live.aab is 3.2.0") != std::string::npos;
  EXPECT_TRUE(said) << "and why there is none";
  event::SignedOff waived;
  waived.version = k_version;
  waived.item = standby_item("ios");
  waived.how = event::SignedOff::How::waived;
  waived.why = "small fix";
  s.add(waived, "ana");
  EXPECT_EQ(s.action_of("ios"), "create_version");
}

TEST_F(WayBack, AHotfixIsNotHeldUpByIt) {
  Scene other;
  other.def.standby = s.def.standby;
  other.add(event::Opened{k_version, true, std::nullopt, k_live}, "ana");
  other.add(event::Departed{k_version});
  other.candidate("ios");
  auto seen = Scene::seen_event("ios", ReleaseStatus::draft, 0, PhasedRelease::State::inactive);
  seen.release.reset();
  other.add(seen);
  other.sign_everything();
  EXPECT_EQ(other.action_of("ios"), "create_version");
}

TEST_F(WayBack, ReviewComesOnceTheReleaseIsOutAndThePlaceIsFree) {
  uploaded("ios");
  s.add(Scene::seen_event("ios", ReleaseStatus::approved, 0, PhasedRelease::State::inactive));
  EXPECT_NE(s.action_of("ios"), "submit_standby");
  s.rolling("ios", 1, 1, 1);
  event::StandbySeen built;
  built.version = k_version;
  built.app = "ios";
  built.build = SeenBuild{BuildNumber::from(341), BuildState::processing, "", ""};
  s.add(built);
  EXPECT_NE(s.action_of("ios"), "submit_standby") << "the store is processing it";
  built.build->state = BuildState::ready;
  s.add(built);
  EXPECT_EQ(s.action_of("ios"), "submit_standby");
  s.add(event::Opened{*VersionName::parse("3.4.2"), true, std::nullopt, k_version}, "ana");
  s.add(event::Departed{*VersionName::parse("3.4.2")});
  EXPECT_NE(s.action_of("ios"), "submit_standby") << "a hotfix goes first";
  EXPECT_THAT(wait_of("ios", WaitKind::standby), HasSubstr("3.4.2 needs the store's one place first"));
}

TEST_F(WayBack, ANumberOfItsBuildIsNoCandidate) {
  uploaded("android");
  auto seen = Scene::seen_event("android", ReleaseStatus::draft, 0, PhasedRelease::State::inactive);
  seen.release.reset();
  seen.builds.push_back({BuildNumber::from(341), BuildState::ready, "", ""});
  s.add(seen);
  s.detect_all();
  EXPECT_EQ(s.state.find(k_version)->find("android")->candidate->build, BuildNumber::from(340));
}

TEST_F(WayBack, CountsAsReadyOnlyOnceAPersonHasSaidTheDataIsRead) {
  s.rolling("android", 1, 1, 1);
  uploaded("android");
  EXPECT_EQ(state_of("android"), StandbyState::uploaded);
  EXPECT_THAT(wait_of("android", WaitKind::checklist), HasSubstr("android:standby"));
  s.sign(standby_item("android"), "ana");
  EXPECT_EQ(state_of("android"), StandbyState::ready);
  EXPECT_EQ(wait_of("android", WaitKind::checklist), "");
}

TEST_F(WayBack, StepsAsideForAHotfix) {
  s.rolling("ios", 2, 5, 1);
  ready("ios");
  const auto fix = *VersionName::parse("3.4.2");
  s.add(event::Opened{fix, true, std::nullopt, k_version}, "ana");
  s.add(event::Departed{fix});
  event::CandidateChosen c;
  c.version = fix;
  c.app = "ios";
  c.build = BuildNumber::from(350);
  c.origin = CandidateOrigin::store;
  s.add(c);
  event::Seen seen;
  seen.version = fix;
  seen.app = "ios";
  seen.live = LiveVersion{k_live, BuildNumber::from(330)};
  seen.builds = {{BuildNumber::from(350), BuildState::ready, "", ""}};
  s.add(seen);
  event::SignedOff qa;
  qa.version = fix;
  qa.item = "submission:qa";
  s.add(qa, "ben");
  AppObservation look;
  look.version = fix;
  look.app = "ios";
  StoreView view;
  view.live = seen.live;
  view.slot_held_by = SlotHolder{k_back.text(), ReleaseStatus::approved, false, false, "PENDING_DEVELOPER_RELEASE"};
  look.view = view;
  s.observation.apps.push_back(look);
  const auto plan = s.plan();
  const auto* step = s.step_of(plan, "ios");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->action, Action::cancel_standby);
  EXPECT_EQ(step->version, k_version) << "it is the standby of the release that rolls out";
  EXPECT_EQ(step->subject, k_back.text());
  did("ios", Action::cancel_standby);
  EXPECT_EQ(state_of("ios"), StandbyState::stepped_aside);
  s.observation.apps[0].view->slot_held_by->editable = true;
  const auto next = s.plan();
  const auto* rename = s.step_of(next, "ios");
  ASSERT_NE(rename, nullptr);
  EXPECT_EQ(rename->action, Action::create_version);
  EXPECT_EQ(rename->value, k_back.text());
}

TEST_F(WayBack, AStrangersVersionIsNeverCancelled) {
  s.candidate("ios");
  s.sign_everything();
  uploaded("ios");
  auto seen = Scene::seen_event("ios", ReleaseStatus::draft, 0, PhasedRelease::State::inactive);
  seen.release.reset();
  s.add(seen);
  AppObservation look;
  look.version = k_version;
  look.app = "ios";
  StoreView view;
  view.live = seen.live;
  view.slot_held_by = SlotHolder{"3.4.7", ReleaseStatus::in_review, false, false, "IN_REVIEW"};
  look.view = view;
  s.observation.apps.push_back(look);
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.waits_for("ios", WaitKind::store));
}

TEST_F(WayBack, ABreachHaltsAndAsks) {
  s.rolling("android", 2, 5, 1);
  ready("android");
  event::Breached breach;
  breach.version = k_version;
  breach.app = "android";
  breach.reaction = Reaction::rollback;
  breach.evidence.signal = "crashes";
  s.add(breach);
  EXPECT_EQ(s.action_of("android"), "halt");
  EXPECT_THAT(wait_of("android", WaitKind::standby), HasSubstr("android:rollback"));
  s.sign(rollback_item("android"), "ana");
  EXPECT_EQ(s.action_of("android"), "release_standby");
}

TEST_F(WayBack, AnAutomaticGateLetsItOutByItself) {
  s.rolling("android", 2, 5, 1);
  ready("android");
  GateRule rule;
  rule.gate = s.def.gates[0];
  rule.gate.auto_rollback = true;
  s.add(event::RulesSet{k_version, "android", {rule}});
  event::Breached breach;
  breach.version = k_version;
  breach.app = "android";
  breach.reaction = Reaction::rollback;
  breach.evidence.signal = "crashes";
  s.add(breach);
  EXPECT_EQ(s.action_of("android"), "release_standby");
}

TEST_F(WayBack, APersonsRollbackSendsItOutAtOnceFlagsFirst) {
  Flag flag;
  flag.name = "new_checkout";
  flag.value_off = "false";
  s.def.flags.push_back(flag);
  s.rolling("android", 2, 5, 1);
  ready("android");
  order_rollback("android");
  EXPECT_EQ(s.action_of("android"), "") << "features off before anything else";
  s.state.flags["new_checkout"] = {"false", s.now};
  const auto plan = s.plan();
  const auto* step = s.step_of(plan, "android");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->action, Action::release_standby) << "one commit is brake and way back";
  did("android", Action::release_standby);
  EXPECT_EQ(app_phase(*s.state.releases[0].find("android")), AppPhase::rolled_back);
  EXPECT_EQ(state_of("android"), StandbyState::released);
}

TEST_F(WayBack, AReleaseWhoseStandbyTookItsPlaceIsNotAnnouncedAsOutOnEveryStore) {
  s.rolling("android", 2, 5, 1);
  ready("android");
  did("android", Action::release_standby);
  s.add(event::Finished{k_version, false});
  ASSERT_FALSE(s.state.outbox.empty());
  EXPECT_EQ(s.state.outbox.back().headline, "3.4.0 is over: its standby took its place on android");
}

TEST_F(WayBack, AReleaseOfItThatFailedLeavesTheBrake) {
  s.rolling("android", 2, 5, 1);
  ready("android");
  order_rollback("android");
  const auto plan = s.plan();
  s.set_aside.push_back(*s.step_of(plan, "android"));
  EXPECT_EQ(s.action_of("android"), "halt");
}

TEST_F(WayBack, WithoutAReadyOneTheHaltStandsAndItSaysWhatIsMissing) {
  s.rolling("android", 2, 5, 1);
  uploaded("android");
  order_rollback("android");
  EXPECT_EQ(s.action_of("android"), "halt");
  EXPECT_THAT(wait_of("android", WaitKind::standby), HasSubstr("train approve android:standby"));
}

TEST_F(WayBack, ALostAnswerIsSettledByWhatTheStoreShows) {
  s.rolling("android", 2, 5, 1);
  ready("android");
  order_rollback("android");
  did("android", Action::release_standby, event::Outcome::Result::unknown);
  EXPECT_EQ(s.action_of("android"), "") << "not sent twice while the store may still show it";
  store_shows("android", ReleaseStatus::in_review);
  EXPECT_EQ(state_of("android"), StandbyState::released);
}

TEST_F(WayBack, WhatStillClimbsAfterItWentOutIsStopped) {
  s.rolling("ios", 2, 5, 1);
  ready("ios");
  order_rollback("ios");
  did("ios", Action::release_standby);
  s.seen("ios", ReleaseStatus::serving, 5, PhasedRelease::State::active);
  EXPECT_EQ(s.action_of("ios"), "halt") << "the run died before the brake";
  s.seen("ios", ReleaseStatus::halted, 5, PhasedRelease::State::paused);
  EXPECT_EQ(s.action_of("ios"), "");
}

TEST_F(WayBack, AnOutgrownNumberIsChosenAnew) {
  examined("android");
  chosen("android");
  s.candidate("android", 345);
  const auto detected = s.detect_all();
  ASSERT_FALSE(detected.empty());
  EXPECT_EQ(std::get<event::StandbyChosen>(detected[0]).build, BuildNumber::from(346));
  EXPECT_EQ(std::get<event::StandbyChosen>(detected[0]).standby, k_back);
}

TEST_F(WayBack, BlueGreenGoesOutOnlyWithAnUploadedOne) {
  s.def.find_app("android");
  for (auto& app : s.def.apps) {
    app.ladder = ladder_of({100});
    app.ladder.strategy = Strategy::blue_green;
  }
  s.candidate("android");
  s.add(Scene::seen_event("android", ReleaseStatus::draft, 0, PhasedRelease::State::inactive));
  s.sign_everything();
  EXPECT_TRUE(s.waits_for("android", WaitKind::standby));
  EXPECT_NE(s.action_of("android"), "start_rollout");
  uploaded("android");
  EXPECT_EQ(s.action_of("android"), "start_rollout");
}

}  // namespace
}  // namespace train::engine::test
