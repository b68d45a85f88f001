// Which exit code a run ends in.
#include <gtest/gtest.h>

#include "exit_code.hpp"

namespace train::cli {
namespace {

runner::Report that_failed(Action action, ErrorKind kind, runner::Report report = {}) {
  Step step;
  step.action = action;
  report.failed.push_back({step, Error{kind, "no", ""}});
  return report;
}

TEST(RunExit, AStepThatFailedIsOne) {
  EXPECT_EQ(exit_of(that_failed(Action::submit, ErrorKind::refused)), Exit::failed);
  EXPECT_EQ(exit_of(that_failed(Action::submit, ErrorKind::auth)), Exit::credentials);
}

// Messages are best effort: a webhook that was deleted years ago makes no job red, and hides no step that failed.
TEST(RunExit, AChannelThatIsGoneIsNoFailureOfTheTrain) {
  auto report = that_failed(Action::notify, ErrorKind::not_found);
  report = that_failed(Action::notify, ErrorKind::auth, std::move(report));
  EXPECT_EQ(exit_of(report), Exit::done);
  Wait wait;
  wait.needs_person = true;
  report.plan.waits.push_back(wait);
  EXPECT_EQ(exit_of(report), Exit::person);
  EXPECT_EQ(exit_of(that_failed(Action::start_rollout, ErrorKind::refused, std::move(report))), Exit::failed);
}

// From the third refusal on somebody is called, and that is what the job says: it is not the network.
TEST(RunExit, ARefusalThatCalledAPersonIsThree) {
  auto report = that_failed(Action::start_rollout, ErrorKind::refused);
  Wait wait;
  wait.needs_person = true;
  wait.because = {{"refused", "3 times", "accepted"}};
  wait.app = "android";
  report.plan.waits.push_back(wait);
  EXPECT_EQ(exit_of(report), Exit::failed) << "of another app";
  report.failed[0].step.app = "android";
  EXPECT_EQ(exit_of(report), Exit::person);
  report.failed[0].error.kind = ErrorKind::auth;
  EXPECT_EQ(exit_of(report), Exit::credentials);
}

}  // namespace
}  // namespace train::cli
