// A step goes to the capability it needs. An over-the-air service takes no archive, keeps no version record and reviews
// nothing: it fits with what every store has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../../../src/runner/act.hpp"

namespace train::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class OverTheAir final : public Store, Percentages {
 public:
  std::vector<std::string> calls;

  Result<std::vector<SeenRelease>> served() override { return std::vector<SeenRelease>(); }
  Result<StoreView> observe(const Sought&, Depth) override { return StoreView{}; }
  Result<Done> start_rollout(const Candidate&, Percent to, const Notes&) override { return note("start " + to.text()); }
  Result<Done> resume(const Candidate&, Percent to) override { return note("resume " + to.text()); }
  Result<Done> complete(const Candidate&) override { return note("complete"); }
  Result<Done> halt(const Candidate&) override { return note("halt"); }
  Result<Done> set_percent(const Candidate&, Percent to) override { return note("set " + to.text()); }
  Result<std::vector<Probe>> probe() override { return std::vector<Probe>{}; }
  Capabilities offers() override {
    Capabilities out;
    out.percentages = this;
    return out;
  }

 private:
  Result<Done> note(std::string call) {
    calls.push_back(std::move(call));
    return Done{};
  }
};

class ActOnStore : public testing::Test {
 protected:
  ActOnStore() {
    App app;
    app.name = "updates";
    definition_.apps = {app};
    ports_.stores["updates"] = &store_;
  }

  Result<Done> take(Action action) {
    Step step;
    step.action = action;
    step.app = "updates";
    step.version = *VersionName::parse("3.4.0");
    step.to_percent = Percent::whole(5);
    return act(definition_, ports_, engine::State{}, step);
  }

  OverTheAir store_;
  Definition definition_;
  Ports ports_;
};

TEST_F(ActOnStore, WhatEveryStoreHasNeedsNoCapability) {
  for (const auto action : {Action::start_rollout, Action::set_percent, Action::halt, Action::resume, Action::complete})
    EXPECT_TRUE(take(action)) << to_string(action);
  EXPECT_THAT(store_.calls, ElementsAre("start 5 %", "set 5 %", "halt", "resume 5 %", "complete"));
}

TEST_F(ActOnStore, AStepWithoutItsCapabilityIsAFaultOfOursAndReachesNothing) {
  for (const auto action :
       {Action::upload_build, Action::create_version, Action::attach_build, Action::set_release_notes, Action::submit,
        Action::cancel_submission, Action::distribute, Action::pause, Action::remove_from_sale}) {
    const auto done = take(action);
    ASSERT_FALSE(done) << to_string(action);
    EXPECT_EQ(done.error().kind, ErrorKind::internal) << to_string(action);
    EXPECT_THAT(done.error().message, HasSubstr(std::string(to_string(action))));
  }
  EXPECT_TRUE(store_.calls.empty());
}

}  // namespace
}  // namespace train::runner
