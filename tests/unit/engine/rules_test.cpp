// Rules in force, and what happens when the definition changes while a release is out.
#include <gtest/gtest.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

Scene rolling() {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 1, 1, 30);
  s.measured("android", 2, 5000);
  s.detect_all();
  return s;
}

const AppProgress& android(const Scene& s) { return *s.state.find(k_version)->find("android"); }

TEST(Rules, AreInTheLogOnceTheVersionIsOut) {
  const Scene s = rolling();
  ASSERT_EQ(android(s).rules.size(), 1u);
  EXPECT_EQ(android(s).rules[0].gate.limit, 0.01);
  EXPECT_EQ(android(s).rules[0].bakes.size(), 5u);
  EXPECT_EQ(android(s).verdict, Verdict::pass);
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(Rules, AChangedLimitHoldsUntilAPersonTakesIt) {
  Scene s = rolling();
  s.def.gates[0].limit = 0.02;
  s.detect_all();
  EXPECT_EQ(android(s).changed_rules.at("crashes"), "limit 0.01 -> 0.02");
  EXPECT_EQ(android(s).rules[0].gate.limit, 0.01);
  EXPECT_EQ(android(s).verdict, Verdict::hold);
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_TRUE(s.needs_person("android"));
  s.add(event::Resumed{k_version, "android", "agreed with support", {"crashes"}}, "ana");
  s.detect_all();
  EXPECT_EQ(android(s).rules[0].gate.limit, 0.02);
  EXPECT_TRUE(android(s).changed_rules.empty());
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(Rules, AChangeThatIsTakenBackIsOver) {
  Scene s = rolling();
  s.def.gates[0].limit = 0.02;
  s.detect_all();
  s.def.gates[0].limit = 0.01;
  s.detect_all();
  EXPECT_TRUE(android(s).changed_rules.empty());
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(Rules, TheOldLimitStillHaltsMeanwhile) {
  Scene s = rolling();
  s.def.gates[0].limit = 0.5;
  s.measured("android", 300, 6000);
  s.detect_all();
  EXPECT_EQ(android(s).verdict, Verdict::breach);
  EXPECT_EQ(android(s).breaches.count("crashes"), 1u);
}

TEST(Rules, ARemovedGateIsStillAsked) {
  Scene s = rolling();
  s.def.gates.clear();
  s.detect_all();
  EXPECT_EQ(android(s).changed_rules.at("crashes"), "removed");
  EXPECT_EQ(s.action_of("android"), "");
}

TEST(Rules, WhatVoidsNothingIsTakenAtOnce) {
  Scene s = rolling();
  s.def.gates[0].on_breach = Reaction::pause;
  s.def.gates[0].max_wait = Duration(3600);
  s.detect_all();
  EXPECT_TRUE(android(s).changed_rules.empty());
  EXPECT_EQ(android(s).rules[0].gate.on_breach, Reaction::pause);
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(Rules, AnAddedGateIsJudgedAtOnce) {
  Scene s = rolling();
  Signal more = s.def.signals[0];
  more.name = "anr";
  s.def.signals.push_back(more);
  Gate gate = s.def.gates[0];
  gate.signal = "anr";
  s.def.gates.push_back(gate);
  s.detect_all();
  EXPECT_EQ(android(s).rules.size(), 2u);
  EXPECT_EQ(android(s).verdict, Verdict::hold);
}

TEST(Counted, HaltEvidenceStartsAnewEachDay) {
  Scene s = rolling();
  for (int day = 1; day <= 3; ++day) {
    s.now += std::chrono::hours(24);
    s.measured("android", 2 + day, 5000 + 1000 * day);
    s.detect_all();
  }
  EXPECT_EQ(android(s).history.at("crashes").restarts.size(), 4u) << "30 hours had passed, and three days since";
  EXPECT_EQ(android(s).history.at("crashes").halt_blocks.size(), 0u) << "nothing is compared with the live version";
}

}  // namespace
}  // namespace train::engine::test
