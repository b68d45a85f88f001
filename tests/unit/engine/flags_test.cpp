// A feature's own signal: its flag goes first, apps get the time to hear of it, and only then is the binary judged.
#include <gtest/gtest.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using std::chrono::minutes;

class FeatureBreach : public ::testing::Test {
 protected:
  FeatureBreach() {
    Flag flag;
    flag.name = "new_checkout";
    flag.provider = "file";
    flag.value_on = "true";
    flag.value_off = "false";
    flag.signal = "crashes";
    s.def.flags = {flag};
    s.open();
    s.sign_everything();
    s.rolling("android", 2, 5, 48);
  }

  void pass(Duration length) { s.now += length; }
  const event::Breached* breach_in(const std::vector<EventBody>& events) {
    for (const auto& body : events) {
      if (const auto* found = std::get_if<event::Breached>(&body)) return &(seen_ = *found);
    }
    return nullptr;
  }
  void breach() {
    s.measured("android", 300, 10000);
    s.detect_all();
  }
  void set_flag(const std::string& value, event::Outcome::Result result = event::Outcome::Result::done) {
    Step step;
    step.action = Action::set_flag;
    step.version = k_version;
    step.subject = "new_checkout";
    step.value = value;
    const auto operation = "flag" + std::to_string(s.state.seq);
    s.add(event::Intent{operation, "run", s.now, step});
    s.add(event::Outcome{operation, result, ""});
  }
  Verdict verdict() { return *s.state.find(k_version)->find("android")->verdict; }

  Scene s;
  event::Breached seen_;
};

TEST_F(FeatureBreach, SwitchesTheFlagOffAndLeavesTheBinary) {
  s.measured("android", 300, 10000);
  const auto events = s.detect_all();
  ASSERT_NE(breach_in(events), nullptr);
  EXPECT_EQ(seen_.reaction, Reaction::switch_off);
  const auto plan = s.plan();
  EXPECT_EQ(plan.steps.at(0).action, Action::set_flag);
  EXPECT_EQ(plan.steps.at(0).value, "false");
  EXPECT_EQ(s.step_of(plan, "android"), nullptr);
}

TEST_F(FeatureBreach, OneFlagForBothStoresIsSwitchedOnce) {
  s.rolling("ios", 2, 5, 48);
  s.measured("ios", 300, 10000);
  breach();
  int switched = 0;
  for (const auto& step : s.plan().steps) switched += step.action == Action::set_flag ? 1 : 0;
  EXPECT_EQ(switched, 1);
  set_flag("false");
  for (const auto& step : s.plan().steps) EXPECT_NE(step.action, Action::set_flag);
}

TEST_F(FeatureBreach, WhatComesInWhileAppsHearOfItIsHeldAgainstNobody) {
  breach();
  set_flag("false");
  pass(minutes(29));
  s.measured("android", 900, 20000);
  EXPECT_EQ(breach_in(s.detect_all()), nullptr);
  EXPECT_EQ(verdict(), Verdict::hold);
  EXPECT_EQ(s.action_of("android"), "");
  bool tells_when = false;
  for (const auto& wait : s.plan().waits)
    tells_when = tells_when || (wait.kind == WaitKind::gate && wait.until == s.now + minutes(1));
  EXPECT_TRUE(tells_when);
}

