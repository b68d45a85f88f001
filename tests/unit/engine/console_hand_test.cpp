// What somebody does in a store's console while the train is looking elsewhere: it is told, and not undone first.
#include <gtest/gtest.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using std::chrono::hours;

const AppProgress& ios_of(const Scene& s) { return *s.state.find(k_version)->find("ios"); }

void fail_the_look(Scene& s, const AppName& app) {
  s.observation.apps.clear();
  AppObservation look;
  look.version = k_version;
  look.app = app;
  look.failure = Error{ErrorKind::unreachable, "no answer", ""};
  s.observation.apps.push_back(look);
}

// One look of a run shows it, and the next one of the same run fails before it was judged.
TEST(ConsoleHand, APhaseThatSomebodySetGoingIsNotPausedWhileTheStoreCannotBeRead) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 26);
  s.seen("ios", ReleaseStatus::serving, 2, PhasedRelease::State::active);
  fail_the_look(s, "ios");
  s.detect_all();
  EXPECT_EQ(s.action_of("ios"), "");
  s.look("ios", ReleaseStatus::serving, 2, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_TRUE(ios_of(s).drift);
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.needs_person("ios"));
}

TEST(ConsoleHand, WhatTheTrainItselfLetClimbIsPausedWhileTheStoreCannotBeRead) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 26);
  s.did("ios", Action::resume, Percent::whole(2));
  s.now += hours(1);
  s.seen("ios", ReleaseStatus::serving, 2, PhasedRelease::State::active);
  fail_the_look(s, "ios");
  EXPECT_EQ(s.action_of("ios"), "pause");
}

// Somebody released it, the train keeps it on its rung, and a person takes it from there: nothing was stopped that the
// person's word could set going.
TEST(ConsoleHand, AWordOnWhatTheTrainKeepsOnItsRungIsNoLeaveToSetItGoing) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.did("ios", Action::submit);
  s.seen("ios", ReleaseStatus::approved, 0);
  s.now += hours(1);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  ASSERT_TRUE(ios_of(s).drift) << "somebody else released it";
  ASSERT_EQ(s.action_of("ios"), "pause");
  s.did("ios", Action::pause);
  s.now += hours(1);
  s.look("ios", ReleaseStatus::halted, 1, PhasedRelease::State::paused);
  s.detect_all();
  s.add(event::Resumed{k_version, "ios", "we take it from here", {}, {{"ios", Percent::whole(1)}}}, "ana");
  EXPECT_FALSE(ios_of(s).may_resume);
  s.now += hours(1);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.detect_all();
  EXPECT_TRUE(ios_of(s).drift) << "somebody has resumed it";
  EXPECT_EQ(s.action_of("ios"), "");
}

// The raise was done, nobody looked after it, and somebody lowered it an hour later: it is not raised at once again.
TEST(ConsoleHand, WhatSomebodyLoweredAfterARaiseSoaksAnew) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 48);
  s.did("android", Action::set_percent, Percent::whole(20));
  s.now += hours(8);
  s.look("android", ReleaseStatus::serving, 5);
  s.measured("android", 1, 100000);
  s.seen("android", ReleaseStatus::serving, 5);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::soak));
}

// Right after a run that died in its raise.
TEST(ConsoleHand, NothingRisesFromAStageThatTheStoreDoesNotShow) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 3, 20, 48);
  s.did("android", Action::set_percent, Percent::whole(50), event::Outcome::Result::superseded);
  s.now += std::chrono::minutes(1);
  s.look("android", ReleaseStatus::serving, 5);
  s.measured("android", 1, 100000);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::store));
}

TEST(ConsoleHand, AWordIsUsedUpOnceTheRolloutGoesOn) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 1);
  s.seen("android", ReleaseStatus::halted, 5);
  s.detect_all();
  s.add(event::Resumed{k_version, "android", "go on", {}, {}}, "ana");
  ASSERT_TRUE(s.state.find(k_version)->find("android")->may_resume);
  s.seen("android", ReleaseStatus::serving, 5);
  s.now += hours(24);
  s.look("android", ReleaseStatus::halted, 5);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "") << "who stopped it now has not been heard";
  EXPECT_TRUE(s.needs_person("android"));
}

TEST(ConsoleHand, ABuildThatWasAddedWhileAnotherWasInReviewIsNamedAndNotAskedFor) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 48);
  s.candidate("android", 341);
  s.sign_everything();
  s.look("android", ReleaseStatus::serving, 5);
  s.measured("android", 1, 100000);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.needs_person("android"));
}

}  // namespace
}  // namespace train::engine::test
