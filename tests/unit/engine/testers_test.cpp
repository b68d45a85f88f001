// Testers get the candidate before it is submitted, in the definition's order.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "scene.hpp"
#include "train/engine/testers.hpp"

namespace train::engine::test {
namespace {

// The store has the processed build 340 and shows the two groups of "ios" like this.
void show_testers(Scene& s, TesterStatus qa, TesterStatus field, const std::string& raw = "RAW", int build = 340) {
  auto e = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
  e.release.reset();
  e.builds = {{BuildNumber::from(build), BuildState::ready, "", "", {{"qa", qa, raw}, {"field", field, raw}}}};
  s.add(e);
}

Scene tested_scene() {
  Scene s;
  s.def.apps[0].testers = {"qa", "field"};
  s.open();
  s.candidate("ios");
  return s;
}

std::string told(const Scene& s) {
  const auto plan = s.plan();
  std::string out;
  if (const auto* step = s.step_of(plan, "ios")) {
    out = std::string(to_string(step->action)) + (step->subject.empty() ? "" : " " + step->subject) +
          (step->value.empty() ? "" : " " + step->value);
  }
  for (const auto& wait : plan.waits) {
    if (wait.app != "ios" || wait.detail.find(": ") == std::string::npos || wait.because.empty()) continue;
    if (wait.because.front().rule != "testers") continue;
    out += (out.empty() ? "" : ", ") + std::string(to_string(wait.kind)) + (wait.needs_person ? "! " : " ") +
           wait.detail.substr(0, wait.detail.find(':'));
  }
  return out;
}

struct TestersRow {
  std::string name;
  TesterStatus qa;
  TesterStatus field;
  std::string decided;  // with every sign-off there
};

void PrintTo(const TestersRow& row, std::ostream* out) { *out << row.name; }

class TestersTable : public testing::TestWithParam<TestersRow> {};

TEST_P(TestersTable, DecidesEachGroupsTurn) {
  Scene s = tested_scene();
  s.sign_everything();
  show_testers(s, GetParam().qa, GetParam().field);
  EXPECT_EQ(told(s), GetParam().decided);
}

INSTANTIATE_TEST_SUITE_P(
    , TestersTable,
    testing::Values(TestersRow{"nobody_has_it", TesterStatus::absent, TesterStatus::absent, "distribute qa"},
                    TestersRow{"the_first_has_it", TesterStatus::testing, TesterStatus::absent, "distribute field"},
                    TestersRow{"everybody_has_it", TesterStatus::testing, TesterStatus::testing, "create_version"},
                    TestersRow{"the_second_waits_for_review", TesterStatus::testing, TesterStatus::in_review,
                               "create_version, review field"},
                    TestersRow{"a_review_keeps_nobody_else_back", TesterStatus::in_review, TesterStatus::absent,
                               "distribute field, review qa"},
                    TestersRow{"another_build_is_reviewed", TesterStatus::testing, TesterStatus::queued,
                               "create_version, store field"},
                    TestersRow{"nobody_asked_for_review", TesterStatus::testing, TesterStatus::unsubmitted,
                               "distribute field review"},
                    TestersRow{"nobody_told_the_testers", TesterStatus::testing, TesterStatus::untold,
                               "distribute field tell"},
                    TestersRow{"rejected", TesterStatus::testing, TesterStatus::rejected, "person! field"},
                    TestersRow{"rejected_first", TesterStatus::rejected, TesterStatus::absent, "person! qa"},
                    TestersRow{"no_such_group", TesterStatus::no_group, TesterStatus::absent, "person! qa"},
                    TestersRow{"blocked", TesterStatus::testing, TesterStatus::blocked, "person! field"},
                    TestersRow{"an_unknown_word", TesterStatus::testing, TesterStatus::unknown, "person! field"}),
    [](const auto& row) { return row.param.name; });

TEST(Testers, ComeBeforeSignOffsFreezesAndStabilization) {
  Scene s = tested_scene();
  s.def.calendar.stabilization = Duration(2 * 86400);
  s.def.calendar.freezes = {{*parse_local_time("2026-11-30"), *parse_local_time("2026-11-30"), "freeze"}};
  show_testers(s, TesterStatus::absent, TesterStatus::absent);
  EXPECT_EQ(told(s), "distribute qa") << "users see nothing of it";
}

TEST(Testers, WaitWhileAPersonHoldsTheTrain) {
  Scene s = tested_scene();
  s.sign_everything();
  show_testers(s, TesterStatus::absent, TesterStatus::absent);
  s.add(event::Held{k_version, "ios", "wait"}, "ana");
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.waits_for("ios", WaitKind::hold));
}

TEST(Testers, GetItOnlyOnceTheStoreHasProcessedIt) {
  Scene s = tested_scene();
  show_testers(s, TesterStatus::absent, TesterStatus::absent);
  s.state.find(k_version)->find("ios")->builds.front().state = BuildState::processing;
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.waits_for("ios", WaitKind::processing));
}

