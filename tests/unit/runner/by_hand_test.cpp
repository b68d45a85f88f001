// What a person does by hand: intent, call, outcome, whatever happens in between.
#include "train/runner/by_hand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "train/event_log/file_log.hpp"
#include "train/runner/runner.hpp"

namespace train::runner {
namespace {

using testing::HasSubstr;
using Outcome = event::Outcome::Result;

class StillClock final : public Clock {
 public:
  Instant now() override { return *parse_rfc3339("2026-11-30T09:00:00Z"); }
  bool wait_until(Instant) override { return true; }
};

struct Killed {};  // what a process does that ends in the middle of its call

// A store with one recovery; its answers can be lost.
struct Outside {
  bool deployed = false;
  bool readable = true;
  int calls = 0;
  int looks = 0;
};

Step deploy_step() {
  Step step;
  step.action = Action::deploy_recovery;
  step.app = "android";
  step.build = BuildNumber::from(330);
  step.subject = "4611";
  return step;
}

class DoByHand : public testing::Test {
 protected:
  void SetUp() override {
    const bool memory = ::access("/dev/shm", W_OK) == 0;
    const std::filesystem::path base = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string pattern = (base / "train-hand-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  // Each is a process of its own: the locks of its runs end with it.
  std::unique_ptr<EventLog> process() const { return event_log::make_file_log({directory_, "charge", {}, {}}); }

  HandOrder order(std::function<Result<Done>()> call) {
    HandOrder out;
    out.by = "ana";
    out.why = "loses payments";
    out.decide = [](const engine::State&) { return Result<Step>(deploy_step()); };
    out.shows = [this](const Step&) -> Result<bool> {
      ++outside_.looks;
      if (!outside_.readable) return fail(ErrorKind::unreachable, "The store does not answer.");
      return outside_.deployed;
    };
    out.call = [this, call](const Step&) {
      ++outside_.calls;
      return call();
    };
    return out;
  }
  HandOrder deploying() {
    return order([this] {
      outside_.deployed = true;
      return Result<Done>(Done{});
    });
  }
  // The call goes out, has its effect or not, and nothing is heard of it.
  HandOrder losing(bool effect) {
    return order([this, effect]() -> Result<Done> {
      outside_.deployed = effect;
      return fail(ErrorKind::unknown_outcome, "The answer was lost.");
    });
  }
  void die_in_the_call(bool effect) {
    const auto log = process();
    const auto dying = order([this, effect]() -> Result<Done> {
      outside_.deployed = effect;
      throw Killed{};
    });
    EXPECT_THROW(do_by_hand(*log, clock_, dying).has_value(), Killed);
  }
  Result<engine::State> run(const HandOrder& what) {
    const auto log = process();
    return do_by_hand(*log, clock_, what);
  }
  // "intent ana", "done ana", …
  std::vector<std::string> told() const {
    const auto log = process();
    const auto events = log->read(0);
    std::vector<std::string> out;
    if (!events) return {events.error().text()};
    constexpr const char* results[] = {"done", "failed", "unknown", "superseded"};
    for (const auto& event : *events) {
      const auto* outcome = std::get_if<event::Outcome>(&event.body);
      const std::string what =
          outcome == nullptr ? std::string(kind_of(event.body)) : results[static_cast<int>(outcome->result)];
      out.push_back(what + " " + event.by);
    }
    return out;
  }
  using Told = std::vector<std::string>;

  std::filesystem::path directory_;
  StillClock clock_;
  Outside outside_;
};

TEST_F(DoByHand, IntentStandsInTheLogBeforeTheCall) {
  const auto log = process();
  Told before;
  const auto state = do_by_hand(*log, clock_, order([&] {
    before = told();
    return Result<Done>(Done{});
  }));
  ASSERT_TRUE(state) << state.error().text();
  EXPECT_EQ(before, Told{"intent ana"});
  EXPECT_EQ(told(), (Told{"intent ana", "done ana"}));
  const auto intent = std::get<event::Intent>(log->read(0)->at(0).body);
  EXPECT_EQ(intent.why, "loses payments");
  EXPECT_FALSE(intent.operation.empty());
  EXPECT_GT(intent.expires, clock_.now());
  EXPECT_EQ(state->last_by_hand(deploy_step())->why, "loses payments");
}

TEST_F(DoByHand, RefusedOrderLeavesNothing) {
  auto refused = deploying();
  refused.decide = [](const engine::State&) -> Result<Step> { return fail(ErrorKind::refused, "Not yours."); };
  EXPECT_EQ(run(refused).error().kind, ErrorKind::refused);
  EXPECT_EQ(told(), Told{});
  EXPECT_EQ(outside_.calls, 0);
}

TEST_F(DoByHand, StoresRefusalIsItsOutcome) {
  const auto state = run(order([]() -> Result<Done> { return fail(ErrorKind::refused, "It is over."); }));
  EXPECT_EQ(state.error().message, "It is over.");
  EXPECT_EQ(told(), (Told{"intent ana", "failed ana"}));
}

TEST_F(DoByHand, LostAnswerThatHadEffectIsFoundAndNotSentAgain) {
  EXPECT_EQ(run(losing(true)).error().kind, ErrorKind::unknown_outcome);
  EXPECT_EQ(told(), (Told{"intent ana", "unknown ana"}));
  const auto again = run(deploying());
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(outside_.calls, 1);
  EXPECT_EQ(told(), (Told{"intent ana", "unknown ana", "intent ana", "done ana"}));
  EXPECT_FALSE(again->last_by_hand(deploy_step())->is_unsettled());
}

TEST_F(DoByHand, LostAnswerWithoutEffectIsSentAgainAfterALook) {
  run(losing(false));
  ASSERT_TRUE(run(deploying()));
  EXPECT_EQ(outside_.looks, 1);
  EXPECT_EQ(outside_.calls, 2);
}

TEST_F(DoByHand, NothingIsRepeatedWhileTheStoreCannotBeRead) {
  run(losing(true));
  outside_.readable = false;
  EXPECT_EQ(run(deploying()).error().kind, ErrorKind::unreachable);
  EXPECT_EQ(outside_.calls, 1);
  EXPECT_EQ(told(), (Told{"intent ana", "unknown ana"}));
}

TEST_F(DoByHand, KilledAfterTheEffectIsFoundDoneByTheNext) {
  die_in_the_call(true);
  EXPECT_EQ(told(), Told{"intent ana"});
  auto next = deploying();
  next.by = "ben";
  const auto state = run(next);
  ASSERT_TRUE(state) << state.error().text();
  EXPECT_EQ(outside_.calls, 1) << "nothing is sent twice";
  EXPECT_EQ(told(), (Told{"intent ana", "done ben"}));
  EXPECT_EQ(state->last_by_hand(deploy_step())->by, "ana") << "whose order it was";
  EXPECT_TRUE(state->open.empty());
}

TEST_F(DoByHand, KilledBeforeTheEffectIsDoneByTheNext) {
  die_in_the_call(false);
  ASSERT_TRUE(run(deploying()));
  EXPECT_EQ(outside_.calls, 2);
  EXPECT_TRUE(outside_.deployed);
  EXPECT_EQ(told(), (Told{"intent ana", "superseded ana", "intent ana", "done ana"}));
}

TEST_F(DoByHand, AnotherOrderOnTheSameThingSettlesTheDeadOneFirst) {
  die_in_the_call(true);
  auto cancel = deploying();
  cancel.decide = [](const engine::State&) {
    Step step = deploy_step();
    step.action = Action::cancel_recovery;
    return Result<Step>(step);
  };
  ASSERT_TRUE(run(cancel));
  EXPECT_EQ(outside_.calls, 2) << "it is another order, which the dead one did not do";
  EXPECT_EQ(told(), (Told{"intent ana", "done ana", "intent ana", "done ana"}));
}

TEST_F(DoByHand, RunThatIsAtTheSameThingIsLeftAlone) {
  const auto first = process();
  Result<engine::State> second = engine::State{};
  const auto state = do_by_hand(*first, clock_, order([&] {
    second = run(deploying());
    return Result<Done>(Done{});
  }));
  ASSERT_TRUE(state) << state.error().text();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("`deploy_recovery` on android"));
  EXPECT_EQ(outside_.calls, 1);
  EXPECT_EQ(told(), (Told{"intent ana", "done ana"}));
}

TEST_F(DoByHand, LoopNeitherWaitsForAPersonsCallNorWritesItOff) {
  const auto first = process();
  const Definition definition;
  Result<Report> looped = Report{};
  const auto state = do_by_hand(*first, clock_, order([&] {
    const auto other = process();
    Ports ports;
    ports.log = other.get();
    ports.clock = &clock_;
    looped = advance(definition, ports, {});
    return Result<Done>(Done{});
  }));
  ASSERT_TRUE(state) << state.error().text();
  EXPECT_TRUE(looped) << looped.error().text();
  EXPECT_EQ(told(), (Told{"intent ana", "done ana"}));
}

TEST_F(DoByHand, WhatMakesThingsSafeGoesOnBesideOthers) {
  const auto first = process();
  bool second = false;
  ASSERT_TRUE(do_by_hand(*first, clock_, order([&] {
    auto beside = deploying();
    beside.beside = BesideOthers::allowed;
    second = run(beside).has_value();
    return Result<Done>(Done{});
  })));
  EXPECT_TRUE(second);
  EXPECT_EQ(outside_.looks, 0);
}

}  // namespace
}  // namespace train::runner
