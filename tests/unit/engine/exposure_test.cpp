// Exposure rises only to what was granted. What may be inferred from what a store shows: docs/decisions/0015.
#include <gtest/gtest.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

void resume_by_ana(Scene& s, const AppName& app, std::map<AppName, Percent> accepted = {}) {
  s.add(event::Resumed{k_version, app, "seen and checked", {}, std::move(accepted)}, "ana");
}

// ---- a stage is what the store serves now

TEST(Exposure, AStageComesDownWithTheStore) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 2);
  s.look("android", ReleaseStatus::serving, 50);  // in the console
  s.detect_all();
  s.now += hours(1);
  s.look("android", ReleaseStatus::halted, 50);
  s.detect_all();
  s.now += hours(1);
  s.look("android", ReleaseStatus::serving, 1);
  s.measured("android", 1, 5000);
  s.detect_all();
  resume_by_ana(s, "android");
  EXPECT_EQ(s.state.find(k_version)->find("android")->stage, 1);
  EXPECT_EQ(s.action_of("android"), "") << "the first stage soaks anew";
  s.now += hours(25);
  s.look("android", ReleaseStatus::serving, 1);
  s.measured("android", 1, 10000);
  s.detect_all();
  const auto plan = s.plan();
  const auto* step = s.step_of(plan, "android");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->action, Action::set_percent);
  EXPECT_EQ(step->to_percent, Percent::whole(5));
}

TEST(Exposure, OneMisreadFractionGrantsNothing) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 2);
  s.look("android", ReleaseStatus::serving, 100);
  s.detect_all();
  s.now += minutes(10);
  s.look("android", ReleaseStatus::serving, 1);
  s.detect_all();
  const auto* app = s.state.find(k_version)->find("android");
  EXPECT_EQ(app->stage, 1);
  EXPECT_EQ(app->allowed, Percent::whole(1));
  EXPECT_FALSE(app->full_since) << "the watch at 100 % has not begun";
}

// Wherever the higher share came from: it is over, and nobody has to say so.
TEST(Exposure, AShareThatIsServedNoMoreAsksNobodyAnyMore) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 2);
  s.now += minutes(10);
  s.look("android", ReleaseStatus::serving, 50);
  s.detect_all();
  ASSERT_TRUE(s.needs_person("android"));
  s.now += minutes(10);
  s.look("android", ReleaseStatus::serving, 20);
  s.detect_all();
  EXPECT_TRUE(s.needs_person("android")) << "still more than 1 %";
  s.now += minutes(10);
  s.look("android", ReleaseStatus::serving, 1);
  s.detect_all();
  EXPECT_FALSE(s.needs_person("android"));
  EXPECT_EQ(s.action_of("android"), "") << "and 1 % soaks anew";
}

TEST(Exposure, WhatTheTrainHaltedAndSomebodySetGoingAsksUntilAPersonAnswers) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 2);
  s.add(event::HaltOrdered{k_version, "android", "payments fail", false}, "ana");
  s.did("android", Action::halt);
  s.look("android", ReleaseStatus::halted, 5);
  s.detect_all();
  s.now += minutes(10);
  s.look("android", ReleaseStatus::serving, 50);
  s.detect_all();
  s.now += minutes(10);
  s.look("android", ReleaseStatus::serving, 5);
  s.detect_all();
  EXPECT_TRUE(s.state.find(k_version)->find("android")->drift);
}

TEST(Exposure, WhatWasGrantedForAStageIsGoneWithIt) {
  Scene s;
  s.open();
  s.rolling("android", 3, 20, 2);
  s.look("android", ReleaseStatus::serving, 1);
  s.detect_all();
  EXPECT_EQ(s.state.find(k_version)->find("android")->allowed, Percent::whole(1));
  s.now += hours(1);
  s.look("android", ReleaseStatus::serving, 20);
  s.detect_all();
  EXPECT_TRUE(s.needs_person("android")) << "20 % was granted once, and is not now";
}

TEST(Exposure, AnOldAnswerRightAfterARaiseIsNoNews) {
  Scene s;
  s.open();
  s.rolling("android", 1, 1, 48);
  s.did("android", Action::set_percent, Percent::whole(5));
  s.look("android", ReleaseStatus::serving, 5);
  s.detect_all();
  s.now += minutes(1);
  s.look("android", ReleaseStatus::serving, 1);  // 60 s behind
  s.detect_all();
  const auto* app = s.state.find(k_version)->find("android");
  EXPECT_EQ(app->stage, 2);
  EXPECT_EQ(app->allowed, Percent::whole(5));
}

