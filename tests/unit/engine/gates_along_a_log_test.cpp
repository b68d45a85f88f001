// Judging in the field along a log: testers, counters that start again, several gates on one signal, small stages.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "scene.hpp"
#include "train/engine/decide.hpp"

namespace train::engine {
namespace {

using namespace std::chrono_literals;
using test::k_version;
using test::Scene;

const AppProgress& field_app(const Scene& s) { return *s.state.find(k_version)->find("android"); }

Scene field_scene() {
  Scene s;
  s.def.apps.erase(s.def.apps.begin());
  s.open();
  s.sign_everything();
  return s;
}

// Started by us and seen at 1 %, with what was counted by then.
void expose(Scene& s, double events, double exposures) {
  s.candidate("android");
  s.did("android", Action::start_rollout, Percent::whole(1));
  s.look("android", ReleaseStatus::serving, 1);
  s.measured("android", events, exposures);
  s.detect_all();
}

void pass_time(Scene& s, Duration time, double events, double exposures) {
  s.now += time;
  s.look("android", ReleaseStatus::serving, 1);
  s.measured("android", events, exposures);
}

TEST(FieldTesters, WhatTheyDidBeforeTheReleaseNeitherHaltsNorPasses) {
  Scene bad = field_scene();
  expose(bad, 30, 500);
  EXPECT_TRUE(field_app(bad).breaches.empty());
  pass_time(bad, 25h, 30, 1500);
  bad.detect_all();
  EXPECT_TRUE(field_app(bad).breaches.empty());
  Scene good = field_scene();
  expose(good, 0, 5000);
  pass_time(good, 25h, 0, 5000);
  good.detect_all();
  EXPECT_EQ(good.action_of("android"), "");
  EXPECT_TRUE(good.waits_for("android", WaitKind::gate));
}

TEST(FieldTesters, ASignalThatWasDarkAtTheBeginningLosesNothing) {
  Scene s = field_scene();
  s.candidate("android");
  s.did("android", Action::start_rollout, Percent::whole(1));
  s.look("android", ReleaseStatus::serving, 1);
  s.detect_all();
  ASSERT_EQ(field_app(s).stage, 1);
  pass_time(s, 2h, 40, 1000);
  s.detect_all();
  EXPECT_EQ(field_app(s).breaches.count("crashes"), 1u);
}

TEST(FieldCounters, OneThatStartsAgainKeepsWhatItCounted) {
  Scene s = field_scene();
  expose(s, 0, 0);
  pass_time(s, 4h, 3, 100);
  s.detect_all();
  pass_time(s, 4h, 6, 200);
  s.detect_all();
  pass_time(s, 20h, 8, 300);
  s.detect_all();
  pass_time(s, 4h, 0, 50);
  const auto told = s.detect_all();
  const auto fell = std::find_if(told.begin(), told.end(), [](const EventBody& body) {
    const auto* counted = std::get_if<event::Counted>(&body);
    return counted != nullptr && !counted->fell.empty();
  });
  ASSERT_NE(fell, told.end());
  ASSERT_FALSE(s.state.outbox.empty());
  EXPECT_EQ(s.state.outbox.back().headline,
            "android 3.4.0: the counter of crashes started again: 0 of 50 after 8 of 300; what was counted before is "
            "kept");
  const auto judged = judge_app(s.def, s.state, s.evidence.apps.back(), s.now).front();
  EXPECT_DOUBLE_EQ(judged.events, 8);
  EXPECT_DOUBLE_EQ(judged.exposures, 350);
  EXPECT_NE(judged.missing.find("the counter started again: needs 200 exposures since, has 0"), std::string::npos);
  pass_time(s, 4h, 0, 250);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  pass_time(s, 4h, 40, 400);
  s.detect_all();
  EXPECT_EQ(field_app(s).breaches.count("crashes"), 1u) << "it is not blind after the fall";
}

TEST(FieldCounters, ASmallRevisionIsNoFall) {
  Scene s = field_scene();
  expose(s, 0, 0);
  pass_time(s, 4h, 20, 10000);
  s.detect_all();
  pass_time(s, 4h, 20, 9950);
  for (const auto& body : s.detect_all()) {
    const auto* counted = std::get_if<event::Counted>(&body);
    EXPECT_TRUE(counted == nullptr || counted->fell.empty());
  }
}

TEST(FieldCounters, APartOfThemThatStartsAgainIsNotCountedTwice) {
  Counter counter;
  counter.note({{9, 300}, {}});
  counter.start_again({{8, 220}, {}});
  EXPECT_EQ(counter.whole({{8, 220}, {}}).counts, (Counts{9, 300}));
  EXPECT_EQ(counter.whole({{10, 320}, {}}).counts, (Counts{11, 400}));
}

TEST(FieldCounters, AreInTheLogEveryThreeHours) {
  Scene s = field_scene();
  expose(s, 0, 0);
  int counted = 0;
  for (int hour = 1; hour <= 12; ++hour) {
    pass_time(s, 1h, 0, 100.0 * hour);
    for (const auto& body : s.detect_all()) counted += std::holds_alternative<event::Counted>(body) ? 1 : 0;
  }
  EXPECT_EQ(counted, 4);
}

// Halt evidence starts anew every six hours: what turns bad at noon is judged by what came since noon.
TEST(FieldRestarts, ComeEverySixHoursAndSayWhenTheyWere) {
  Scene s = field_scene();
  expose(s, 0, 0);
  const Instant begun = s.now;
  std::vector<std::string> restarts;
  for (int hour = 1; hour <= 30; ++hour) {
    pass_time(s, 1h, 0, 100.0 * hour);
    for (const auto& body : s.detect_all()) {
      const auto* counted = std::get_if<event::Counted>(&body);
      if (counted != nullptr && counted->restart) restarts.push_back(format_duration(s.now - begun));
    }
  }
  EXPECT_EQ(restarts, (std::vector<std::string>{"6h", "12h", "18h", "1d", "1d 6h"}));
  std::vector<std::string> names;
  for (const auto& start : field_app(s).history.at("crashes").restarted) names.push_back(start.because);
  EXPECT_EQ(names, (std::vector<std::string>{"6h into day 1", "12h into day 1", "18h into day 1", "day 2 began",
                                             "6h into day 2"}));
}

// ---- several gates on one signal ----
Scene two_gates() {
  Scene s = field_scene();
  Gate early = s.def.gates.front();
  early.name = "crashes-2";
  early.limit = 0.005;
  early.on_breach = Reaction::investigate;
  s.def.gates.push_back(early);
  return s;
}

TEST(FieldNames, TwoGatesOnOneSignalAreTwoGates) {
  Scene s = two_gates();
  expose(s, 0, 0);
  EXPECT_TRUE(field_app(s).changed_rules.empty());
  pass_time(s, 5h, 25, 2000);
  s.detect_all();
  ASSERT_EQ(field_app(s).breaches.count("crashes-2"), 1u);
  EXPECT_EQ(field_app(s).breaches.count("crashes"), 0u);
  EXPECT_EQ(field_app(s).breaches.at("crashes-2").reaction, Reaction::investigate);
  event::Resumed on;
  on.version = k_version;
  on.app = "android";
  on.why = "known";
  on.overrides = {"crashes-2"};
  s.add(on, "ana");
  EXPECT_TRUE(field_app(s).breaches.empty());
  pass_time(s, 5h, 60, 3000);
  s.detect_all();
  EXPECT_EQ(field_app(s).breaches.count("crashes"), 1u) << "what one was overridden for still counts for the other";
}

TEST(FieldNames, AGateThatPassesAndOneThatHoldsAreToldApart) {
  Scene s = two_gates();
  s.def.gates.back().limit = 0.0001;
  expose(s, 0, 0);
  pass_time(s, 25h, 0, 3000);
  s.detect_all();
  std::vector<std::string> items;
  for (const auto& wait : s.plan().waits) items.push_back(wait.item);
  EXPECT_NE(std::find(items.begin(), items.end(), "android:gate:crashes-2"), items.end());
  EXPECT_EQ(std::find(items.begin(), items.end(), "android:gate:crashes"), items.end());
}

TEST(FieldNames, ALevelIsCountedForEachOfItsGates) {
  Scene s = field_scene();
  Signal memory;
  memory.name = "memory";
  memory.source = "prometheus";
  memory.kind = SignalKind::level;
  s.def.signals.push_back(memory);
  Gate high;
  high.signal = "memory";
  high.limit = 90;
  high.on_breach = Reaction::rollback;
  high.spikes = Spikes{1h, 2};
  Gate some = high;
  some.name = "memory-2";
  some.limit = 50;
  some.spikes.reset();
  s.def.gates = {s.def.gates.front(), high, some};
  expose(s, 0, 0);
  for (int i = 0; i < 4; ++i) {
    pass_time(s, 1h, 0, 100);
    Measurement level;
    level.state = Measurement::State::measured;
    level.value = i < 2 ? 70 + i : 95 + i;
    level.as_of = s.now;
    s.evidence.apps.back().signals["memory"] = level;
    s.detect_all();
  }
  EXPECT_EQ(field_app(s).own.at("memory").history.over_limit.now, (Counts{2, 4}));
  EXPECT_EQ(field_app(s).own.at("memory-2").history.over_limit.now, (Counts{4, 4}));
  EXPECT_EQ(field_app(s).breaches.count("memory"), 1u);
  EXPECT_EQ(field_app(s).breaches.count("memory-2"), 0u);
}

// ---- too small to tell ----
std::string gate_wait(const Scene& s) {
  for (const auto& wait : s.plan().waits) {
    if (wait.kind == WaitKind::gate) return wait.detail + (wait.who.empty() ? "" : " [" + wait.who.front() + "]");
  }
  return {};
}

TEST(FieldSmall, ARoleIsAskedAfterTheLongestWaitWithTheNumbersInHand) {
  Scene s = field_scene();
  s.def.gates.front().when_too_small = "qa";
  expose(s, 0, 0);
  pass_time(s, 48h, 0, 100);
  s.detect_all();
  EXPECT_EQ(gate_wait(s).find("too small to tell"), std::string::npos) << "not before the longest wait";
  pass_time(s, 24h * 6, 1, 150);
  s.detect_all();
  EXPECT_EQ(
      gate_wait(s),
      "crashes: needs 200 exposures in this stage, has 150; waited longer than 7d; too small to tell: 1 of 150 "
      "exposures in this "
      "stage (0.667 %), the true rate may be up to 4.32 %; limit 1 %; nothing speaks for harm: evidence 0.6, breach at "
      "100; "
      "`train approve android:gate:crashes` by qa lets this stage pass with these numbers [qa]");
  EXPECT_EQ(s.action_of("android"), "") << "nothing passes by itself";
  s.sign("android:gate:crashes", "ben");
  EXPECT_EQ(s.action_of("android"), "set_percent");
}

TEST(FieldSmall, NobodyIsAskedWhileSomethingSpeaksForHarm) {
  Scene s = field_scene();
  s.def.gates.front().when_too_small = "qa";
  expose(s, 0, 0);
  pass_time(s, 24h * 8, 7, 150);
  s.detect_all();
  ASSERT_EQ(field_app(s).warned.count("crashes") + field_app(s).breaches.count("crashes"), 1u);
  EXPECT_EQ(gate_wait(s).find("too small to tell"), std::string::npos);
}

// ---- old rules ----
TEST(FieldRules, AReleaseThatIsOutTakesTheNewWayOfJudgingWithoutAPerson) {
  Scene s = field_scene();
  expose(s, 0, 0);
  auto old = field_app(s).rules;
  ASSERT_EQ(old.front().judging, Judging::second);
  for (auto& rule : old) {
    rule.judging = Judging::first;
    rule.design_effect.reset();
  }
  s.add(event::RulesSet{k_version, "android", old});
  s.def.signals.front().exposure = Exposure::session;
  s.detect_all();
  EXPECT_EQ(field_app(s).rules.front().judging, Judging::second);
  EXPECT_EQ(field_app(s).rules.front().design_effect, 3);
  EXPECT_TRUE(field_app(s).changed_rules.empty());
}

}  // namespace
}  // namespace train::engine
