// Two regular releases at once: the next is prepared while one rolls out, and goes out in its turn.
#include <gtest/gtest.h>

#include <algorithm>

#include "scene.hpp"

namespace train::engine::test {
namespace {

const VersionName k_next = *VersionName::parse("3.5.0");

void open_next(Scene& s) {
  s.add(event::Opened{k_next, false, std::nullopt, std::nullopt}, "ana");
  s.add(event::Departed{k_next});
  for (const auto* item : {"submission:qa", "rollout:release_manager"}) {
    event::SignedOff e;
    e.version = k_next;
    e.item = item;
    s.add(e, "ben");
  }
}

// The store's picture of the next release, as the log has it.
void see_next(Scene& s, const AppName& app, std::optional<ReleaseStatus> status, int build) {
  event::Seen e;
  e.version = k_next;
  e.app = app;
  e.live = LiveVersion{k_live, BuildNumber::from(330)};
  e.builds = {{BuildNumber::from(build), BuildState::ready, "", ""}};
  if (status) {
    e.release = SeenRelease{};
    e.release->version = k_next;
    e.release->build = BuildNumber::from(build);
    e.release->status = *status;
  }
  s.add(e);
}

std::string action_of_next(const Scene& s, const AppName& app) {
  for (const auto& step : s.plan().steps) {
    if (step.app == app && step.version == k_next) return std::string(to_string(step.action));
  }
  return "";
}

bool waits_its_turn(const Scene& s, const AppName& app) {
  const auto plan = s.plan();
  return std::any_of(plan.waits.begin(), plan.waits.end(), [&](const Wait& wait) {
    return wait.app == app && wait.version == k_next && wait.kind == WaitKind::hold && !wait.because.empty() &&
           wait.because.front().rule == "turn";
  });
}

void choose_next(Scene& s, const AppName& app, int build) {
  event::CandidateChosen e;
  e.version = k_next;
  e.app = app;
  e.build = BuildNumber::from(build);
  e.origin = CandidateOrigin::store;
  s.add(e);
}

TEST(Turns, TheNextReleaseDoesNotStartWhileOneRollsOut) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 1);
  s.rolling("ios", 2, 5, 1);
  open_next(s);
  choose_next(s, "android", 350);
  choose_next(s, "ios", 350);
  see_next(s, "android", std::nullopt, 350);
  see_next(s, "ios", ReleaseStatus::approved, 350);
  EXPECT_EQ(action_of_next(s, "android"), "");
  EXPECT_TRUE(waits_its_turn(s, "android"));
  EXPECT_EQ(action_of_next(s, "ios"), "");
  EXPECT_TRUE(waits_its_turn(s, "ios"));
}

TEST(Turns, ItStartsOnceTheEarlierOneWasWatched) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 5, 100, 3);
  open_next(s);
  choose_next(s, "android", 350);
  see_next(s, "android", std::nullopt, 350);
  EXPECT_TRUE(waits_its_turn(s, "android")) << "the watch is not over";
  s.now += Duration{86400};
  EXPECT_EQ(action_of_next(s, "android"), "start_rollout");
}

TEST(Turns, ItStartsOnceTheEarlierOneIsGivenUp) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("android", 2, 5, 1);
  open_next(s);
  choose_next(s, "android", 350);
  see_next(s, "android", std::nullopt, 350);
  s.add(event::Abandoned{k_version, "3.5.0 has the fix"}, "ana");
  EXPECT_EQ(action_of_next(s, "android"), "start_rollout");
}

TEST(Turns, PlaysBundleOfOneReleaseIsNotTheNextOnes) {
  Scene s;
  s.open();
  s.candidate("android", 340);
  s.candidate("ios", 340);
  open_next(s);
  see_next(s, "android", std::nullopt, 340);
  see_next(s, "ios", std::nullopt, 340);
  s.detect_all();
  const auto* next = s.state.find(k_next);
  ASSERT_NE(next, nullptr);
  EXPECT_FALSE(next->find("android")->candidate) << "340 is what 3.4.0 goes out with";
  ASSERT_TRUE(next->find("ios")->candidate) << "App Store builds belong to their version: the number may be the same";
  see_next(s, "android", std::nullopt, 350);
  s.detect_all();
  EXPECT_FALSE(s.state.find(k_next)->find("android")->candidate) << "3.4.0 could want it just as well";
  s.seen("android", ReleaseStatus::in_review, 0);
  s.detect_all();
  ASSERT_TRUE(s.state.find(k_next)->find("android")->candidate);
  EXPECT_EQ(s.state.find(k_next)->find("android")->candidate->build.text(), "350");
}

}  // namespace
}  // namespace train::engine::test
