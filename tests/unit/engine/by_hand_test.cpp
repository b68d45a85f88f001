// What a person does by hand outside the loop: the state knows the last of each thing, by whom and why, and the rollout
// is none the wiser.
#include <gmock/gmock.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using testing::HasSubstr;
using Outcome = event::Outcome::Result;

Step recovery_step(Action action, const std::string& id = "4611") {
  Step step;
  step.action = action;
  step.app = "android";
  step.version = k_version;
  step.build = BuildNumber::from(340);
  step.subject = id;
  return step;
}

class ByHand : public testing::Test {
 protected:
  void SetUp() override {
    scene_.open();
    scene_.candidate("android");
    scene_.sign_everything();
    scene_.seen("android", ReleaseStatus::serving, 5);
  }
  void by_hand(const Step& step, Outcome result, const std::string& by = "ana", const std::string& why = "coins") {
    const auto operation = "hand" + std::to_string(scene_.state.seq);
    scene_.add(event::Intent{operation, "run", scene_.now + Duration(900), step, why}, by);
    scene_.add(event::Outcome{operation, result, "the store's words"}, by);
  }
  const AppProgress& android() const { return *scene_.state.find(k_version)->find("android"); }

  Scene scene_;
};

TEST_F(ByHand, LastOneIsKnownByWhomAndWhy) {
  by_hand(recovery_step(Action::deploy_recovery), Outcome::done);
  const auto* last = scene_.state.last_by_hand(recovery_step(Action::cancel_recovery, "17"));
  ASSERT_NE(last, nullptr) << "all recoveries of an app are one thing";
  EXPECT_EQ(last->step.action, Action::deploy_recovery);
  EXPECT_EQ(last->by, "ana");
  EXPECT_EQ(last->why, "coins");
  EXPECT_FALSE(last->is_unsettled());
  Step elsewhere = recovery_step(Action::deploy_recovery);
  elsewhere.app = "tv";
  EXPECT_EQ(scene_.state.last_by_hand(elsewhere), nullptr);
}

TEST_F(ByHand, RefusalHidesNothingThatWasDone) {
  by_hand(recovery_step(Action::deploy_recovery), Outcome::done);
  by_hand(recovery_step(Action::widen_recovery), Outcome::failed, "ben");
  EXPECT_EQ(scene_.state.last_by_hand(recovery_step(Action::deploy_recovery))->by, "ana");
}

TEST_F(ByHand, LostAnswerIsUnsettledUntilSomethingIsKnown) {
  by_hand(recovery_step(Action::deploy_recovery), Outcome::unknown);
  EXPECT_TRUE(scene_.state.last_by_hand(recovery_step(Action::deploy_recovery))->is_unsettled());
  by_hand(recovery_step(Action::deploy_recovery), Outcome::failed);
  EXPECT_FALSE(scene_.state.last_by_hand(recovery_step(Action::deploy_recovery))->is_unsettled());
}

TEST_F(ByHand, RolloutIsNotTouched) {
  scene_.did("android", Action::set_percent, Percent::whole(20), Outcome::unknown);
  for (const auto result : {Outcome::done, Outcome::failed, Outcome::unknown, Outcome::superseded})
    by_hand(recovery_step(Action::deploy_recovery), result);
  ASSERT_TRUE(android().unsettled) << "the rollout's own lost answer is still to be looked for";
  EXPECT_EQ(android().unsettled->step.action, Action::set_percent);
  EXPECT_FALSE(android().failing);
}

TEST_F(ByHand, ParametersAreThingsOfTheirOwn) {
  Step minimum;
  minimum.action = Action::set_minimum_version;
  minimum.subject = "min_supported_version";
  minimum.value = "3.4.1";
  by_hand(minimum, Outcome::done);
  Step policy = minimum;
  policy.action = Action::set_update_policy;
  policy.subject = "min_policy";
  EXPECT_EQ(scene_.state.last_by_hand(policy), nullptr);
  ASSERT_NE(scene_.state.last_by_hand(minimum), nullptr);
  EXPECT_EQ(scene_.state.last_by_hand(minimum)->step.value, "3.4.1");
}

TEST_F(ByHand, PeopleAreToldOfWhatReachesUsersAndNotOfADraft) {
  by_hand(recovery_step(Action::prepare_recovery, "340"), Outcome::done);
  by_hand(recovery_step(Action::deploy_recovery), Outcome::unknown);
  EXPECT_TRUE(scene_.state.outbox.empty());
  by_hand(recovery_step(Action::deploy_recovery), Outcome::done);
  by_hand(recovery_step(Action::cancel_recovery), Outcome::done, "ben", "the fix is out");
  ASSERT_EQ(scene_.state.outbox.size(), 2u);
  EXPECT_EQ(scene_.state.outbox[0].headline, "users of android build 340 are asked to update: coins");
  EXPECT_EQ(scene_.state.outbox[0].by, "ana");
  EXPECT_EQ(scene_.state.outbox[1].headline,
            "no further users of android build 340 are asked to update: the fix is out");
}

TEST_F(ByHand, UrgencyOfTheNextReleaseIsAmongItsReasons) {
  event::ForceUpdateDecided decided;
  decided.version = k_live;
  decided.app = "android";
  decided.degree = "hard";
  Scene scene;
  scene.add(event::Opened{k_live, false, std::nullopt, std::nullopt});
  scene.add(event::Abandoned{k_live, "bad"});
  scene.add(decided, "ana");
  scene.open();
  scene.candidate("android");
  scene.sign_everything();
  scene.seen("android", ReleaseStatus::draft, 0);
  scene.did("android", Action::upload_build);
  const auto plan = scene.plan();
  const auto* step = scene.step_of(plan, "android");
  ASSERT_NE(step, nullptr);
  ASSERT_EQ(step->action, Action::start_rollout);
  const Reason urgent{"force update", "users of an earlier version are asked to update",
                      "update priority 5, where the store has one"};
  EXPECT_THAT(step->because, testing::Contains(urgent));
}

}  // namespace
}  // namespace train::engine::test
