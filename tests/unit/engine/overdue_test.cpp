// Waits that should have ended by themselves, and how often runs come.
#include <gtest/gtest.h>

#include <algorithm>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct LateCase {
  const char* name;
  const char* app;
  ReleaseStatus status;
  int hours_ago;
  bool calls;
};
void PrintTo(const LateCase& row, std::ostream* out) { *out << row.name; }
class Late : public testing::TestWithParam<LateCase> {};
TEST_P(Late, CallsAPersonWithItsAge) {
  const auto& row = GetParam();
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate(row.app);
  s.seen(row.app, row.status, 0);
  s.now += hours(row.hours_ago);
  EXPECT_EQ(s.needs_person(row.app), row.calls);
}
const LateCase k_late[] = {
    {"review_for_four_days", "ios", ReleaseStatus::in_review, 96, false},
    {"review_for_six_days", "ios", ReleaseStatus::in_review, 144, true},
    {"queue_for_six_days", "ios", ReleaseStatus::waiting_for_review, 144, true},
    {"plays_review_for_six_days", "android", ReleaseStatus::in_review, 144, true},
    {"releasing_for_a_day", "ios", ReleaseStatus::releasing, 23, false},
    {"releasing_for_longer", "ios", ReleaseStatus::releasing, 25, true},
};
INSTANTIATE_TEST_SUITE_P(, Late, testing::ValuesIn(k_late), [](const auto& row) { return row.param.name; });

TEST(Overdue, FromTheQueueIntoTheReviewIsOneWait) {
  Scene s;
  s.open();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::waiting_for_review, 0);
  s.now += hours(72);
  s.seen("ios", ReleaseStatus::in_review, 0);
  s.now += hours(72);
  EXPECT_TRUE(s.needs_person("ios"));
}

TEST(Overdue, ABuildThatIsProcessedForMoreThanADay) {
  Scene s;
  s.open();
  s.candidate("ios");
  auto seen = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
  seen.release.reset();
  seen.builds = {{BuildNumber::from(340), BuildState::processing, "", ""}};
  s.add(seen);
  s.now += hours(23);
  EXPECT_FALSE(s.needs_person("ios"));
  s.now += hours(2);
  EXPECT_TRUE(s.needs_person("ios"));
}

// Until its first build is ready the release has no candidate, and still somebody waits.
TEST(Overdue, AFirstBuildThatIsProcessedWithoutEnd) {
  Scene s;
  s.open();
  auto seen = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
  seen.release.reset();
  seen.builds = {{BuildNumber::from(340), BuildState::processing, "", ""}};
  s.add(seen);
  ASSERT_TRUE(s.waits_for("ios", WaitKind::processing));
  s.now += hours(23);
  EXPECT_FALSE(s.needs_person("ios"));
  s.now += hours(2);
  EXPECT_TRUE(s.needs_person("ios"));
}

TEST(Overdue, AnUploadThatTheStoreNeverShows) {
  Scene s;
  s.def.apps[0].artifact = "Charge.ipa";
  s.open();
  event::CandidateChosen chosen;
  chosen.version = k_version;
  chosen.app = "ios";
  chosen.build = BuildNumber::from(341);
  chosen.path = "Charge.ipa";
  s.add(chosen);
  s.now += hours(30);
  s.did("ios", Action::upload_build);
  ASSERT_TRUE(s.waits_for("ios", WaitKind::processing));
  EXPECT_FALSE(s.needs_person("ios")) << "it was sent just now";
  s.now += hours(25);
  EXPECT_TRUE(s.needs_person("ios"));
}

TEST(Overdue, ANewerBuildThatIsProcessedHidesNoReviewThatTakesTooLong) {
  Scene s;
  s.open();
  s.candidate("ios");
  auto seen = Scene::seen_event("ios", ReleaseStatus::in_review, 0, {});
  seen.builds.push_back({BuildNumber::from(341), BuildState::processing, "", ""});
  s.add(seen);
  s.now += hours(144);
  EXPECT_TRUE(s.needs_person("ios"));
}

// A wait in the list of a run is read by nobody at night.
TEST(Overdue, PeopleAreToldOnceOfEachWaitThatDoesNotEnd) {
  Scene s;
  s.open();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::in_review, 0);
  s.now += hours(119);
  s.look("ios", ReleaseStatus::in_review, 0);
  s.detect_all();
  EXPECT_TRUE(s.state.outbox.empty());
  s.now += hours(2);
  s.look("ios", ReleaseStatus::in_review, 0);
  s.detect_all();
  ASSERT_EQ(s.state.outbox.size(), 1u);
  EXPECT_EQ(s.state.outbox[0].topic, Topic::waiting_for_people);
  EXPECT_NE(s.state.outbox[0].headline.find("in review for 5d 1h"), std::string::npos) << s.state.outbox[0].headline;
  s.now += hours(24);
  s.look("ios", ReleaseStatus::in_review, 0);
  s.detect_all();
  EXPECT_EQ(s.state.outbox.size(), 1u);
}

