// What the engine decides, in small worlds: one reason a test.
#include <gtest/gtest.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using Control = AppProgress::Control;

// ---- before the store ----------------------------------------------------------------------

TEST(Decide, NothingIsDueWithoutARelease) {
  const Scene s;
  EXPECT_TRUE(s.plan().steps.empty());
}

TEST(Decide, WaitsForTheCutoff) {
  Scene s;
  s.add(event::Opened{k_version, false, k_start + std::chrono::hours(5), std::nullopt});
  EXPECT_TRUE(s.waits_for("ios", WaitKind::calendar));
  EXPECT_EQ(s.plan().next_due, k_start + std::chrono::hours(5));
}

TEST(Decide, WaitsForABuildThenForSignOffs) {
  Scene s;
  s.open();
  EXPECT_TRUE(s.waits_for("ios", WaitKind::build));
  s.candidate("ios");
  s.look("ios", ReleaseStatus::draft, 0);
  s.seen("ios", ReleaseStatus::draft, 0);
  EXPECT_TRUE(s.waits_for("ios", WaitKind::approval));
  EXPECT_EQ(s.action_of("ios"), "");
  s.sign("submission:qa");
  EXPECT_EQ(s.action_of("ios"), "submit");
}

struct TakenNumber {
  const char* name;
  const char* there;  // sha256 in the store; empty: it does not tell
  const char* here;
  bool held;
};
void PrintTo(const TakenNumber& row, std::ostream* out) { *out << row.name; }
class TakenNumbers : public testing::TestWithParam<TakenNumber> {};

TEST_P(TakenNumbers, OfOtherBytesAreLeftToAPerson) {
  Scene s;
  s.open();
  event::CandidateChosen chosen;
  chosen.version = k_version;
  chosen.app = "android";
  chosen.build = BuildNumber::from(340);
  chosen.sha256 = GetParam().here;
  chosen.path = "build/charge.aab";
  chosen.origin = CandidateOrigin::artifact;
  s.add(chosen);
  event::Seen seen;
  seen.version = k_version;
  seen.app = "android";
  seen.builds = {{BuildNumber::from(340), BuildState::ready, GetParam().there, "kept"}};
  s.add(seen);
  EXPECT_EQ(s.waits_for("android", WaitKind::build), GetParam().held);
  EXPECT_EQ(s.waits_for("android", WaitKind::approval), !GetParam().held) << "the way goes on";
  EXPECT_EQ(s.action_of("android"), "") << "never sent once more";
}
INSTANTIATE_TEST_SUITE_P(, TakenNumbers,
                         testing::Values(TakenNumber{"same_bytes", "aa", "aa", false},
                                         TakenNumber{"other_bytes", "bb", "aa", true},
                                         TakenNumber{"store_does_not_tell", "", "aa", false},
                                         TakenNumber{"taken_from_the_store", "bb", "", false}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Decide, FillsTheVersionRecordStepByStep) {
  Scene s;
  s.def.apps[0].release_notes = "notes/{version}/{locale}.txt";
  s.open();
  s.sign_everything();
  s.candidate("ios");
  auto e = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
  e.release.reset();
  s.add(e);
  EXPECT_EQ(s.action_of("ios"), "create_version");
  e.release = SeenRelease{};
  e.release->version = k_version;
  s.add(e);
  EXPECT_EQ(s.action_of("ios"), "attach_build");
  e.release->build = BuildNumber::from(340);
  s.add(e);
  EXPECT_EQ(s.action_of("ios"), "set_release_notes");
  e.release->notes_set = true;
  s.add(e);
  EXPECT_EQ(s.action_of("ios"), "submit");
}

TEST(Decide, PlayNeedsBothSignOffsBecauseItsCommitIsBoth) {
  Scene s;
  s.open();
  s.candidate("android");
  auto e = Scene::seen_event("android", ReleaseStatus::draft, 0, {});
  e.release.reset();
  s.add(e);
  s.sign("submission:qa");
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::approval));
  s.sign("rollout:release_manager", "ana");
  EXPECT_EQ(s.action_of("android"), "start_rollout");
  EXPECT_EQ(s.step_of(s.plan(), "android")->to_percent, Percent::whole(1));
}