TEST(Testers, AWaiverLetsTheTrainGoOn) {
  Scene s = tested_scene();
  s.sign_everything();
  show_testers(s, TesterStatus::testing, TesterStatus::rejected);
  const auto waits = s.plan().waits;
  ASSERT_EQ(waits.front().item, "ios:testers:field");
  EXPECT_EQ(waits.front().item, testers_item("ios", "field"));
  EXPECT_EQ(waits.front().who, (std::vector<std::string>{"release_manager"}));
  s.sign("ios:testers:field", "ana");
  EXPECT_EQ(told(s), "create_version");
}

TEST(Testers, ANewerCandidateIsGivenAfreshAndVoidsTheWaiver) {
  Scene s = tested_scene();
  s.sign_everything();
  show_testers(s, TesterStatus::testing, TesterStatus::rejected);
  s.sign("ios:testers:field", "ana");
  const auto voided = voided_sign_offs(s.def, *s.state.find(k_version), "ios");
  EXPECT_NE(std::find(voided.begin(), voided.end(), "ios:testers:field"), voided.end());
  s.candidate("ios", 341);
  show_testers(s, TesterStatus::absent, TesterStatus::absent, "", 341);
  EXPECT_EQ(told(s), "distribute qa");
}

TEST(Testers, WhatSomebodyTookBackIsNotGivenAgain) {
  Scene s = tested_scene();
  s.sign_everything();
  show_testers(s, TesterStatus::absent, TesterStatus::testing);
  auto step = s.plan().steps.front();
  ASSERT_EQ(step.subject, "qa");
  s.add(event::Intent{"op", "run", s.now, step});
  s.add(event::Outcome{"op", event::Outcome::Result::done, ""});
  show_testers(s, TesterStatus::absent, TesterStatus::testing);
  EXPECT_EQ(told(s), "create_version, store qa");
}

TEST(Testers, AreToldOnceEvenWhenTheAnswerWasLost) {
  for (const auto result : {event::Outcome::Result::done, event::Outcome::Result::unknown}) {
    Scene s = tested_scene();
    s.sign_everything();
    show_testers(s, TesterStatus::testing, TesterStatus::untold);
    const auto step = s.plan().steps.front();
    ASSERT_EQ(step.value, "tell");
    s.add(event::Intent{"op", "run", s.now, step});
    s.add(event::Outcome{"op", result, ""});
    show_testers(s, TesterStatus::testing, TesterStatus::untold);
    EXPECT_EQ(told(s), "create_version");
    EXPECT_FALSE(testing_is_open(s.def.apps[0], *s.state.find(k_version), *s.state.find(k_version)->find("ios")));
  }
}