Scene refused(int times) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::approved, 0);
  for (int i = 0; i < times; ++i)
    s.did("ios", Action::start_rollout, Percent::whole(1), event::Outcome::Result::failed);
  return s;
}

TEST(Overdue, AStepThatIsRefusedAgainAndAgainIsSaidInEveryViewAndNotSentEachTime) {
  EXPECT_FALSE(refused(2).needs_person("ios"));
  EXPECT_EQ(refused(2).action_of("ios"), "start_rollout");
  Scene s = refused(3);
  EXPECT_TRUE(s.needs_person("ios"));
  EXPECT_EQ(s.action_of("ios"), "") << "not at every look";
  s.now += minutes(5);
  EXPECT_EQ(s.action_of("ios"), "start_rollout");
  EXPECT_TRUE(s.needs_person("ios"));
}

// Two events in the log an hour, for as long as nobody comes, were 25,921 in the end.
TEST(Overdue, WhatIsRefusedForDaysIsSentLessAndLessOften) {
  Scene s = refused(3);
  int sent = 0;
  for (const Instant end = s.now + hours(72); s.now < end; s.now += hours(1)) {
    if (s.action_of("ios") != "start_rollout") continue;
    ++sent;
    s.did("ios", Action::start_rollout, Percent::whole(1), event::Outcome::Result::failed);
  }
  EXPECT_GT(sent, 12) << "four times a day at least";
  EXPECT_LT(sent, 20);
}

TEST(Overdue, ARefusalNamesWhoCanMendItFromTheFirstOn) {
  Scene s = refused(1);
  const auto plan = s.plan();
  const auto told = std::find_if(plan.waits.begin(), plan.waits.end(), [](const Wait& wait) {
    return wait.app == "ios" && wait.detail.find("was refused once since") != std::string::npos;
  });
  ASSERT_NE(told, plan.waits.end());
  EXPECT_FALSE(told->who.empty());
}

TEST(Overdue, ARefusedStepThatIsKeptBackForAWhileWaitsForThatTime) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::approved, 0);
  s.did("ios", Action::start_rollout, Percent::whole(1), event::Outcome::Result::failed);
  s.did("ios", Action::start_rollout, Percent::whole(1), event::Outcome::Result::unknown);
  const auto plan = s.plan();
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(std::any_of(plan.waits.begin(), plan.waits.end(),
                          [](const Wait& wait) { return wait.app == "ios" && wait.until; }));
  for (const auto& wait : plan.waits) {
    EXPECT_EQ(wait.detail.find("was refused"), std::string::npos) << wait.detail;
  }
}

TEST(Overdue, APersonsWordTriesAgainAtOnce) {
  Scene s = refused(3);
  s.add(event::Resumed{k_version, "ios", "the notes are there now", {}, {}}, "ana");
  EXPECT_EQ(s.action_of("ios"), "start_rollout");
  EXPECT_FALSE(s.needs_person("ios"));
}

TEST(Overdue, AStopIsSentAtEveryLookHoweverOftenItWasRefused) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 2);
  s.add(event::HaltOrdered{k_version, "android", "payments fail", false}, "ana");
  for (int i = 0; i < 5; ++i) s.did("android", Action::halt, std::nullopt, event::Outcome::Result::failed);
  EXPECT_EQ(s.action_of("android"), "halt");
}

// ---- the App Store's ladder: paused at the last safe moment