TEST(Decide, AFirstReleaseGoesToEverybodyOnlyByAPersonsWord) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("android");
  auto e = Scene::seen_event("android", ReleaseStatus::draft, 0, {});
  e.release.reset();
  e.live.reset();
  s.add(e);
  EXPECT_EQ(s.action_of("android"), "");
  s.sign("android:full_release", "ana");
  EXPECT_EQ(s.action_of("android"), "start_rollout");
  EXPECT_TRUE(s.step_of(s.plan(), "android")->to_percent->is_all());
}

TEST(Decide, ARejectionWaitsForAPersonOrANewerBuild) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::rejected, 0);
  EXPECT_TRUE(s.needs_person("ios"));
  EXPECT_EQ(s.action_of("ios"), "");
  s.add(event::Resumed{k_version, "ios", "metadata mended", {}}, "ana");
  EXPECT_EQ(s.action_of("ios"), "submit");
}

TEST(Decide, ANewerCandidateAfterRejectionIsAttachedFirst) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::rejected, 0);
  s.candidate("ios", 341);
  auto e = Scene::seen_event("ios", ReleaseStatus::rejected, 0, {});
  e.builds.push_back({BuildNumber::from(341), BuildState::ready, "", ""});
  s.add(e);
  EXPECT_EQ(s.action_of("ios"), "attach_build");
}

TEST(Decide, AnUnknownStoreWordIsHeldOn) {
  Scene s;
  s.open();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::unknown, 0);
  EXPECT_TRUE(s.needs_person("ios"));
  EXPECT_EQ(s.action_of("ios"), "");
}

TEST(Decide, AFailedLookDecidesNothing) {
  Scene s;
  s.open();
  s.rolling("android", 1, 1, 48);
  s.measured("android", 2, 5000);
  AppObservation look;
  look.version = k_version;
  look.app = "android";
  look.failure = Error{ErrorKind::unreachable, "no answer", ""};
  s.observation.apps = {look};
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::store));
}

// ---- the ladder ----------------------------------------------------------------------------

TEST(Decide, PlayRisesOnAPassAfterTheSoak) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 25);
  s.measured("android", 2, 5000);
  EXPECT_EQ(s.action_of("android"), "set_percent");
  EXPECT_EQ(s.step_of(s.plan(), "android")->to_percent, Percent::whole(5));
}

TEST(Decide, NoDataNeverPasses) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 1000);
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::gate));
}

TEST(Decide, NoGateAtAllNeedsAPersonsWord) {
  Scene s;
  s.def.gates.clear();
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 48);
  EXPECT_EQ(s.action_of("android"), "");
  s.sign("android:gate:any", "ana");
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(Decide, AnOverrideOpensOneStageOnly) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 48);
  s.sign("android:gate:crashes", "ana");
  EXPECT_EQ(s.action_of("android"), "set_percent");
  s.did("android", Action::set_percent, Percent::whole(5));
  s.seen("android", ReleaseStatus::serving, 5);
  s.reached("android", 2, 5);
  s.now += std::chrono::hours(48);
  EXPECT_EQ(s.action_of("android"), "");
}

TEST(Decide, TheSoakKeepsAStageClosed) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 23);
  s.measured("android", 2, 5000);
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::soak));
}

TEST(Decide, RolloutHoursKeepAPromotionBack) {
  Scene s;
  s.def.calendar.rollout_hours = RolloutHours{{Weekday::tue}, 9 * 60, 17 * 60};
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 48);  // a Monday
  s.measured("android", 2, 5000);
  EXPECT_TRUE(s.waits_for("android", WaitKind::window));
  EXPECT_EQ(s.action_of("android"), "");
}

TEST(Decide, TheLastStageOfPlayIsComplete) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 4, 50, 48);
  s.measured("android", 20, 50000);
  EXPECT_EQ(s.action_of("android"), "complete");
}

TEST(Decide, TheAppStoreIsPausedOnItsAllowedRung) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.did("ios", Action::start_rollout, Percent::whole(1));
  s.seen("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.reached("ios", 1, 1);
  EXPECT_EQ(s.action_of("ios"), "pause");
}

