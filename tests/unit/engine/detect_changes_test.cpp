// What the engine notices: the log grows only by what changed, and everything that matters gets into it.
#include <gtest/gtest.h>

#include <algorithm>

#include "scene.hpp"

namespace train::engine::test {
namespace {

template <typename Kind>
const Kind* first(const std::vector<EventBody>& events) {
  for (const auto& body : events) {
    if (const auto* found = std::get_if<Kind>(&body)) return found;
  }
  return nullptr;
}

TEST(Notice, AWorldAtRestGivesNothing) {
  Scene s;
  s.open();
  s.rolling("android", 1, 1, 2);
  s.look("android", ReleaseStatus::serving, 1);
  s.measured("android", 2, 500);
  s.detect_all();
  EXPECT_TRUE(s.detect_all().empty());
}

TEST(Notice, ABudgetIsToldAlongAndIsNoEventByItself) {
  Scene s;
  s.open();
  s.look("ios", ReleaseStatus::draft, 0);
  s.observation.apps[0].view->budget = RequestBudget{3600, 3000, s.now};
  s.detect_all();
  EXPECT_EQ(s.state.find(k_version)->find("ios")->budget->left, 3000);
  s.observation.apps[0].view->budget->left = 12;
  EXPECT_TRUE(s.detect_all().empty());
  s.look("ios", ReleaseStatus::waiting_for_review, 0);
  s.observation.apps[0].view->budget = RequestBudget{3600, 11, s.now};
  s.detect_all();
  EXPECT_EQ(s.state.find(k_version)->find("ios")->budget->left, 11);
}

TEST(Notice, TheNewestBuildInTheStoreBecomesTheCandidate) {
  Scene s;
  s.open();
  s.look("ios", ReleaseStatus::draft, 0);
  const auto events = s.detect_all();
  const auto* chosen = first<event::CandidateChosen>(events);
  ASSERT_NE(chosen, nullptr);
  EXPECT_EQ(chosen->build, BuildNumber::from(340));
  EXPECT_TRUE(chosen->voided.empty());
}

TEST(Notice, ANewerCandidateVoidsSignOffs) {
  Scene s;
  s.open();
  s.candidate("ios");
  s.sign_everything();
  s.look("ios", ReleaseStatus::draft, 0);
  s.observation.apps[0].view->builds.push_back({BuildNumber::from(341), BuildState::ready, "", ""});
  const auto events = s.detect_all();
  const auto* chosen = first<event::CandidateChosen>(events);
  ASSERT_NE(chosen, nullptr);
  EXPECT_EQ(chosen->voided.size(), 2u);
  EXPECT_TRUE(s.state.find(k_version)->sign_offs.empty());
  EXPECT_TRUE(s.waits_for("ios", WaitKind::approval));
}

TEST(Notice, ARolloutPutThereByHandIsAdopted) {
  Scene s;
  s.open();
  s.look("android", ReleaseStatus::serving, 7);
  s.measured("android", 10, 9000);
  const auto events = s.detect_all();
  const auto* stage = first<event::StageReached>(events);
  ASSERT_NE(stage, nullptr);
  EXPECT_TRUE(stage->adopted);
  EXPECT_EQ(stage->stage, 2);  // between 5 and 20 counts as the lower stage
  EXPECT_EQ(first<event::SignedOff>(events)->how, event::SignedOff::How::adopted);
  EXPECT_EQ(first<event::Drifted>(events), nullptr);
  s.now += std::chrono::hours(25);
  s.measured("android", 20, 19000);
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(Notice, APersonsHaltBeforeAdoptionStays) {
  Scene s;
  s.open();
  s.look("android", ReleaseStatus::halted, 5);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.needs_person("android"));
  EXPECT_EQ(s.phase("android"), AppPhase::halted);
}

TEST(Notice, AHaltInTheConsoleIsDriftAndRespected) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 48);
  s.measured("android", 10, 40000);
  s.look("android", ReleaseStatus::halted, 5);
  const auto events = s.detect_all();
  ASSERT_NE(first<event::Drifted>(events), nullptr);
  EXPECT_EQ(s.action_of("android"), "");
  s.add(event::Resumed{k_version, "android", "talked to them", {}}, "ana");
  EXPECT_TRUE(s.detect_all().empty());
  EXPECT_EQ(s.action_of("android"), "resume");
}

