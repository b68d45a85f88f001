#include "../../../src/rehearsal/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {
namespace {

using testing::HasSubstr;

const AppRoster k_actors{{"ios", StoreKind::app_store}, {"android", StoreKind::google_play}};

constexpr std::string_view k_whole = R"(about: Everything a scenario can say.
given: { version: 3.5.0, live: 3.4.2, for: 20d, sign_offs: never, calendar: true, apps: { ios: { live: none } } }
events:
  - { when: android at 5%, do: health, crash_rate: 3%, app: android }
  - { when: ios phase rolling_out, after: 2h, do: health, silent: true }
  - { after: 26h, do: fault, path: /play/, method: PATCH, times: 2, fault: "status:503" }
  - { when: android set_percent, do: fault, path: "/play/*:commit", fault: drop_after_effect }
  - { when: ios phase in_review, do: review, app: ios, outcome: rejected }
  - { when: release shipping, do: person, run: "hold --why a long weekend", as: ben }
  - { after: 3d, do: person, console: set_percent, app: android, percent: 20 }
  - { when: notify, do: runner, absent_for: 30h }
  - { after: 4d, do: runner, together: 2 }
expect: [android never above 5%, ios phase halted, release done]
)";

tl::expected<Scenario, yaml::Problems> read(std::string_view yaml) {
  return read_scenario(yaml, "drill.yaml", k_actors);
}

std::string all_problems(std::string_view yaml) {
  const auto scenario = read(yaml);
  if (scenario) return "no problem";
  std::string out;
  for (const auto& problem : scenario.error()) out += problem.format() + "\n";
  return out;
}

TEST(Scenario, ReadsEverythingItCanSay) {
  const auto scenario = read(k_whole);
  ASSERT_TRUE(scenario) << all_problems(k_whole);
  EXPECT_EQ(scenario->version->text(), "3.5.0");
  EXPECT_EQ(scenario->live->text(), "3.4.2");
  EXPECT_EQ(scenario->lasts, Duration{20 * 86400});
  EXPECT_FALSE(scenario->people_sign);
  EXPECT_TRUE(scenario->calendar);
  EXPECT_TRUE(scenario->apps.at("ios").live_said);
  EXPECT_FALSE(scenario->apps.at("ios").live);
  ASSERT_EQ(scenario->events.size(), 9u);
  ASSERT_EQ(scenario->expected.size(), 3u);
  EXPECT_EQ(scenario->expected[1].text, "ios phase halted");
}

TEST(Scenario, KnowsWhenAndHowLongAfter) {
  const auto scenario = read(k_whole);
  ASSERT_TRUE(scenario);
  const auto& first = scenario->events[0];
  ASSERT_TRUE(first.when);
  EXPECT_EQ(first.when->kind, Trigger::Kind::percent);
  EXPECT_EQ(first.when->app, "android");
  EXPECT_EQ(first.when->percent, Percent::whole(5));
  EXPECT_EQ(scenario->events[1].after, Duration{7200});
  EXPECT_EQ(scenario->events[3].when->kind, Trigger::Kind::app_action);
  EXPECT_EQ(scenario->events[5].when->kind, Trigger::Kind::release_phase);
  EXPECT_EQ(scenario->events[7].when->kind, Trigger::Kind::action);
  EXPECT_FALSE(scenario->events[2].when);
}

TEST(Scenario, TurnsHealthIntoWhatTheSandboxTakes) {
  const auto scenario = read(k_whole);
  ASSERT_TRUE(scenario);
  const auto& act = std::get<ToSandbox>(scenario->events[0].act);
  EXPECT_EQ(act.endpoint, "/_sandbox/health");
  EXPECT_EQ(act.json, R"({"crash_rate":0.03})");
  EXPECT_EQ(act.apps, std::vector<AppName>{"android"});
  EXPECT_EQ(std::get<ToSandbox>(scenario->events[1].act).apps.size(), 2u) << "without app it is about every app";
}

TEST(Scenario, SpeaksOfEachAppAsOneEventEach) {
  const auto scenario = read(R"(
events: [{ when: each app at 5%, do: health, crash_rate: 0.1 }]
expect: [each app never above 5%, breach on each app, each google_play app halt happens]
)");
  ASSERT_TRUE(scenario);
  ASSERT_EQ(scenario->events.size(), 2u);
  EXPECT_EQ(scenario->events[1].when->app, "android");
  EXPECT_EQ(std::get<ToSandbox>(scenario->events[1].act).apps, std::vector<AppName>{"android"});
  std::vector<std::string> texts;
  for (const auto& expected : scenario->expected) texts.push_back(expected.text);
  EXPECT_THAT(texts, testing::ElementsAre("ios never above 5%", "android never above 5%", "breach on ios",
                                          "breach on android", "android halt happens"));
}