TEST(Decide, TheAppStoreClimbsThroughRungsBelowTheAllowedOne) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 48);
  s.did("ios", Action::resume, Percent::whole(5));
  s.seen("ios", ReleaseStatus::serving, 2, PhasedRelease::State::active);
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.waits_for("ios", WaitKind::store));
  s.seen("ios", ReleaseStatus::serving, 5, PhasedRelease::State::active);
  EXPECT_EQ(s.action_of("ios"), "pause");
}

TEST(Decide, AFreezePausesAClimbingPhase) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 48);
  s.did("ios", Action::resume, Percent::whole(5));
  s.seen("ios", ReleaseStatus::serving, 2, PhasedRelease::State::active);
  s.def.calendar.freezes = {{*parse_local_time("2026-11-30"), *parse_local_time("2026-12-02"), "launch week"}};
  EXPECT_EQ(s.action_of("ios"), "pause");
  s.did("ios", Action::pause);
  s.seen("ios", ReleaseStatus::halted, 2, PhasedRelease::State::paused);
  EXPECT_EQ(s.action_of("ios"), "");
  s.now += std::chrono::hours(24 * 4);
  EXPECT_EQ(s.action_of("ios"), "resume");
}

TEST(Decide, AStageBetweenRungsUsesTheRungBelow) {
  Scene s;
  s.def.apps[0].ladder = ladder_of({1, 25, 100});
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 48);
  s.measured("ios", 2, 5000);
  ASSERT_EQ(s.action_of("ios"), "resume");
  EXPECT_EQ(s.step_of(s.plan(), "ios")->to_percent, Percent::whole(20));
}

TEST(Decide, TheLastStageOfTheAppStoreIsCompleteAndSaysSo) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 4, 50, 48);
  s.measured("ios", 20, 50000);
  ASSERT_EQ(s.action_of("ios"), "complete");
  const auto plan = s.plan();
  bool said = false;
  for (const auto& reason : s.step_of(plan, "ios")->because) said = said || reason.rule == "last chance";
  EXPECT_TRUE(said);
}

// ---- holds, halts, the way back --------------------------------------------------------------

TEST(Decide, AHoldStopsPromotionAndResumeEndsIt) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 48);
  s.measured("android", 2, 5000);
  s.add(event::Held{k_version, "", "support sees something"}, "ana");
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::hold));
  s.add(event::Resumed{k_version, "", "false alarm", {}}, "ana");
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(Decide, AHaltIsSentAtAnyHourAndStays) {
  Scene s;
  s.def.calendar.rollout_hours = RolloutHours{{Weekday::tue}, 9 * 60, 17 * 60};
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 48);
  s.add(event::HaltOrdered{k_version, "android", "payments fail", false}, "ana");
  EXPECT_EQ(s.action_of("android"), "halt");
  s.did("android", Action::halt);
  s.seen("android", ReleaseStatus::halted, 1);
  s.measured("android", 2, 5000);
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.needs_person("android"));
  EXPECT_EQ(s.phase("android"), AppPhase::halted);
}

TEST(Decide, AfterAResumeTheSamePercentageComesBackNotMore) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 48);
  s.add(event::HaltOrdered{k_version, "android", "look", false}, "ana");
  s.did("android", Action::halt);
  s.seen("android", ReleaseStatus::halted, 5);
  s.add(event::Resumed{k_version, "android", "fine", {}}, "ana");
  ASSERT_EQ(s.action_of("android"), "resume");
  EXPECT_EQ(s.step_of(s.plan(), "android")->to_percent, Percent::whole(5));
}

TEST(Decide, APlaybookSwitchesFlagsOffBeforeItHalts) {
  Scene s;
  Flag flag;
  flag.name = "new_checkout";
  flag.provider = "file";
  flag.value_off = "false";
  s.def.flags = {flag};
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 2);
  s.measured("android", 300, 10000);
  s.detect_all();
  auto plan = s.plan();
  EXPECT_EQ(s.step_of(plan, "android"), nullptr);
  ASSERT_FALSE(plan.steps.empty());
  EXPECT_EQ(plan.steps[0].action, Action::set_flag);
  EXPECT_EQ(plan.steps[0].value, "false");
  Step set = plan.steps[0];
  s.add(event::Intent{"f", "run", s.now, set});
  s.add(event::Outcome{"f", event::Outcome::Result::done, ""});
  EXPECT_EQ(s.action_of("android"), "halt");
}