TEST(Notice, AStopThatNeverArrivedIsNotSomebodysResume) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.did("ios", Action::start_rollout, Percent::whole(1));
  s.seen("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  s.reached("ios", 1, 1);
  s.did("ios", Action::pause, std::nullopt, event::Outcome::Result::superseded);
  s.now += std::chrono::hours(1);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  EXPECT_EQ(first<event::Drifted>(s.detect_all()), nullptr);
  EXPECT_EQ(s.action_of("ios"), "pause");
}

TEST(Notice, AStopWhoseAnswerWasLostIsOursOnceItShows) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 48);
  s.did("android", Action::halt, std::nullopt, event::Outcome::Result::unknown);
  s.now += std::chrono::hours(1);
  s.look("android", ReleaseStatus::halted, 5);
  EXPECT_EQ(first<event::Drifted>(s.detect_all()), nullptr);
}

TEST(Notice, AResumeThatNeverArrivedIsNotSomebodysHalt) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 48);
  s.did("ios", Action::resume, Percent::whole(5), event::Outcome::Result::superseded);
  s.now += std::chrono::hours(1);
  s.look("ios", ReleaseStatus::halted, 1, PhasedRelease::State::paused);
  EXPECT_EQ(first<event::Drifted>(s.detect_all()), nullptr);
  EXPECT_EQ(s.action_of("ios"), "resume");
}

TEST(Notice, APercentageRaisedInTheConsoleIsDrift) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 2);
  s.look("android", ReleaseStatus::serving, 50);
  s.measured("android", 1, 4000);
  const auto events = s.detect_all();
  ASSERT_NE(first<event::Drifted>(events), nullptr);
  EXPECT_TRUE(s.needs_person("android"));
}

TEST(Notice, ATickNobodyStoppedIsOvershootAndPausedAtOnce) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 1, 1, 72);
  s.did("ios", Action::resume, Percent::whole(5));
  s.look("ios", ReleaseStatus::serving, 10, PhasedRelease::State::active);
  s.measured("ios", 2, 5000);
  const auto events = s.detect_all();
  const auto* stage = first<event::StageReached>(events);
  ASSERT_NE(stage, nullptr);
  EXPECT_TRUE(stage->overshoot);
  EXPECT_EQ(stage->stage, 2);
  EXPECT_EQ(s.action_of("ios"), "pause");
}

TEST(Notice, ABreachIsLatchedWithItsNumbers) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 2);
  s.measured("android", 300, 10000);
  const auto events = s.detect_all();
  const auto* breach = first<event::Breached>(events);
  ASSERT_NE(breach, nullptr);
  EXPECT_EQ(breach->reaction, Reaction::rollback);
  EXPECT_EQ(breach->evidence.events, 300);
  ASSERT_EQ(breach->ways.size(), 2u) << "what can be done, as it was found";
  EXPECT_EQ(breach->ways[0].way, "halt");
  EXPECT_EQ(breach->ways[1].way, "hotfix");
  ASSERT_FALSE(s.state.outbox.empty());
  EXPECT_NE(s.state.outbox.back().headline.find("ways out: halt (recommended), hotfix: `train rollback android"),
            std::string::npos)
      << s.state.outbox.back().headline;
  EXPECT_TRUE(s.detect_all().empty());
}

TEST(Notice, AnOverriddenBreachIsJudgedAfreshFromThere) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 2);
  s.measured("android", 300, 10000);
  s.detect_all();
  s.add(event::Resumed{k_version, "android", "a known burst", {"crashes"}}, "ana");
  EXPECT_EQ(first<event::Breached>(s.detect_all()), nullptr);
  s.measured("android", 600, 20000);
  EXPECT_NE(first<event::Breached>(s.detect_all()), nullptr);
}

TEST(Notice, AReleaseIsDoneAfterTheWatch) {
  Scene s;
  s.def.apps.erase(s.def.apps.begin());  // android alone
  s.open();
  s.rolling("android", 4, 50, 48);
  s.did("android", Action::complete, Percent::whole(100));
  s.seen("android", ReleaseStatus::serving, 100);
  s.reached("android", 5, 100);
  EXPECT_EQ(first<event::Finished>(s.detect_all()), nullptr);
  s.now += std::chrono::hours(24);
  EXPECT_NE(first<event::Finished>(s.detect_all()), nullptr);
}

