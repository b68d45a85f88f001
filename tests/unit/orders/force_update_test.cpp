#include "train/orders/force_update.hpp"

#include "unit/orders/ordering.hpp"

namespace train::orders::test {
namespace {

using testing::HasSubstr;

const VersionName k_fix = *VersionName::parse("3.4.1");

Scene with_a_rule() {
  Scene scene;
  android_at_5(scene);
  scene.def.members = {{"ana", {"release_manager"}, {}}, {"ben", {"qa"}, {}}, {"cleo", {"product"}, {}}};
  Flag minimum;
  minimum.parameter = "min_supported_version";
  scene.def.force_update.minimum_version = minimum;
  scene.def.force_update.policy_parameter = "min_policy";
  scene.def.force_update.table = default_force_update_table();
  return scene;
}

ForceUpdateOrder critical() {
  ForceUpdateOrder order;
  order.app = "android";
  order.severity = Severity::critical;
  order.fix = k_fix;
  order.why = "loses coins";
  return order;
}

TEST(ForceUpdateOrdered, DecisionIsAppendedWithItsReasons) {
  const Scene scene = with_a_rule();
  const auto events = force_update(scene.def, scene.state, "ana", critical(), scene.now);
  ASSERT_TRUE(events) << events.error().text();
  ASSERT_EQ(events->size(), 1u);
  const auto& decided = std::get<event::ForceUpdateDecided>(events->front());
  EXPECT_EQ(decided.app, "android");
  EXPECT_EQ(decided.version, k_version);
  EXPECT_EQ(decided.degree, "hard");
  EXPECT_EQ(decided.minimum, k_fix);
  EXPECT_EQ(decided.why, "loses coins");
  EXPECT_FALSE(decided.because.empty());
}

struct RefusedUpdate {
  const char* name;
  const char* by;
  void (*given)(Scene&, ForceUpdateOrder&);
  ErrorKind kind;
  const char* words;
};
void PrintTo(const RefusedUpdate& row, std::ostream* out) { *out << row.name; }
class ForceUpdateNotOrdered : public testing::TestWithParam<RefusedUpdate> {};

TEST_P(ForceUpdateNotOrdered, SaysWhy) {
  Scene scene = with_a_rule();
  auto order = critical();
  GetParam().given(scene, order);
  const auto events = force_update(scene.def, scene.state, GetParam().by, order, scene.now);
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().kind, GetParam().kind);
  EXPECT_THAT(events.error().text(), HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    , ForceUpdateNotOrdered,
    testing::Values(
        RefusedUpdate{"no_section", "ana",
                      [](Scene& scene, ForceUpdateOrder&) { scene.def.force_update.minimum_version.reset(); },
                      ErrorKind::usage, "The definition has no `force_update` section."},
        RefusedUpdate{"missing_role", "ben", [](Scene&, ForceUpdateOrder&) {}, ErrorKind::refused,
                      "ben does not have the role release_manager."},
        RefusedUpdate{"role_of_another_degree", "ana",
                      [](Scene& scene, ForceUpdateOrder&) {
                        scene.def.force_update.approvals[Degree::hard] = {"product"};
                        scene.sign("force-update:3.4.0:hard:product");
                      },
                      ErrorKind::refused, "ana does not have the role product."},
        RefusedUpdate{"unknown_person", "dora", [](Scene&, ForceUpdateOrder&) {}, ErrorKind::usage,
                      "nobody called dora"},
        RefusedUpdate{
            "missing_approval", "cleo",
            [](Scene& scene, ForceUpdateOrder&) { scene.def.force_update.approvals[Degree::hard] = {"product"}; },
            ErrorKind::refused, "train approve force-update:3.4.0:hard:product"},
        RefusedUpdate{"blank_reason", "ana", [](Scene&, ForceUpdateOrder& order) { order.why = ""; }, ErrorKind::usage,
                      "--why"},
        RefusedUpdate{"fix_that_is_older", "ana", [](Scene&, ForceUpdateOrder& order) { order.fix = k_live; },
                      ErrorKind::usage, "is not a version above 3.4.0"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ForceUpdateOrdered, PolicyIsWrittenBeforeTheMinimum) {
  const Scene scene = with_a_rule();
  const UpdatePolicy hard{k_version, k_fix, Degree::hard, Duration(0), {}};
  const auto steps = update_steps(scene.def, hard, "{}");
  ASSERT_TRUE(steps) << steps.error().text();
  ASSERT_EQ(steps->size(), 2u);
  EXPECT_EQ((*steps)[0].action, Action::set_update_policy);
  EXPECT_EQ((*steps)[0].subject, "min_policy");
  EXPECT_EQ((*steps)[1].action, Action::set_minimum_version);
  EXPECT_EQ((*steps)[1].subject, "min_supported_version");
  EXPECT_EQ((*steps)[1].value, "3.4.1");
}

TEST(ForceUpdateOrdered, NudgeWantsAPolicyAndSetsNoMinimum) {
  Scene scene = with_a_rule();
  const UpdatePolicy nudge{k_version, k_fix, Degree::nudge, Duration(0), {}};
  const auto steps = update_steps(scene.def, nudge, "{}");
  ASSERT_TRUE(steps) << steps.error().text();
  ASSERT_EQ(steps->size(), 1u);
  EXPECT_EQ((*steps)[0].action, Action::set_update_policy);
  scene.def.force_update.policy_parameter.clear();
  EXPECT_EQ(update_steps(scene.def, nudge, "{}").error().kind, ErrorKind::refused);
}

TEST(ForceUpdateOrdered, MinimumIsNeverLowered) {
  EXPECT_TRUE(minimum_rises("min", std::nullopt, k_fix));
  EXPECT_TRUE(minimum_rises("min", k_fix, k_fix));
  EXPECT_EQ(minimum_rises("min", *VersionName::parse("3.5.0"), k_fix).error().kind, ErrorKind::refused);
}

TEST(ForceUpdateOrdered, OnePolicyForAllStoresIsTheLeastMinimumAndTheHardestDegree) {
  Scene scene = with_a_rule();
  auto order = critical();
  order.app.clear();
  const auto all = assess_force_update(scene.def, scene.state, order);
  ASSERT_TRUE(all) << all.error().text();
  auto apart = *all;
  ASSERT_EQ(apart.size(), 2u);
  apart[0].decision.minimum = *VersionName::parse("3.4.2");
  apart[1].decision.degree = Degree::soft;
  const auto policy = policy_of(apart);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->minimum, k_fix);
  EXPECT_EQ(policy->degree, Degree::hard);
}

}  // namespace
}  // namespace train::orders::test