// ---- what a person did stays

TEST(Exposure, APhaseThatAPersonSetGoingRightAfterThePauseIsNotPausedAgain) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 0);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_EQ(s.action_of("ios"), "");
  s.now += k_lag_window;
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.needs_person("ios"));
}

TEST(Exposure, AResumeOnARungIsNoWordForWhoSetsThePhaseGoingLater) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 2);
  resume_by_ana(s, "ios");
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_TRUE(s.state.find(k_version)->find("ios")->drift);
  EXPECT_EQ(s.action_of("ios"), "");
}

TEST(Exposure, WhoOverridesABreachThatStoppedNothingDoesNotEndALaterHalt) {
  Scene s;
  s.def.gates.front().on_breach = Reaction::investigate;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 2);
  s.look("android", ReleaseStatus::serving, 1);
  s.measured("android", 300, 10000);
  s.detect_all();
  ASSERT_FALSE(s.state.find(k_version)->find("android")->breaches.empty());
  s.add(event::Resumed{k_version, "android", "a known burst", {"crashes"}}, "ana");
  s.now += hours(1);
  s.look("android", ReleaseStatus::halted, 1);
  s.detect_all();
  EXPECT_NE(s.action_of("android"), "resume");
  EXPECT_TRUE(s.needs_person("android"));
}

TEST(Exposure, ACallOfAMachineWhoseClockIsAheadExplainsNothing) {
  Scene s;
  s.open();
  s.sign_everything();
  s.now += hours(6);  // by its clock
  s.rolling("ios", 1, 1, 0);
  s.now -= hours(5);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_TRUE(s.state.find(k_version)->find("ios")->drift);
}

TEST(Exposure, WhoAcceptsARaiseDoesNotEndTheHaltThatComesAfterIt) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 2);
  s.look("android", ReleaseStatus::serving, 7);
  s.detect_all();
  resume_by_ana(s, "android", {{"android", Percent::whole(7)}});
  s.now += hours(1);
  s.look("android", ReleaseStatus::halted, 7);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.needs_person("android"));
}

TEST(Exposure, AResumeIsNoWordForWhoSetsThePhaseGoingAfterTheTrainsNextPause) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 2);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  resume_by_ana(s, "ios");
  s.did("ios", Action::pause);
  s.seen("ios", ReleaseStatus::halted, 1, PhasedRelease::State::paused);
  s.now += hours(1);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_TRUE(s.state.find(k_version)->find("ios")->drift);
  EXPECT_EQ(s.action_of("ios"), "");
}

TEST(Exposure, APauseThatIsNotShownYetIsNotSentAgainAfterAResume) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 0);
  resume_by_ana(s, "ios");
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_EQ(s.action_of("ios"), "");
}

TEST(Exposure, WhatAPersonAcceptedIsNotFoundAgainAfterABreach) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 2);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  ASSERT_TRUE(s.state.find(k_version)->find("ios")->drift);
  resume_by_ana(s, "ios");
  s.measured("ios", 300, 10000);
  s.detect_all();
  const auto& app = *s.state.find(k_version)->find("ios");
  ASSERT_FALSE(app.breaches.empty());
  EXPECT_FALSE(app.drift) << app.drift->what;
  EXPECT_EQ(s.action_of("ios"), "halt");
}

// ---- absence is not news

TEST(Exposure, AListWithoutItChangesNothingAndHolds) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 48);
  s.measured("android", 1, 100000);
  s.look("android", ReleaseStatus::serving, 5);
  s.detect_all();
  ASSERT_EQ(s.action_of("android"), "set_percent");
  s.observation.apps.back().view->release.reset();
  EXPECT_TRUE(s.detect_all().empty());
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::store));
}

TEST(Exposure, AListThatIsNotBackAfterAnHourCallsAPerson) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 2);
  s.look("android", ReleaseStatus::serving, 5);
  s.observation.apps.back().view->release.reset();
  EXPECT_TRUE(s.needs_person("android"));
}

TEST(Exposure, AHaltIsSentAlsoWhileTheListLacksIt) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 2);
  s.look("android", ReleaseStatus::serving, 5);
  s.observation.apps.back().view->release.reset();
  s.add(event::HaltOrdered{k_version, "android", "payments fail", false}, "ana");
  EXPECT_EQ(s.action_of("android"), "halt");
}