TEST(Testers, StillGetItWhileTheVersionIsInReview) {
  Scene s = tested_scene();
  show_testers(s, TesterStatus::testing, TesterStatus::unsubmitted);
  auto e = Scene::seen_event("ios", ReleaseStatus::in_review, 0, {});
  e.builds = s.state.find(k_version)->find("ios")->builds;
  s.add(e);
  EXPECT_EQ(told(s), "distribute field review");
}

TEST(Testers, ALostAnswerIsLookedAtBeforeTheSameGroupIsServedAgain) {
  Scene s = tested_scene();
  show_testers(s, TesterStatus::absent, TesterStatus::absent);
  const auto step = s.plan().steps.front();
  s.add(event::Intent{"op", "run", s.now, step});
  s.add(event::Outcome{"op", event::Outcome::Result::unknown, ""});
  show_testers(s, TesterStatus::absent, TesterStatus::absent);
  EXPECT_EQ(told(s), "");
  EXPECT_TRUE(s.plan().settle_until);
  show_testers(s, TesterStatus::testing, TesterStatus::absent);
  EXPECT_EQ(told(s), "distribute field") << "the lost call was about another group";
}

struct OpenRow {
  std::string name;
  std::function<void(Scene&)> make;
  bool open;
};

TEST(Testers, ACloseLookIsNeededUntilEveryGroupHasIt) {
  const std::vector<OpenRow> rows{
      {"nothing_known", [](Scene&) {}, true},
      {"absent", [](Scene& s) { show_testers(s, TesterStatus::testing, TesterStatus::absent); }, true},
      {"in_review", [](Scene& s) { show_testers(s, TesterStatus::testing, TesterStatus::in_review); }, true},
      {"testing", [](Scene& s) { show_testers(s, TesterStatus::testing, TesterStatus::testing); }, false},
      {"waived",
       [](Scene& s) {
         show_testers(s, TesterStatus::testing, TesterStatus::rejected);
         s.sign("ios:testers:field");
       },
       false},
      {"approved", [](Scene& s) { s.seen("ios", ReleaseStatus::approved, 0); }, false},
      {"no_testers", [](Scene& s) { s.def.apps[0].testers.clear(); }, false},
  };
  for (const auto& row : rows) {
    Scene s = tested_scene();
    row.make(s);
    const auto& release = *s.state.find(k_version);
    EXPECT_EQ(testing_is_open(s.def.apps[0], release, *release.find("ios")), row.open) << row.name;
  }
}

TEST(Testers, AReleaseTakenOverInReviewIsNotGivenToTesters) {
  Scene s;
  s.def.apps[0].testers = {"qa"};
  s.open();
  event::CandidateChosen e;
  e.version = k_version;
  e.app = "ios";
  e.build = BuildNumber::from(340);
  e.origin = CandidateOrigin::adopted;
  s.add(e);
  s.seen("ios", ReleaseStatus::in_review, 0);
  EXPECT_EQ(s.action_of("ios"), "");
}

TEST(Testers, WhatFollowsIsForetoldInOrder) {
  Scene s = tested_scene();
  s.sign_everything();
  show_testers(s, TesterStatus::absent, TesterStatus::absent);
  const auto then = predict_steps(s.input(), s.plan());
  ASSERT_GE(then.size(), 2u);
  EXPECT_EQ(then[0].subject, "field");
  EXPECT_EQ(then[1].action, Action::create_version);
}

TEST(Testers, OnGooglePlayComeBeforeTheRolloutStarts) {
  Scene s;
  s.def.apps[1].testers = {"internal"};
  s.open();
  s.candidate("android");
  auto e = Scene::seen_event("android", ReleaseStatus::draft, 0, {});
  e.release.reset();
  e.builds.front().testers = {{"internal", TesterStatus::absent, ""}};
  s.add(e);
  EXPECT_EQ(s.action_of("android"), "distribute");
  s.sign_everything();
  e.builds.front().testers = {{"internal", TesterStatus::testing, ""}};
  s.add(e);
  EXPECT_EQ(s.action_of("android"), "start_rollout");
}

}  // namespace
}  // namespace train::engine::test