TEST(Notice, WhatAHotfixOvertookWhileUsersHadItIsSuperseded) {
  Scene s;
  s.def.apps.erase(s.def.apps.begin());
  s.open();
  s.rolling("android", 2, 5, 2);
  s.look("android", ReleaseStatus::superseded, 0);
  const auto found = s.detect_all();
  const auto* finished = first<event::Finished>(found);
  ASSERT_NE(finished, nullptr);
  EXPECT_TRUE(finished->superseded);
  const auto& release = *s.state.find(k_version);
  EXPECT_EQ(release_phase(s.def, release, s.now), ReleasePhase::superseded);
  ASSERT_FALSE(s.state.outbox.empty());
  EXPECT_EQ(s.state.outbox.back().headline, "3.4.0 is over: a newer release took its place before it was done");
}

TEST(Notice, AReleaseThatIsOvertakenInOneStoreOnceItWasDoneThereIsDone) {
  Scene s;
  s.open();
  s.rolling("android", 5, 100, 30);  // watched for 24 h
  s.rolling("ios", 5, 100, 30);
  s.now -= std::chrono::hours(30);
  s.seen("ios", ReleaseStatus::serving, 100, PhasedRelease::State::complete);
  s.now += std::chrono::hours(30);
  s.look("android", ReleaseStatus::superseded, 0);
  s.look("ios", ReleaseStatus::serving, 100, PhasedRelease::State::complete);
  const auto found = s.detect_all();
  const auto* finished = first<event::Finished>(found);
  ASSERT_NE(finished, nullptr);
  EXPECT_FALSE(finished->superseded);
  EXPECT_EQ(release_phase(s.def, *s.state.find(k_version), s.now), ReleasePhase::done);
}

TEST(Notice, AReleaseThatIsOvertakenInItsWatchIsSuperseded) {
  Scene s;
  s.def.apps.erase(s.def.apps.begin());
  s.open();
  s.rolling("android", 5, 100, 2);
  s.look("android", ReleaseStatus::superseded, 0);
  const auto found = s.detect_all();
  const auto* finished = first<event::Finished>(found);
  ASSERT_NE(finished, nullptr);
  EXPECT_TRUE(finished->superseded);
}

TEST(Notice, AHaltedReleaseIsNotDone) {
  Scene s;
  s.def.apps.erase(s.def.apps.begin());
  s.open();
  s.rolling("android", 5, 100, 30);
  s.add(event::HaltOrdered{k_version, "android", "bad", false}, "ana");
  EXPECT_EQ(first<event::Finished>(s.detect_all()), nullptr);
}

TEST(Notice, ALongWaitIsEscalatedOnce) {
  Scene s;
  s.open();
  s.rolling("android", 1, 1, 24 * 8);
  s.measured("android", 1, 20);
  const auto events = s.detect_all();
  EXPECT_NE(first<event::Escalated>(events), nullptr);
  EXPECT_TRUE(s.detect_all().empty());
}

TEST(Notice, AStepThatIsRefusedAgainAndAgainIsToldOnce) {
  Scene s;
  s.open();
  s.candidate("ios");
  for (int i = 0; i < 2; ++i) s.did("ios", Action::submit, std::nullopt, event::Outcome::Result::failed);
  EXPECT_EQ(first<event::Escalated>(s.detect_all()), nullptr);
  s.did("ios", Action::submit, std::nullopt, event::Outcome::Result::failed);
  EXPECT_NE(first<event::Escalated>(s.detect_all()), nullptr);
  s.did("ios", Action::submit, std::nullopt, event::Outcome::Result::failed);
  EXPECT_EQ(first<event::Escalated>(s.detect_all()), nullptr);
}

TEST(Notice, AGlanceKeepsThePercentageThatWasKnown) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 2);
  s.look("android", ReleaseStatus::serving, 0);
  s.observation.apps[0].full = false;
  s.observation.apps[0].view->release->percent_known = false;
  s.observation.apps[0].view->builds.clear();
  s.detect_all();
  EXPECT_EQ(s.state.find(k_version)->find("android")->seen->percent, Percent::whole(5));
}

TEST(Notice, TheCalendarOpensTheNextReleaseOnceThisOneIsShipping) {
  Scene s;
  s.def.calendar.first_cutoff = parse_local_time("2026-11-30T17:00");
  s.def.calendar.every = Duration(14 * 86400);
  s.open();
  EXPECT_EQ(first<event::Opened>(s.detect_all()), nullptr);
  s.rolling("android", 1, 1, 2);
  const auto events = s.detect_all();
  const auto* opened = first<event::Opened>(events);
  ASSERT_NE(opened, nullptr);
  EXPECT_EQ(opened->version.text(), "3.5.0");
  EXPECT_TRUE(opened->cutoff.has_value());
}

}  // namespace
}  // namespace train::engine::test
