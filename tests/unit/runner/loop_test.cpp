// The loop without a world: in which order it looks, writes, calls and writes again, and when it stops.
#include <algorithm>
#include <utility>

#include "bench.hpp"

namespace train::runner::test {
namespace {

using Outcome = event::Outcome::Result;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(LoopTest, TheIntentStandsInTheLogBeforeTheCallAndItsOutcomeAfter) {
  open_release();
  std::vector<std::string> at_the_call;
  android.on_call = [&](const std::string& call) {
    if (call == "start_rollout 5 %") at_the_call = kinds();
  };
  expect_advance();
  ASSERT_THAT(android.writes(), ElementsAre("start_rollout 5 %"));
  ASSERT_FALSE(at_the_call.empty());
  EXPECT_EQ(at_the_call.back(), "intent");
  ASSERT_THAT(all_of<event::Intent>(), SizeIs(1));
  ASSERT_THAT(all_of<event::Outcome>(), SizeIs(1));
  EXPECT_EQ(all_of<event::Outcome>()[0].operation, all_of<event::Intent>()[0].operation);
  EXPECT_EQ(kinds()[at_the_call.size()], "outcome");
}

TEST_F(LoopTest, AnIntentNamesARunThatLivesAsLongAsItsLog) {
  open_release();
  expect_advance();
  const auto intent = all_of<event::Intent>().at(0);
  EXPECT_EQ(*log.owner_of(intent, clock.now()), EventLog::Owner::alive);
  EXPECT_GT(intent.expires, clock.now());
}

TEST_F(LoopTest, StepsOfSeveralAppsAreWonInOneAppend) {
  add_ios();
  open_release();
  expect_advance();
  const auto names = kinds();
  const auto first = std::find(names.begin(), names.end(), "intent");
  ASSERT_NE(first, names.end());
  EXPECT_EQ(*(first + 1), "intent");
  EXPECT_THAT(android.writes(), ElementsAre("start_rollout 5 %"));
  EXPECT_THAT(ios.writes(), ElementsAre("create_version", "attach_build", "submit"));
}

TEST_F(LoopTest, ASecondRunFindsNothingToDo) {
  open_release();
  expect_advance();
  const auto before = events().size();
  const auto again = advance();
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_THAT(again->done, IsEmpty());
  EXPECT_EQ(events().size(), before);
  EXPECT_THAT(android.writes(), SizeIs(1));
}

TEST_F(LoopTest, ALostAnswerIsSettledByLookingNeverByAskingAgain) {
  open_release();
  android.lose_answer(FakeStore::Loss::after_it_is_done);
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(android.writes(), ElementsAre("start_rollout 5 %"));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::unknown));
  EXPECT_EQ(report->state.find(k_version)->find("android")->stage, 1);
  EXPECT_THAT(report->failed, IsEmpty());
}

TEST_F(LoopTest, AStepThatTheStoreDoesNotShowIsSentAgainAfterTheSettleWindowOnly) {
  open_release();
  android.lose_answer(FakeStore::Loss::before_it_is_done);
  std::vector<Instant> sent;
  android.on_call = [&](const std::string& call) {
    if (call == "start_rollout 5 %") sent.push_back(clock.now());
  };
  expect_advance();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_GE(sent[1] - sent[0], Duration(60));
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::unknown, Outcome::done));
}

TEST_F(LoopTest, AnInterruptDuringTheSettleWindowEndsTheRunWithoutASecondCall) {
  open_release();
  android.lose_answer(FakeStore::Loss::before_it_is_done);
  clock.interrupted = true;
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(android.writes(), SizeIs(1));
  EXPECT_THAT(clock.waits, SizeIs(1));
  EXPECT_TRUE(report->plan.settle_until);
}

TEST_F(LoopTest, AStoreThatLosesEveryAnswerEndsTheRun) {
  open_release();
  for (int i = 0; i < 5; ++i) android.lose_answer(FakeStore::Loss::before_it_is_done);
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(android.writes(), SizeIs(2));
  ASSERT_THAT(report->failed, SizeIs(1));
  EXPECT_EQ(report->failed[0].error.kind, ErrorKind::unknown_outcome);
}

TEST_F(LoopTest, ARefusedStepIsNotTriedTwiceAndDoesNotStopTheOtherApp) {
  add_ios();
  open_release();
  android.refuse_write({ErrorKind::refused, "no", "ask ana"});
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(android.writes(), SizeIs(1));
  EXPECT_THAT(ios.writes(), ElementsAre("create_version", "attach_build", "submit"));
  ASSERT_THAT(report->failed, SizeIs(1));
  EXPECT_EQ(report->failed[0].step.app, "android");
  EXPECT_EQ(report->failed[0].error.message, "no");
  const auto& failing = report->state.find(k_version)->find("android")->failing;
  ASSERT_TRUE(failing);
  EXPECT_EQ(failing->detail, "no\nask ana") << "the log has what to do about it";
}

