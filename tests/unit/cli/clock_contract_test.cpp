// What every clock promises (ports/clock.hpp), held by the system's, by the sandbox's over HTTP, and by the one that
// the tests of the loop step. Nobody sleeps: the system's clock is asked to wait for what has been.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>

#include "compose/clocks.hpp"
#include "support/step_clock.hpp"
#include "train/base/interruption.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::cli {
namespace {

using namespace std::chrono_literals;

TEST(SensibleTime, IsNoneThatTheLogCouldNotReadAgain) {
  EXPECT_TRUE(sensible_time(*parse_rfc3339("2026-11-30T09:00:00Z")));
  for (const auto* at : {"9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"}) {
    const auto refused = sensible_time(*parse_rfc3339(at));
    ASSERT_FALSE(refused) << at;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  }
}

struct ClockBench {
  std::unique_ptr<sandbox::Sandbox> world;
  std::unique_ptr<Clock> clock;
  Duration ahead{5h};                                   // what may be waited for
  std::function<void()> interrupt = &train::interrupt;  // as SIGINT does
};

struct Timepiece {
  const char* name;
  ClockBench (*open)();
};

ClockBench open_system() { return {nullptr, make_system_clock(), Duration(0)}; }
ClockBench open_step() {
  auto clock = std::make_unique<test::StepClock>(*parse_rfc3339("2026-11-30T09:00:00Z"));
  auto* step = clock.get();
  return {nullptr, std::move(clock), Duration(5h), [step] { step->interrupted = true; }};
}
ClockBench open_sandbox() {
  auto world = sandbox::Sandbox::start({});
  EXPECT_TRUE(world) << (world ? "" : world.error().text());
  auto clock = make_sandbox_clock((*world)->url() + "/_sandbox/clock");
  EXPECT_TRUE(clock) << (clock ? "" : clock.error().text());
  return {std::move(*world), std::move(*clock)};
}

class ClockContract : public testing::TestWithParam<Timepiece> {
 protected:
  ClockBench bench_ = GetParam().open();
  Clock& clock() { return *bench_.clock; }
};
INSTANTIATE_TEST_SUITE_P(, ClockContract,
                         testing::Values(Timepiece{"system", open_system}, Timepiece{"step", open_step},
                                         Timepiece{"sandbox", open_sandbox}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(ClockContract, WhatHasBeenIsNotWaitedFor) {
  const Instant now = clock().now();
  EXPECT_TRUE(clock().wait_until(now - 1h));
  EXPECT_TRUE(clock().wait_until(now));
  EXPECT_GE(clock().now(), now) << "it never goes back";
  EXPECT_LT(clock().now(), now + 1min) << "nor forward by what was asked for in the past";
}

TEST_P(ClockContract, AWaitEndsWhenItsTimeHasCome) {
  const Instant until = clock().now() + bench_.ahead;
  EXPECT_TRUE(clock().wait_until(until));
  EXPECT_GE(clock().now(), until);
}

TEST_P(ClockContract, AnInterruptedWaitIsNoTimeThatHasCome) {
  bench_.interrupt();
  EXPECT_FALSE(clock().wait_until(clock().now() + 1h));
  forget_interruption();
}

}  // namespace
}  // namespace train::cli
