// Two runs on one log: whoever appends first acts, and the other does nothing.
#include "bench.hpp"

namespace train::runner::test {
namespace {

using Outcome = event::Outcome::Result;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

event::Held a_hold() { return event::Held{k_version, "ios", "elsewhere"}; }

Step start_step() {
  Step step;
  step.action = Action::start_rollout;
  step.app = "android";
  step.version = k_version;
  step.build = k_build;
  step.to_percent = Percent::whole(5);
  return step;
}

class TwoRunsTest : public LoopTest {
 protected:
  // Somebody else writes one event just before the append that would put `kind` last.
  void write_before_intent() {
    log.before_append = [this] {
      if (kinds().back() != "candidate_chosen") return;
      log.before_append = nullptr;
      say(a_hold());
    };
  }
};

TEST_F(TwoRunsTest, WhoLosesTheRaceForTheIntentSendsNothing) {
  open_release();
  write_before_intent();
  const auto report = advance();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::conflict);
  EXPECT_THAT(android.writes(), IsEmpty());
  EXPECT_THAT(all_of<event::Intent>(), IsEmpty());
  expect_advance();
  EXPECT_THAT(android.writes(), SizeIs(1));
}

TEST_F(TwoRunsTest, AnOutcomeIsWrittenHoweverOftenTheLogMoves) {
  open_release();
  int written = 0;
  log.before_append = [&] {
    if (kinds().back() != "intent" && written == 0) return;
    if (written++ < 3) say(a_hold());
  };
  expect_advance();
  ASSERT_FALSE(all_of<event::Outcome>().empty());
  EXPECT_EQ(outcomes()[0], Outcome::done);
  EXPECT_THAT(all_of<event::Held>(), SizeIs(3));
  EXPECT_THAT(android.writes(), SizeIs(1));
}

TEST_F(TwoRunsTest, WhileAnotherRunIsAtWorkItIsNotOurTurn) {
  open_release();
  MemoryLog other(log.storage());
  const auto run = other.enter();
  say(event::Intent{"op", *run, clock.now() + k_day, start_step()}, "train");
  const auto report = advance();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::conflict);
  EXPECT_THAT(report.error().message, HasSubstr("Another run is doing `start_rollout` on android"));
  EXPECT_THAT(android.calls(), IsEmpty());
}

TEST_F(TwoRunsTest, AnIntentWhoseRunDiedIsWrittenOffAndTheStoreTellsWhatCameOfIt) {
  open_release();
  {
    MemoryLog other(log.storage());
    const auto run = other.enter();
    say(event::Intent{"op", *run, clock.now() + k_day, start_step()}, "train");
    ASSERT_TRUE(android.start_rollout({k_version, k_build}, Percent::whole(5), {}));
  }
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::superseded));
  EXPECT_THAT(android.writes(), SizeIs(1)) << "the dead run's own call, and no second one";
  EXPECT_EQ(report->state.find(k_version)->find("android")->stage, 1);
}

TEST_F(TwoRunsTest, ALookThatAnotherRunDisturbedIsMadeAgain) {
  open_release();
  android.fail_look({ErrorKind::conflict, "the edit has ended", ""});
  android.fail_look({ErrorKind::conflict, "the edit has ended", ""});
  const auto report = advance();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(clock.waits, SizeIs(2));
  EXPECT_THAT(android.writes(), SizeIs(1));
}

TEST_F(TwoRunsTest, ALookThatWasDisturbedWhileTheLogMovedIsTheOthersTurn) {
  open_release();
  android.fail_look({ErrorKind::conflict, "the edit has ended", ""});
  android.on_call = [this](const std::string&) {
    if (all_of<event::Held>().empty()) say(a_hold());
  };
  const auto report = advance();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::conflict);
  EXPECT_THAT(clock.waits, IsEmpty());
}

TEST_F(TwoRunsTest, APersonsCommandDecidesAgainOnTheNewestState) {
  open_release();
  std::vector<Seq> seen;
  log.before_append = [this] {
    log.before_append = nullptr;
    say(a_hold());
  };
  const auto state = record(log, clock, "ben", [&](const engine::State& newest) -> Result<std::vector<EventBody>> {
    seen.push_back(newest.seq);
    return std::vector<EventBody>{event::Abandoned{k_version, "late"}};
  });
  ASSERT_TRUE(state) << state.error().text();
  EXPECT_THAT(seen, ElementsAre(2U, 3U));
  EXPECT_EQ(events().back().by, "ben");
  EXPECT_EQ(kinds().back(), "abandoned");
  EXPECT_TRUE(state->find(k_version)->abandoned);
}

TEST_F(TwoRunsTest, APersonsCommandGivesUpOnALogThatNeverStandsStill) {
  open_release();
  log.before_append = [this] { say(a_hold()); };
  const auto state = record(log, clock, "ben", [](const engine::State&) -> Result<std::vector<EventBody>> {
    return std::vector<EventBody>{event::Abandoned{k_version, "late"}};
  });
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::conflict);
  EXPECT_THAT(all_of<event::Abandoned>(), IsEmpty());
}

TEST_F(TwoRunsTest, ARefusedCommandWritesNothing) {
  open_release();
  const auto before = events().size();
  const auto state = record(log, clock, "ben", [](const engine::State&) -> Result<std::vector<EventBody>> {
    return fail(ErrorKind::refused, "no");
  });
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().message, "no");
  EXPECT_EQ(events().size(), before);
}

}  // namespace
}  // namespace train::runner::test
