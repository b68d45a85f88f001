// What people read on the screen of `train status`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "unit/engine/scene.hpp"
#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

using engine::test::k_version;
using engine::test::Scene;
using testing::HasSubstr;
using testing::Not;

std::string screen(const Scene& s) {
  std::ostringstream out;
  show_status(make_status(s.def, s.state, s.now, Which::focus), Screen{out, Paint(false), 120, Zone(), false});
  return out.str();
}

TEST(StatusScreen, AnOverrideHasANameAndIsNoPass) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 1);
  s.state.releases[0].find("android")->verdict = Verdict::hold;
  s.sign("android:gate:crashes", "ana");
  EXPECT_THAT(screen(s), HasSubstr("overridden by ana"));
}

TEST(StatusScreen, AnAbandonedReleaseShowsNoVerdict) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 1);
  s.state.releases[0].find("android")->verdict = Verdict::pass;
  s.add(event::Abandoned{k_version, "too late"}, "ana");
  EXPECT_THAT(screen(s), HasSubstr("abandoned; the store was left as it is"));
  EXPECT_THAT(screen(s), Not(HasSubstr("pass")));
}

TEST(StatusScreen, EveryOpenReleaseIsNamed) {
  Scene s;
  s.open();
  s.add(event::Opened{*VersionName::parse("3.5.0"), false, std::nullopt, std::nullopt}, "ana");
  EXPECT_THAT(screen(s), HasSubstr("also open: 3.5.0"));
}

TEST(StatusScreen, TheNextStepIsInWordsForPeople) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("android");
  EXPECT_THAT(screen(s), Not(HasSubstr("start_rollout")));
}

// A refusal that was told once only, in a job's output of last week.
TEST(StatusFailure, StandsInEveryViewWithItsCountItsAgeAndWhatToDo) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::approved, 0);
  for (int i = 0; i < 3; ++i) {
    Step step;
    step.action = Action::start_rollout;
    step.app = "ios";
    step.version = k_version;
    step.to_percent = Percent::whole(1);
    const auto operation = "op" + std::to_string(i);
    s.now += std::chrono::hours(1);
    s.add(event::Intent{operation, "run", s.now, step});
    s.add(event::Outcome{operation, event::Outcome::Result::failed, "No agreement.\nSomebody signs it."});
  }
  s.now += std::chrono::minutes(1);
  EXPECT_THAT(screen(s), HasSubstr("was refused 3 times since 2026-11-30T10:00:00Z: No agreement. Somebody"));
  const auto model = make_status(s.def, s.state, s.now, Which::focus);
  EXPECT_TRUE(model.needs_person);
  const auto json = nlohmann::json::parse(status_document(model));
  EXPECT_EQ(json["apps"][0]["failure"], nlohmann::json({{"at", "2026-11-30T12:00:00Z"},
                                                        {"times", 3},
                                                        {"action", "start_rollout"},
                                                        {"message", "No agreement."},
                                                        {"remedy", "Somebody signs it."}}));
  EXPECT_TRUE(json["apps"][1]["failure"].is_null());
}

// A scheduled job that has stopped, while a stage is out.
Scene looked_every(std::chrono::minutes gap, int times) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 1);
  for (int i = 0; i < times; ++i, s.now += gap) s.add(event::Looked{k_version, "android"});
  s.now -= gap;
  return s;
}

TEST(LastRun, IsShownWithItsAge) {
  auto s = looked_every(std::chrono::hours(1), 6);
  s.now += std::chrono::minutes(50);
  EXPECT_THAT(screen(s), HasSubstr("last run: 50m ago"));
  EXPECT_THAT(screen(s), Not(HasSubstr("still alive")));
}

TEST(LastRun, ADeadJobIsVisibleWithHowLateItIs) {
  auto s = looked_every(std::chrono::hours(1), 6);
  s.now += std::chrono::hours(5);
  EXPECT_THAT(screen(s), HasSubstr("last run: 5h ago; runs came every 1h at most before. Is the job that runs"));
}

TEST(LastRun, RunsThatComeTwiceADayAreNotLateAfterTenHours) {
  auto s = looked_every(std::chrono::hours(12), 6);
  s.now += std::chrono::hours(10);
  EXPECT_THAT(screen(s), Not(HasSubstr("still alive")));
}

TEST(LastRun, OfAReleaseThatWasGivenUpIsNobodysBusiness) {
  auto s = looked_every(std::chrono::hours(1), 6);
  s.add(event::Abandoned{k_version, "too late"}, "ana");
  s.now += std::chrono::hours(50);
  EXPECT_THAT(screen(s), Not(HasSubstr("last run")));
}

TEST(ActionText, HasWordsAndAPercentage) {
  EXPECT_EQ(action_text(Action::set_percent, Percent::whole(5)), "raise the rollout to 5 %");
  EXPECT_EQ(action_text(Action::start_rollout, Percent::whole(1)), "start the rollout at 1 %");
  EXPECT_EQ(action_text(Action::submit, std::nullopt), "submit for review");
}

}  // namespace
}  // namespace train::cli
