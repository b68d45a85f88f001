// Flags that follow the rollout.
#include <gtest/gtest.h>

#include "scene.hpp"
#include "train/domain/flag_share.hpp"

namespace train::engine::test {
namespace {

class Ramp : public ::testing::Test {
 protected:
  Ramp() {
    Flag flag;
    flag.name = "new_checkout";
    flag.provider = "unleash";
    flag.value_on = "true";
    flag.value_off = "false";
    flag.ramp = true;
    s.def.flags = {flag};
    s.open();
  }

  std::string wanted() const {
    for (const auto& step : s.plan().steps) {
      if (step.action == Action::set_flag) return step.value;
    }
    return "";
  }
  void set(const std::string& value) {
    Step step;
    step.action = Action::set_flag;
    step.version = k_version;
    step.subject = "new_checkout";
    step.value = value;
    const auto operation = "flag" + std::to_string(s.state.seq);
    s.add(event::Intent{operation, "run", s.now, step});
    s.add(event::Outcome{operation, event::Outcome::Result::done, ""});
  }

  Scene s;
};

TEST_F(Ramp, FollowsTheLowestStageOfAllStores) {
  EXPECT_EQ(wanted(), "") << "nothing is out";
  s.rolling("android", 2, 5, 2);
  EXPECT_EQ(wanted(), "") << "one store has not begun";
  s.rolling("ios", 1, 1, 2);
  EXPECT_EQ(wanted(), "1%");
  set("1%");
  EXPECT_EQ(wanted(), "");
  s.reached("ios", 3, 20);
  EXPECT_EQ(wanted(), "5%");
  set("5%");
  s.reached("android", 5, 100);
  s.reached("ios", 5, 100);
  EXPECT_EQ(wanted(), "true");
}

TEST_F(Ramp, NeverFalls) {
  s.rolling("android", 1, 1, 2);
  s.rolling("ios", 1, 1, 2);
  set("50%");
  EXPECT_EQ(wanted(), "");
  set("true");
  EXPECT_EQ(wanted(), "");
}

TEST_F(Ramp, LeavesAFlagThatIsOffOrAtAPersonsValueAlone) {
  s.rolling("android", 2, 5, 2);
  s.rolling("ios", 2, 5, 2);
  set("false");
  EXPECT_EQ(wanted(), "");
  set("blue");
  EXPECT_EQ(wanted(), "");
}

TEST_F(Ramp, WaitsWhileAnythingIsWrong) {
  s.rolling("android", 2, 5, 2);
  s.rolling("ios", 2, 5, 2);
  ASSERT_EQ(wanted(), "5%");
  s.add(event::Held{k_version, "ios", "lunch"}, "ana");
  EXPECT_EQ(wanted(), "");
  s.add(event::Resumed{k_version, "", "back", {}}, "ana");
  EXPECT_EQ(wanted(), "5%");
  s.measured("android", 300, 10000);
  s.detect_all();
  EXPECT_EQ(wanted(), "false") << "the playbook, and no share";
}

TEST_F(Ramp, AFailedShareIsNotPlannedAgainInTheSameRun) {
  s.rolling("android", 2, 5, 2);
  s.rolling("ios", 2, 5, 2);
  for (const auto& step : s.plan().steps) {
    if (step.action == Action::set_flag) s.set_aside.push_back(step);
  }
  EXPECT_EQ(wanted(), "");
}

TEST(FlagShare, IsAValueOnlyWhereAFlagRamps) {
  Flag flag;
  flag.value_on = "on";
  EXPECT_FALSE(share_of_value(flag, "5%"));
  flag.ramp = true;
  EXPECT_EQ(share_of_value(flag, "0.5%"), Percent::from_basis_points(50));
  EXPECT_EQ(share_of_value(flag, "on"), Percent::whole(100));
  for (const char* none : {"", "%", "5", "0%", "101%", "0.001%", "off", "x%"})
    EXPECT_FALSE(share_of_value(flag, none)) << none;
  EXPECT_EQ(value_of_share(flag, *Percent::from_basis_points(50)), "0.5%");
  EXPECT_EQ(value_of_share(flag, Percent::whole(100)), "on");
  EXPECT_TRUE(is_part(flag, "99%"));
  EXPECT_FALSE(is_part(flag, "on"));
}

}  // namespace
}  // namespace train::engine::test