TEST_F(LoopTest, NothingIsSentToAnAppThatCouldNotBeLookedAt) {
  open_release();
  for (int i = 0; i < 10; ++i) android.fail_look({ErrorKind::unreachable, "no answer", ""});
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(android.writes(), IsEmpty());
  ASSERT_THAT(report->failed_looks, SizeIs(1));
  EXPECT_EQ(report->failed_looks[0].error.message, "no answer");
}

TEST_F(LoopTest, AStepIsTakenOnACloseLookOnly) {
  open_release();
  expect_advance();
  event::Resumed on;
  on.version = k_version;
  on.app = "android";
  on.why = "no gate is defined";
  on.overrides = {"any"};
  say(on);
  clock.advance(k_day);
  const auto seen_before = android.calls().size();
  expect_advance();
  const std::vector<std::string> later(android.calls().begin() + static_cast<std::ptrdiff_t>(seen_before),
                                       android.calls().end());
  const auto write = std::find(later.begin(), later.end(), "complete");
  ASSERT_NE(write, later.end()) << testing::PrintToString(later);
  ASSERT_NE(write, later.begin());
  EXPECT_EQ(*(write - 1), "observe full");
}

TEST_F(LoopTest, APlanAndALookTakeNoStep) {
  open_release();
  const auto before = events().size();
  const auto planned = plan(definition, ports);
  ASSERT_TRUE(planned) << planned.error().text();
  ASSERT_THAT(planned->plan.steps, SizeIs(1));
  EXPECT_EQ(planned->plan.steps[0].action, Action::start_rollout);
  EXPECT_EQ(events().size(), before);
  const auto looked = observe(definition, ports);
  ASSERT_TRUE(looked) << looked.error().text();
  EXPECT_THAT(kinds(), testing::Contains("seen"));
  EXPECT_THAT(all_of<event::Intent>(), IsEmpty());
  EXPECT_THAT(android.writes(), IsEmpty());
}

TEST_F(LoopTest, ASavedPlanIsCarriedOutExactlyOrNotAtAll) {
  open_release();
  options.only = plan(definition, ports)->plan.steps;
  options.only->front().to_percent = Percent::whole(7);
  const auto stale = advance();
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, ErrorKind::conflict);
  EXPECT_THAT(stale.error().message, HasSubstr("stale"));
  EXPECT_THAT(android.writes(), IsEmpty());
  options.only = plan(definition, ports)->plan.steps;
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(report->done, SizeIs(1));
}

TEST_F(LoopTest, StepsThatAreNotWantedStayDue) {
  open_release();
  options.wanted = [](const Step& step) { return step.action != Action::start_rollout; };
  expect_advance();
  EXPECT_THAT(android.writes(), IsEmpty());
  options.wanted = nullptr;
  expect_advance();
  EXPECT_THAT(android.writes(), ElementsAre("start_rollout 5 %"));
}

// In a console, between the run's look and its call.
TEST_F(LoopTest, WhatSomebodyLoweredSinceTheLookIsNotRaised) {
  open_release();
  expect_advance();
  pass_without_gates();
  clock.advance(k_day * 2);
  bool lowered = false;
  android.on_call = [&](const std::string& call) {
    if (call != "complete" || std::exchange(lowered, true)) return;
    android.stand(k_version, BuildNumber::from(340), ReleaseStatus::serving, Percent::whole(1));
  };
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  ASSERT_TRUE(lowered) << "nothing was raised";
  EXPECT_EQ(android.find(k_version)->percent, Percent::whole(1));
  ASSERT_THAT(report->failed, SizeIs(1));
  EXPECT_EQ(report->failed[0].error.kind, ErrorKind::refused);
  EXPECT_EQ(report->state.find(k_version)->find("android")->allowed, Percent::whole(1))
      << "nothing is granted above it";
}

TEST_F(LoopTest, AnOrderIsHeldToACloseLookAlsoInTheSecondOfTheLastOne) {
  open_release();
  expect_advance();
  event::HaltOrdered halt;
  halt.version = k_version;
  halt.app = "android";
  say(halt);
  const auto before = android.calls().size();
  expect_advance();
  EXPECT_EQ(android.calls().at(before), "observe full");
}

TEST_F(LoopTest, WhatACallChangedIsReadCloselyBeforeAnythingIsSaidOfIt) {
  open_release();
  expect_advance();
  pass_without_gates();
  clock.advance(k_day * 2);
  android.on_call = [&](const std::string& call) {
    if (call == "complete") android.fail_look({ErrorKind::unreachable, "The store does not answer.", ""});
  };
  expect_advance();
  android.on_call = nullptr;
  clock.advance(Duration(600));
  const auto before = android.calls().size();
  expect_advance();
  EXPECT_EQ(android.calls().at(before), "observe full");
  EXPECT_EQ(all_of<event::Seen>().back().release->percent, k_percent_all);
  clock.advance(Duration(600));
  const auto once_more = android.calls().size();
  expect_advance();
  EXPECT_EQ(android.calls().at(once_more), "observe summary") << "once is enough: a close look costs an edit";
}