struct Wrong {
  const char* name;
  const char* yaml;
  const char* said;
};
class ScenarioProblem : public testing::TestWithParam<Wrong> {};

TEST_P(ScenarioProblem, IsSaidWithItsPlace) { EXPECT_THAT(all_problems(GetParam().yaml), HasSubstr(GetParam().said)); }

INSTANTIATE_TEST_SUITE_P(
    , ScenarioProblem,
    testing::Values(
        Wrong{"unknown_key", "expects: [release done]", "drill.yaml:1:1: scenario: there is no key \"expects\""},
        Wrong{"did_you_mean", "expects: [release done]", "did you mean \"expect\"?"},
        Wrong{"nothing_expected", "given: { live: none }", "expect is missing"},
        Wrong{"expects_nothing", "expect: []", "nothing is expected"},
        Wrong{"unknown_app", "expect: [andriod never above 5%]",
              "there is no app \"andriod\"; did you mean \"android\"?"},
        Wrong{"unknown_sentence", "expect: [android is never ever above 5%]",
              "did you mean \"APP never above PERCENT\"?"},
        Wrong{"unknown_phase", "expect: [ios phase halt]", "there is no phase of an app \"halt\""},
        Wrong{"bad_percentage", "expect: [ios never above five]", "\"five\" is no percentage"},
        Wrong{"when_and_after_missing", "events: [{ do: health, silent: true }]\nexpect: [release done]",
              "drill.yaml:1:10: events[0]: needs when, after, or both"},
        Wrong{"unknown_deed", "events: [{ after: 1h, do: heath }]\nexpect: [release done]", "did you mean \"health\"?"},
        Wrong{"bad_order", "events: [{ after: 1h, do: person, run: halt ios }]\nexpect: [release done]",
              "--why TEXT is needed"},
        Wrong{"bad_trigger", "events: [{ when: ios near 5%, do: runner, together: 2 }]\nexpect: [release done]",
              "is not understood"},
        Wrong{"bad_live", "given: { live: never }\nexpect: [release done]", "is no version such as 3.4.0"},
        Wrong{"twice", "expect: [release done]\nexpect: [no breach]", "stands here twice"},
        Wrong{"alias", "given: &a { live: none }\nexpect: *a", "aliases are not read"},
        Wrong{"two_documents", "expect: [release done]\n---\nexpect: [release done]", "a second document"},
        Wrong{"not_yaml", "expect: [release done", "not valid YAML"}, Wrong{"empty", "", "empty"},
        Wrong{"no_map", "- release done", "must be a map"}),
    [](const auto& row) { return row.param.name; });

TEST(Scenario, SaysEveryProblemAtOnce) {
  const auto said =
      all_problems("given: { life: 3.3.0, for: soon }\nevents: [{ after: x, do: y }]\nexpect: [nonsense]");
  EXPECT_THAT(said, HasSubstr("\"life\""));
  EXPECT_THAT(said, HasSubstr("for is \"soon\""));
  EXPECT_THAT(said, HasSubstr("after is \"x\""));
  EXPECT_THAT(said, HasSubstr("do is \"y\""));
  EXPECT_THAT(said, HasSubstr("\"nonsense\" is not understood"));
}

TEST(Scenario, IsBoundedInSizeAndDepth) {
  EXPECT_THAT(all_problems("about: " + std::string(k_scenario_rules.bytes_max, 'x')), HasSubstr("at most 262144"));
  std::string deep(k_scenario_rules.depth_max + 1, '[');
  EXPECT_THAT(all_problems("expect: " + deep), HasSubstr("nested deeper than 16 levels"));
  EXPECT_THAT(all_problems(std::string("expect: [\"a\x01\"]")),
              HasSubstr(":1:12: the control character 0x01 is not allowed"));
}

TEST(Scenario, EveryBuiltInOneSaysWhatItIsAbout) {
  const auto listed = listed_scenarios();
  EXPECT_EQ(listed.size(), built_in_scenarios().size()) << "each is in one group";
  for (const auto& one : listed) EXPECT_FALSE(one.about.empty()) << one.name;
  for (const auto group : k_groups) {
    EXPECT_TRUE(std::any_of(listed.begin(), listed.end(), [&](const auto& one) { return one.group == group; }))
        << group;
  }
}

TEST(Scenario, BuiltInOnesAreUnderstood) {
  for (const auto& name : built_in_scenarios()) {
    const auto scenario = read_scenario(*scenario_text(name), name, k_actors);
    EXPECT_TRUE(scenario) << name << ": " << (scenario ? "" : scenario.error().front().format());
    const auto only_ios = read_scenario(*scenario_text(name), name, {{"phone", StoreKind::app_store}});
    EXPECT_TRUE(only_ios) << name << ": " << (only_ios ? "" : only_ios.error().front().format());
  }
  EXPECT_FALSE(scenario_text("no-such-scenario"));
}

}  // namespace
}  // namespace train::rehearsal