TEST(Exposure, ListsThatDisagreeKeepTheLastCertainWord) {
  Scene s;
  s.open();
  s.rolling("android", 1, 1, 2);
  s.look("android", ReleaseStatus::in_review, 0);
  s.observation.apps.back().view->release->status_known = false;
  s.detect_all();
  EXPECT_EQ(s.phase("android"), AppPhase::rolling_out);
  EXPECT_FALSE(s.needs_person("android")) << "no state that this version does not know";
}

TEST(Exposure, WhatIsHaltedInItsReviewIsNotOutBecauseAListIsBehind) {
  Scene s;
  s.open();
  s.candidate("android");
  s.did("android", Action::start_rollout, Percent::whole(5));
  s.did("android", Action::halt);
  s.seen("android", ReleaseStatus::halted, 0);
  s.look("android", ReleaseStatus::halted, 5);  // the track's fraction
  s.observation.apps.back().view->release->status_known = false;
  s.detect_all();
  EXPECT_FALSE(is_exposed(*s.state.find(k_version)->find("android")));
}

Scene halted_in_its_review() {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("android");
  s.did("android", Action::start_rollout, Percent::whole(1));
  s.did("android", Action::halt);
  s.seen("android", ReleaseStatus::halted, 0);
  return s;
}

// Its review ends, and the store publishes it as it was left: halted, with the share that nobody was given.
TEST(Exposure, WhatWasHaltedInItsReviewReachedNobodyWhenTheReviewEnds) {
  Scene s = halted_in_its_review();
  s.state.outbox.clear();
  s.look("android", ReleaseStatus::halted, 1);
  s.detect_all();
  const auto& app = *s.state.find(k_version)->find("android");
  EXPECT_FALSE(is_exposed(app));
  EXPECT_EQ(app.stage, 0);
  EXPECT_TRUE(s.state.outbox.empty()) << s.state.outbox.front().headline;
  s.look("android", ReleaseStatus::serving, 1);  // somebody set it going
  s.detect_all();
  EXPECT_TRUE(is_exposed(app));
}

TEST(Exposure, WhatNobodyGotIsResumedInTheHoursOfTheRolloutOnly) {
  Scene s = halted_in_its_review();
  s.def.calendar.rollout_hours = RolloutHours{{Weekday::mon}, 9 * 60, 17 * 60};
  s.add(event::Resumed{k_version, "android", "support was wrong", {}, {}}, "ana");
  EXPECT_EQ(s.action_of("android"), "resume");
  s.now += hours(12);
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::window));
}

TEST(Exposure, WhatIsCommittedAndNotListedYetIsInReview) {
  Scene s;
  s.open();
  s.candidate("android");
  s.did("android", Action::start_rollout, Percent::whole(1));
  s.look("android", ReleaseStatus::serving, 1);
  s.observation.apps.back().view->release->status_known = false;
  s.detect_all();
  EXPECT_EQ(s.phase("android"), AppPhase::in_review);
  EXPECT_FALSE(is_exposed(*s.state.find(k_version)->find("android")));
}

TEST(Exposure, WhatWasTakenOffTheTrackInReviewIsNotSentAgain) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("android");
  s.did("android", Action::start_rollout, Percent::whole(1));
  s.seen("android", ReleaseStatus::in_review, 0);
  s.now += hours(1);
  s.look("android", ReleaseStatus::in_review, 0);
  s.observation.apps.back().view->release.reset();
  s.detect_all();
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.needs_person("android"));
}

TEST(Exposure, ACreateThatIsNotListedYetIsNotSentAgain) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  event::Seen seen = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
  seen.release.reset();
  s.add(seen);
  ASSERT_EQ(s.action_of("ios"), "create_version");
  s.did("ios", Action::create_version);
  s.now += std::chrono::seconds(90);
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.waits_for("ios", WaitKind::store));
  s.now += k_lag_window;
  EXPECT_EQ(s.action_of("ios"), "create_version");
}

// ---- first, newer, ours

TEST(Exposure, ALiveReleaseOfUnknownVersionIsNoFirstRelease) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("android");
  event::Seen seen = Scene::seen_event("android", ReleaseStatus::draft, 0, {});
  seen.release.reset();
  seen.live = LiveVersion{VersionName(), BuildNumber::from(330), {}};  // named "Nov 30, 2026"
  s.add(seen);
  const auto plan = s.plan();
  const auto* step = s.step_of(plan, "android");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->to_percent, Percent::whole(1));
}

