// Signals that are measured for some apps only: elsewhere their gates ask nothing, and nothing rises for it.
#include <gtest/gtest.h>

#include <algorithm>

#include "scene.hpp"

namespace train::engine::test {
namespace {

// `reviews` decides for ios alone; beside it `crashes` decides for both.
Scene with_reviews_of_ios() {
  Scene s;
  Signal reviews;
  reviews.name = "reviews";
  reviews.source = "app_store_reviews";
  reviews.apps = {"ios"};
  s.def.signals.push_back(reviews);
  Gate gate;
  gate.signal = "reviews";
  gate.limit = 0.3;
  s.def.gates.push_back(gate);
  s.open();
  s.sign_everything();
  return s;
}

std::vector<std::string> gates_waited_for(const Scene& s, const AppName& app) {
  std::vector<std::string> items;
  for (const auto& wait : s.plan().waits) {
    if (wait.app == app && wait.kind == WaitKind::gate) items.push_back(wait.item);
  }
  return items;
}

TEST(SignalsApart, AGateOfAnotherStoreHoldsNothingBack) {
  auto s = with_reviews_of_ios();
  s.rolling("android", 1, 1, 30);
  s.rolling("ios", 1, 1, 30);
  s.measured("android", 2, 5000);
  s.measured("ios", 2, 5000);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "set_percent");
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_EQ(gates_waited_for(s, "ios"), std::vector<std::string>{"ios:gate:reviews"});
  EXPECT_TRUE(gates_waited_for(s, "android").empty());
}

TEST(SignalsApart, WithoutAGateOfItsOwnAnAppWaitsForAPerson) {
  auto s = with_reviews_of_ios();
  s.def.gates.erase(s.def.gates.begin());  // only the reviews of ios are left
  s.rolling("android", 1, 1, 30);
  s.measured("android", 2, 5000);
  s.detect_all();
  EXPECT_EQ(s.action_of("android"), "");
  EXPECT_EQ(gates_waited_for(s, "android"), std::vector<std::string>{"android:gate:any"});
}

TEST(SignalsApart, TheErrorBudgetIsSharedAmongTheGatesOfAnApp) {
  // 23 of 1,000 at a limit of 1 % is enough evidence when one gate may halt, and too little when two share the chance.
  for (const bool both : {false, true}) {
    auto s = with_reviews_of_ios();
    if (both) s.def.signals.at(1).apps.clear();
    s.rolling("android", 1, 1, 30);
    s.measured("android", 23, 1000);
    const auto detected = s.detect_all();
    const bool breached = std::any_of(detected.begin(), detected.end(), [](const EventBody& body) {
      return std::holds_alternative<event::Breached>(body);
    });
    EXPECT_EQ(breached, !both);
  }
}

TEST(SignalsApart, NobodyIsCalledForAGateThatDoesNotApply) {
  auto s = with_reviews_of_ios();
  s.rolling("android", 1, 1, 24 * 9);
  s.measured("android", 2, 100);  // holds: too few
  s.detect_all();
  const auto& escalated = s.state.find(k_version)->find("android")->escalated;
  EXPECT_EQ(escalated.count("max-wait:crashes:1"), 1u);
  EXPECT_EQ(escalated.count("max-wait:reviews:1"), 0u);
}

}  // namespace
}  // namespace train::engine::test