// At 1 % since `since` hours, its phase active, with a run every `every` minutes.
Scene climbing(int since, int every, PausePoint point = PausePoint::automatic) {
  Scene s;
  std::get<AppStoreApp>(s.def.apps[0].part).pause = point;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  const Instant until = s.now;
  s.now -= hours(since);
  s.did("ios", Action::start_rollout, Percent::whole(1));
  auto seen = Scene::seen_event("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  seen.release->phased->next_tick = s.now + hours(24);
  s.add(seen);
  s.reached("ios", 1, 1);
  for (; s.now < until; s.now += minutes(every)) s.add(event::Looked{k_version, "ios"});
  s.now = until;
  return s;
}

struct TickCase {
  const char* name;
  int since;  // hours at 1 %; the store climbs at 24
  int every;  // minutes between runs
  PausePoint point;
  const char* action;
};
void PrintTo(const TickCase& row, std::ostream* out) { *out << row.name; }
class BeforeTheTick : public testing::TestWithParam<TickCase> {};
TEST_P(BeforeTheTick, PausesAtTheLastSafeLook) {
  const auto& row = GetParam();
  Scene s = climbing(row.since, row.every, row.point);
  s.measured("ios", 0, 10);  // too few to pass
  EXPECT_EQ(s.action_of("ios"), row.action);
}
const TickCase k_ticks[] = {
    {"hourly_runs_wait", 12, 60, PausePoint::automatic, ""},
    {"hourly_runs_still_wait", 22, 60, PausePoint::automatic, ""},
    {"hourly_runs_pause_in_time", 23, 60, PausePoint::automatic, "pause"},
    {"runs_every_two_hours_pause_earlier", 22, 120, PausePoint::automatic, "pause"},
    {"rare_runs_pause_on_arrival", 12, 240, PausePoint::automatic, "pause"},
    {"unknown_runs_pause_on_arrival", 1, 60, PausePoint::automatic, "pause"},
    {"on_arrival", 12, 60, PausePoint::on_arrival, "pause"},
    {"before_tick_however_rare", 12, 240, PausePoint::before_tick, ""},
};
INSTANTIATE_TEST_SUITE_P(, BeforeTheTick, testing::ValuesIn(k_ticks), [](const auto& row) { return row.param.name; });

// Which of the two, why, and by when.
TEST(Cadence, ThePlanSaysWhetherItPausesAndByWhen) {
  Scene often = climbing(12, 60);
  often.measured("ios", 0, 10);
  const auto waits = often.plan().waits;
  const auto pause = std::find_if(waits.begin(), waits.end(), [](const Wait& wait) {
    return wait.app == "ios" && !wait.because.empty() && wait.because.front().rule == "pause";
  });
  ASSERT_NE(pause, waits.end());
  const std::string tick = format_rfc3339(often.now + hours(12));
  EXPECT_EQ(pause->detail, "the store climbs at " + tick +
                               "; it is paused before that unless the gates pass first (runs come every 1h at most)");
  ASSERT_TRUE(pause->until);
  EXPECT_EQ(format_rfc3339(*pause->until), format_rfc3339(often.now + hours(11) - minutes(20)));

  Scene late = climbing(23, 60);
  late.measured("ios", 0, 10);
  const auto plan = late.plan();
  const auto step = std::find_if(plan.steps.begin(), plan.steps.end(),
                                 [](const Step& each) { return each.app == "ios" && each.action == Action::pause; });
  ASSERT_NE(step, plan.steps.end());
  EXPECT_EQ(step->because.front().seen,
            "1 %; the store climbs at " + format_rfc3339(late.now + hours(1)) + ", runs come every 1h at most");

  Scene rare = climbing(12, 240);
  rare.measured("ios", 0, 10);
  const auto at_once = rare.plan();
  ASSERT_FALSE(at_once.steps.empty());
  EXPECT_EQ(at_once.steps.front().because.front().seen,
            "1 %; due before the store climbs at " + format_rfc3339(rare.now + hours(12)));
}

TEST(Cadence, APassBeforeTheTickGoesOnWithoutAStop) {
  Scene s = climbing(12, 60);
  s.def.apps[0].ladder = ladder_of({1, 5, 20, 50, 100}, Duration(6 * 3600));
  s.measured("ios", 1, 100000);
  EXPECT_EQ(s.action_of("ios"), "resume");
  s.did("ios", Action::resume, Percent::whole(5));
  EXPECT_EQ(s.action_of("ios"), "") << "it climbs to what is granted";
}

TEST(Cadence, AHoldPausesAtOnce) {
  Scene s = climbing(12, 60);
  s.add(event::Held{k_version, "ios", "wait"}, "ana");
  EXPECT_EQ(s.action_of("ios"), "pause");
}

// Five minutes long a list may be from before the pause; from then on it is somebody's hand, whatever rung it shows.
TEST(Cadence, ATickRightAfterAPauseIsToldAsSoonAsNoListCanBeBehindAnyMore) {
  for (const int rung : {1, 2}) {
    Scene s = climbing(12, 60, PausePoint::on_arrival);
    s.measured("ios", 0, 10);
    EXPECT_EQ(s.action_of("ios"), "pause");
    s.did("ios", Action::pause);
    s.now += minutes(4);
    s.look("ios", ReleaseStatus::serving, rung, PhasedRelease::State::active);
    s.detect_all();
    EXPECT_FALSE(s.state.find(k_version)->find("ios")->drift) << rung;
    EXPECT_EQ(s.action_of("ios"), "") << "not paused twice, at " << rung;
    EXPECT_TRUE(s.waits_for("ios", WaitKind::store)) << "and says until when, at " << rung;
    s.now += minutes(1);
    s.look("ios", ReleaseStatus::serving, rung, PhasedRelease::State::active);
    s.detect_all();
    EXPECT_TRUE(s.state.find(k_version)->find("ios")->drift) << rung;
    EXPECT_TRUE(s.needs_person("ios")) << rung;
  }
}

TEST(Cadence, ARunIsNotedAndAtRestNothingIs) {
  Scene s = climbing(12, 60);
  s.look("ios", ReleaseStatus::serving, 1, PhasedRelease::State::active);
  const auto events = s.detect_all();
  EXPECT_TRUE(std::any_of(events.begin(), events.end(),
                          [](const EventBody& body) { return std::holds_alternative<event::Looked>(body); }));
  EXPECT_TRUE(s.detect_all().empty());
}

}  // namespace
}  // namespace train::engine::test