TEST_F(LoopTest, AListThatLacksWhatWasMadeIsAskedAgain) {
  definition.apps.clear();
  add_ios();
  open_release();
  expect_advance();
  ASSERT_EQ(ios.writes().front(), "create_version");
  ios.stand(k_version, k_build, ReleaseStatus::draft, Percent());
  say(event::Held{k_version, "ios", "not yet"});
  expect_advance();
  clock.advance(k_day);
  event::CandidateChosen awaited;  // until the store has it, each look is a close one
  awaited.version = k_version;
  awaited.app = "ios";
  awaited.build = BuildNumber::from(341);
  say(awaited);
  const auto before = ios.calls().size();
  ios.leave_out(2);
  expect_advance();
  ASSERT_GE(ios.calls().size(), before + 3);
  EXPECT_EQ(ios.calls().at(before), "observe full");
  const auto seen = all_of<event::Seen>();
  EXPECT_TRUE(seen.back().release.has_value()) << "one list was believed";
}

TEST_F(LoopTest, AGlanceThatShowsMoreThanBeforeIsReadCloselyBeforeItIsBelieved) {
  definition.apps.clear();
  add_ios();
  open_release();
  ios.stand(k_version, k_build, ReleaseStatus::serving, Percent::whole(5));
  expect_advance();
  clock.advance(Duration(600));
  const auto before = ios.calls().size();
  ios.on_call = [&](const std::string& call) {
    const bool glance = call == "observe summary";
    ios.stand(k_version, k_build, ReleaseStatus::serving, glance ? k_percent_all : Percent::whole(5));
  };
  expect_advance();
  EXPECT_EQ(ios.calls().at(before), "observe summary");
  EXPECT_EQ(ios.calls().at(before + 1), "observe full");
  for (const auto& seen : all_of<event::Seen>()) EXPECT_LE(seen.release->percent, Percent::whole(5));
}

TEST_F(LoopTest, AnotherHandOnARolloutIsNoticedWithinAnHour) {
  open_release();
  expect_advance();
  clock.advance(Duration(59 * 60));
  const auto before = android.calls().size();
  expect_advance();
  EXPECT_THAT(std::vector(android.calls().begin() + static_cast<std::ptrdiff_t>(before), android.calls().end()),
              ElementsAre("observe summary"))
      << "a close look costs an edit, and Google counts those";
  android.stand(k_version, k_build, ReleaseStatus::serving, Percent::whole(50));
  clock.advance(Duration(120));
  const auto within_the_hour = android.calls().size();
  expect_advance();
  EXPECT_EQ(android.calls().at(within_the_hour), "observe full");
  EXPECT_THAT(all_of<event::Drifted>(), SizeIs(1));
}

TEST_F(LoopTest, WithoutThatTheStoreIsLookedAtFirst) {
  open_release();
  expect_advance();
  event::HaltOrdered halt;
  halt.version = k_version;
  halt.app = "android";
  say(halt);
  const auto before = android.calls().size();
  expect_advance();
  EXPECT_THAT(android.calls().at(before), HasSubstr("observe"));
  EXPECT_EQ(android.writes().back(), "halt");
}

TEST_F(LoopTest, EveryEventOfTheRunIsToldInTheLogsOrder) {
  add_ios();
  open_release();
  const Seq before = events().size();
  std::vector<Seq> told;
  options.on_event = [&](const Event& event) { told.push_back(event.seq); };
  expect_advance();
  ASSERT_EQ(told.size(), events().size() - before);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], before + i + 1);
}

TEST_F(LoopTest, ASignalIsAskedOnceForEachMomentHoweverOftenTheLoopTurns) {
  FakeSignalSource crashes;
  Signal signal;
  signal.name = "crashes";
  definition.signals = {signal};
  Gate gate;
  gate.signal = "crashes";
  gate.limit = 0.01;
  definition.gates = {gate};
  ports.signals["crashes"] = &crashes;
  open_release();
  expect_advance();
  EXPECT_THAT(crashes.asked, ElementsAre("crashes 3.4.0"));
  clock.advance(Duration(3600));
  expect_advance();
  EXPECT_THAT(crashes.asked, ElementsAre("crashes 3.4.0", "crashes 3.4.0"));
}

TEST_F(LoopTest, AChannelThatFailsDoesNotHoldTheTrain) {
  FakeNotifier channel;
  channel.failure = Error{ErrorKind::unreachable, "no answer", ""};
  Channel webhook;
  webhook.kind = ChannelKind::webhook;
  webhook.topics = {Topic::stage};
  definition.notify = {webhook};
  ports.channels = {&channel};
  open_release();
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(android.writes(), ElementsAre("start_rollout 5 %"));
  EXPECT_THAT(channel.sent, IsEmpty());
  channel.failure.reset();
  clock.advance(Duration(3600));
  expect_advance();
  ASSERT_FALSE(channel.sent.empty());
  const auto sent = channel.sent.size();
  expect_advance();
  EXPECT_EQ(channel.sent.size(), sent);
}

}  // namespace
}  // namespace train::runner::test