TEST(Decide, AFlagThatCannotBeSetDoesNotKeepTheHaltBack) {
  Scene s;
  Flag flag;
  flag.name = "new_checkout";
  flag.value_off = "false";
  s.def.flags = {flag};
  s.open();
  s.rolling("android", 2, 5, 2);
  s.measured("android", 300, 10000);
  s.detect_all();
  s.set_aside = {s.plan().steps[0]};
  EXPECT_EQ(s.action_of("android"), "halt");
}

TEST(Decide, InvestigateStopsPromotionOnly) {
  Scene s;
  s.def.gates[0].on_breach = Reaction::investigate;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 48);
  s.measured("android", 300, 10000);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.needs_person("android"));
  EXPECT_EQ(s.phase("android"), AppPhase::rolling_out);
}

TEST(Decide, ABreachStaysLatchedWhenTheNumbersLookGoodAgain) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 48);
  s.measured("android", 300, 10000);
  s.detect_all();
  s.measured("android", 300, 10000000);
  s.detect_all();
  EXPECT_TRUE(s.needs_person("android"));
}

TEST(Decide, TheAppStoreCannotBeStoppedAfterComplete) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 4, 50, 48);
  s.did("ios", Action::complete, Percent::whole(100));
  s.seen("ios", ReleaseStatus::serving, 100, PhasedRelease::State::complete);
  s.add(event::HaltOrdered{k_version, "ios", "bad", false}, "ana");
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.needs_person("ios"));
}

TEST(Decide, PlayCanBeStoppedInTheWatch) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 5, 100, 3);
  EXPECT_TRUE(s.waits_for("android", WaitKind::soak));
  s.add(event::HaltOrdered{k_version, "android", "bad", false}, "ana");
  EXPECT_EQ(s.action_of("android"), "halt");
}

TEST(Decide, AHotfixHoldsTheRegularRelease) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 48);
  s.measured("android", 2, 5000);
  s.add(event::Opened{*VersionName::parse("3.3.1"), true, std::nullopt, k_live}, "ana");
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.waits_for("android", WaitKind::hold));
}

// Who stopped it again right after the call is a person, whose stop is not undone.
TEST(Decide, AResumeWhoseAnswerWasLostIsSentAgainOnceNoListCanBeBehind) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 2);
  s.add(event::HaltOrdered{k_version, "android", "payments fail", false}, "ana");
  s.did("android", Action::halt);
  s.look("android", ReleaseStatus::halted, 5);
  s.detect_all();
  s.now += std::chrono::minutes(10);
  s.add(event::Resumed{k_version, "android", "mended", {}, {}}, "ana");
  ASSERT_EQ(s.action_of("android"), "resume");
  s.did("android", Action::resume, Percent::whole(5), event::Outcome::Result::unknown);
  s.now += std::chrono::minutes(4);
  s.look("android", ReleaseStatus::halted, 5);
  EXPECT_EQ(s.action_of("android"), "");
  s.now += std::chrono::minutes(1);
  s.look("android", ReleaseStatus::halted, 5);
  EXPECT_EQ(s.action_of("android"), "resume");
}

TEST(Decide, ALostAnswerIsNotSentAgainUntilItHasSettled) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 48);
  s.measured("android", 2, 5000);
  s.did("android", Action::set_percent, Percent::whole(5), event::Outcome::Result::unknown);
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_EQ(s.plan().settle_until, s.now + k_settle_window);
  s.now += k_settle_window;
  s.measured("android", 2, 5000);
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(Decide, ACompletionWhoseAnswerWasLostIsAskedForAgainAndNotOnlyResumed) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 4, 50, 48);
  s.measured("ios", 10, 50000);
  ASSERT_EQ(s.action_of("ios"), "complete");
  s.did("ios", Action::complete, k_percent_all, event::Outcome::Result::unknown);
  s.now += k_settle_window;
  EXPECT_EQ(s.action_of("ios"), "complete");
}

}  // namespace
}  // namespace train::engine::test