TEST(Exposure, TheLogKnowsTheVersionOfALiveBuild) {
  Scene s;
  s.open();
  s.candidate("android", 330);
  s.add(event::Abandoned{k_version, "first try"});
  s.add(event::Opened{*VersionName::parse("3.5.0"), false, std::nullopt, std::nullopt});
  s.add(event::Departed{*VersionName::parse("3.5.0")});
  s.look("android", ReleaseStatus::draft, 0);
  auto& look = s.observation.apps.back();
  look.version = *VersionName::parse("3.5.0");
  look.view->release.reset();
  look.view->live = LiveVersion{VersionName(), BuildNumber::from(330), {}};
  s.detect_all();
  EXPECT_EQ(s.state.find(*VersionName::parse("3.5.0"))->find("android")->live->version, k_version);
}

TEST(Exposure, ANewerReleaseDoesNotEndOneThatWasNeverOut) {
  Scene s;
  s.open();
  s.candidate("android");
  s.look("android", ReleaseStatus::superseded, 0);
  s.detect_all();
  EXPECT_EQ(s.phase("android"), AppPhase::candidate);
  EXPECT_FALSE(s.state.find(k_version)->finished);
}

// ---- a hold holds

struct OnHoldCase {
  const char* name;
  const char* app;
  ReleaseStatus status;
  const char* action;  // that is planned although it is held
};
void PrintTo(const OnHoldCase& row, std::ostream* out) { *out << row.name; }
class KeptByAHold : public testing::TestWithParam<OnHoldCase> {};
TEST_P(KeptByAHold, KeepsBackWhateverExposesAndStandsInTheView) {
  const auto& row = GetParam();
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate(row.app);
  s.seen(row.app, row.status, 0);
  s.add(event::Held{k_version, "", "support sees something"}, "ana");
  EXPECT_EQ(s.action_of(row.app), row.action);
  EXPECT_TRUE(s.waits_for(row.app, WaitKind::hold));
}
const OnHoldCase k_on_hold[] = {
    {"submission", "ios", ReleaseStatus::draft, ""},
    {"apple_reviews", "ios", ReleaseStatus::in_review, ""},
    {"release", "ios", ReleaseStatus::approved, ""},
    {"apple_releases", "ios", ReleaseStatus::releasing, ""},
    {"play_reviews_and_would_release", "android", ReleaseStatus::in_review, "halt"},
    {"rejected", "ios", ReleaseStatus::rejected, ""},
};
INSTANTIATE_TEST_SUITE_P(, KeptByAHold, testing::ValuesIn(k_on_hold), [](const auto& row) { return row.param.name; });

// ---- control that was taken away

TEST(Exposure, AReleaseThatWouldReleaseItselfIsToldAndTakenBack) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.did("ios", Action::submit);
  s.look("ios", ReleaseStatus::in_review, 0);
  s.observation.apps.back().view->release->releases_itself = true;
  s.detect_all();
  ASSERT_FALSE(s.state.outbox.empty());
  EXPECT_NE(s.state.outbox.back().headline.find("without the train"), std::string::npos);
  EXPECT_EQ(s.action_of("ios"), "retake_release");
  s.did("ios", Action::retake_release);
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.needs_person("ios")) << "somebody insists";
  s.look("ios", ReleaseStatus::in_review, 0);
  s.detect_all();
  EXPECT_FALSE(s.needs_person("ios"));
}

TEST(Exposure, WhatMayReleaseItselfIsAskedAboutAgainOnceItWasTakenBack) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.did("ios", Action::submit);
  const auto in_review = [&s](bool releases_itself) {
    s.look("ios", ReleaseStatus::in_review, 0);
    s.observation.apps.back().view->release->releases_itself = releases_itself;
    s.detect_all();
  };
  in_review(true);
  s.add(event::Resumed{k_version, "ios", "marketing wants it so", {}}, "ana");
  in_review(true);
  EXPECT_EQ(s.action_of("ios"), "") << "a person allowed it";
  in_review(false);
  in_review(true);
  EXPECT_EQ(s.action_of("ios"), "retake_release");
}

TEST(Exposure, WhatReleasedItselfIsDriftAndNoAdoption) {
  Scene s;
  s.open();
  s.candidate("ios");
  s.did("ios", Action::submit);
  s.seen("ios", ReleaseStatus::in_review, 0);
  s.now += hours(24);
  s.look("ios", ReleaseStatus::serving, 100, PhasedRelease::State::complete);
  s.detect_all();
  EXPECT_TRUE(s.needs_person("ios"));
  EXPECT_TRUE(s.state.find(k_version)->find("ios")->allowed.is_zero());
}

