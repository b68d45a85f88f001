// Who asks for a trace is told of every decision.
#include "bench.hpp"

namespace train::runner::test {
namespace {

TEST_F(LoopTest, EveryDecisionIsToldAndThoseOfADryRunToo) {
  open_release();
  std::vector<std::size_t> steps;
  ports.on_decision = [&](const Plan& plan) { steps.push_back(plan.steps.size()); };
  ASSERT_TRUE(plan(definition, ports));
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps.back(), 1U);
  steps.clear();
  expect_advance();
  ASSERT_GE(steps.size(), 2U);
  EXPECT_EQ(steps.back(), 0U);
}

}  // namespace
}  // namespace train::runner::test