TEST_F(FeatureBreach, ACuredSignalPassesAgainAndTheRolloutGoesOn) {
  breach();
  set_flag("false");
  pass(minutes(30));
  s.measured("android", 900, 20000);
  s.detect_all();  // counted anew from here
  pass(std::chrono::hours(12));
  s.measured("android", 900 + 4, 20000 + 6000);
  EXPECT_EQ(breach_in(s.detect_all()), nullptr);
  EXPECT_EQ(verdict(), Verdict::pass);
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST_F(FeatureBreach, WhatStillGoesWrongOnceTheyHaveIsTheBinarys) {
  breach();
  set_flag("false");
  pass(minutes(30));
  s.measured("android", 600, 20000);
  EXPECT_EQ(breach_in(s.detect_all()), nullptr);
  pass(std::chrono::hours(3));
  s.measured("android", 800, 26000);
  ASSERT_NE(breach_in(s.detect_all()), nullptr);
  EXPECT_EQ(seen_.reaction, Reaction::rollback);
  EXPECT_EQ(s.action_of("android"), "halt");
}

TEST_F(FeatureBreach, ADarkSignalIsNotCountedAnewUntilItAnswers) {
  breach();
  set_flag("false");
  pass(minutes(40));
  s.evidence.apps.clear();
  EXPECT_TRUE(s.detect_all().empty());
  pass(minutes(40));
  s.measured("android", 900, 20000);
  EXPECT_EQ(breach_in(s.detect_all()), nullptr);
  EXPECT_TRUE(s.state.find(k_version)->find("android")->breaches.at("crashes").settled);
}

TEST_F(FeatureBreach, AFlagThatCannotBeSwitchedOffLeavesTheBlameWithTheBinary) {
  breach();
  set_flag("false", event::Outcome::Result::failed);
  pass(minutes(29));
  s.measured("android", 301, 10100);
  EXPECT_EQ(breach_in(s.detect_all()), nullptr);
  pass(minutes(1));
  s.measured("android", 302, 10200);
  ASSERT_NE(breach_in(s.detect_all()), nullptr);
  EXPECT_EQ(seen_.reaction, Reaction::rollback);
  EXPECT_NE(seen_.evidence.why.find("new_checkout could not be switched off"), std::string::npos);
}

TEST_F(FeatureBreach, TheOtherStoresAppIsCountedAnewAsWell) {
  s.rolling("ios", 2, 5, 48);
  breach();
  set_flag("false");
  pass(minutes(10));
  s.measured("ios", 300, 10000);
  ASSERT_NE(breach_in(s.detect_all()), nullptr);
  EXPECT_EQ(seen_.app, "ios");
  EXPECT_EQ(seen_.reaction, Reaction::switch_off) << "what it has counted is mostly from before the switch";
  pass(minutes(20));
  s.measured("ios", 330, 11000);
  EXPECT_EQ(breach_in(s.detect_all()), nullptr);
  pass(std::chrono::hours(2));
  s.measured("ios", 530, 17000);
  ASSERT_NE(breach_in(s.detect_all()), nullptr);
  EXPECT_EQ(seen_.reaction, Reaction::rollback);
}

TEST_F(FeatureBreach, AFlagThatWasOffBeforeTheRolloutTakesNoBlame) {
  s.now -= std::chrono::hours(72);
  set_flag("false");
  s.now += std::chrono::hours(72);
  breach();
  EXPECT_EQ(s.state.find(k_version)->find("android")->breaches.at("crashes").reaction, Reaction::rollback);
}

TEST_F(FeatureBreach, TheSettleTimeIsTheFlagsOwn) {
  s.def.flags[0].settle = Duration(0);
  breach();
  set_flag("false");
  pass(minutes(1));
  s.measured("android", 600, 20000);
  s.detect_all();
  EXPECT_TRUE(s.state.find(k_version)->find("android")->breaches.at("crashes").settled);
}

TEST_F(FeatureBreach, SaysWhyAFlagIsKeptOffUntilAPersonOverrides) {
  EXPECT_FALSE(kept_off(s.def, s.state, "new_checkout"));
  breach();
  set_flag("false");
  const auto reason = kept_off(s.def, s.state, "new_checkout");
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->rule, "gate:crashes");
  s.add(event::Resumed{k_version, "android", "mended on the server", {"crashes"}}, "ana");
  EXPECT_FALSE(kept_off(s.def, s.state, "new_checkout"));
}

TEST_F(FeatureBreach, AReleaseThatIsDoneKeepsNoFlagOff) {
  breach();
  set_flag("false");
  s.add(event::Finished{k_version});
  EXPECT_FALSE(kept_off(s.def, s.state, "new_checkout"));
}

TEST_F(FeatureBreach, SettingTheSameValueAgainDoesNotBeginAnotherSettleTime) {
  breach();
  set_flag("false");
  const Instant first = s.now;
  pass(minutes(20));
  set_flag("false");
  EXPECT_EQ(s.state.flags.at("new_checkout").since, first);
  EXPECT_EQ(s.state.flags.at("new_checkout").as_of, s.now);
}

}  // namespace
}  // namespace train::engine::test