TEST(Exposure, ABuildOfOursThatAPersonReleasesInTheConsoleIsDrift) {
  Scene s;
  s.open();
  s.candidate("android");
  s.did("android", Action::upload_build);
  s.now += hours(1);
  s.look("android", ReleaseStatus::serving, 100);
  s.detect_all();
  EXPECT_TRUE(s.needs_person("android")) << "nobody has signed the rollout";
  EXPECT_TRUE(s.state.find(k_version)->find("android")->allowed.is_zero());
}

TEST(Exposure, APhaseCompletedByAPersonIsDrift) {
  Scene s;
  s.open();
  s.rolling("ios", 2, 5, 2);
  s.look("ios", ReleaseStatus::serving, 100, PhasedRelease::State::complete);
  s.detect_all();
  EXPECT_TRUE(s.needs_person("ios"));
}

TEST(Exposure, AConsoleRaiseThatAPersonAcceptsIsTheirGrant) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 2);
  s.look("android", ReleaseStatus::serving, 50);
  s.detect_all();
  ASSERT_TRUE(s.needs_person("android"));
  resume_by_ana(s, "android", {{"android", Percent::whole(50)}});
  EXPECT_FALSE(s.needs_person("android"));
  EXPECT_TRUE(s.detect_all().empty()) << "the next run does not stop again";
  EXPECT_EQ(s.state.find(k_version)->find("android")->stage, 4);
  EXPECT_TRUE(s.waits_for("android", WaitKind::gate)) << "at 50 % by its own gate";
}

// ---- immediate means immediate

TEST(Exposure, EverybodyAtOnceDoesNotWaitForTheStoresLadder) {
  Scene s;
  s.def.apps[0].ladder = ladder_of({100});
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.did("ios", Action::start_rollout, k_percent_all);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_EQ(s.action_of("ios"), "complete");
}

// ---- builds that users of old devices have

struct RetainedCase {
  const char* name;
  std::vector<std::int64_t> retain;
  std::vector<std::int64_t> drop;
  std::vector<std::string> apks;
  bool goes;
};
void PrintTo(const RetainedCase& row, std::ostream* out) { *out << row.name; }
class Retained : public testing::TestWithParam<RetainedCase> {};
TEST_P(Retained, CodesAreNotDroppedInSilence) {
  const auto& row = GetParam();
  Scene s;
  auto& own = std::get<GooglePlayApp>(s.def.apps[1].part);
  own.retain = row.retain;
  own.drop = row.drop;
  own.apks = row.apks;
  s.open();
  s.sign_everything();
  s.candidate("android");
  event::Seen seen = Scene::seen_event("android", ReleaseStatus::draft, 0, {});
  seen.release.reset();
  seen.live->further = {BuildNumber::from(12)};
  s.add(seen);
  EXPECT_EQ(s.action_of("android"), row.goes ? "start_rollout" : "");
  EXPECT_EQ(s.needs_person("android"), !row.goes);
}
const RetainedCase k_retained[] = {
    {"unnamed", {}, {}, {}, false},
    {"retained", {12}, {}, {}, true},
    {"dropped", {}, {12}, {}, true},
    {"another_is_named", {13}, {14}, {}, false},
    {"replaced_by_a_further_archive", {}, {}, {"b/{version}.apk"}, true},
};
INSTANTIATE_TEST_SUITE_P(, Retained, testing::ValuesIn(k_retained), [](const auto& row) { return row.param.name; });

// ---- whose log

TEST(Exposure, ADefinitionOfOtherAppsDoesNothing) {
  Scene s;
  s.def.apps.pop_back();  // android
  s.open();
  s.sign_everything();
  Scene other;
  other.state = s.state;
  other.def.apps.erase(other.def.apps.begin());  // ios
  other.candidate("android");
  other.seen("android", ReleaseStatus::draft, 0);
  const auto plan = other.plan();
  EXPECT_TRUE(plan.steps.empty());
  ASSERT_EQ(plan.waits.size(), 1u);
  EXPECT_TRUE(plan.waits[0].needs_person);
  EXPECT_NE(plan.waits[0].detail.find("ios (App Store com.example.charge)"), std::string::npos) << plan.waits[0].detail;
  EXPECT_TRUE(other.detect_all().empty());
}

TEST(Exposure, AnAppThatIsAddedIsTheSameDefinition) {
  Scene s;
  s.def.apps.pop_back();
  s.open();
  s.def = definition();
  s.detect_all();
  ASSERT_TRUE(s.state.definition);
  EXPECT_EQ(s.state.definition->apps.size(), 2u);
}

}  // namespace
}  // namespace train::engine::test
