#include "train/orders/recovery.hpp"

#include <functional>

#include "train/orders/force_update.hpp"
#include "unit/orders/ordering.hpp"

namespace train::orders::test {
namespace {

using testing::HasSubstr;

Definition with_people() {
  Definition d = engine::test::definition();
  d.members = {{"ana", {"release_manager"}, {}}, {"ben", {"qa"}, {}}, {"cleo", {"product"}, {}}};
  return d;
}

Scene android_is_out() {
  Scene scene;
  scene.def = with_people();
  android_at_5(scene);
  return scene;
}

RecoveryOrder deploy(int build = 340) {
  RecoveryOrder order;
  order.action = Action::deploy_recovery;
  order.app = "android";
  order.id = "4611";
  order.builds = {BuildNumber::from(build)};
  order.why = "loses payments";
  return order;
}

void want_approvals(Scene& scene) { scene.def.force_update.approvals[Degree::hard] = {"release_manager", "product"}; }

TEST(RecoveryOrdered, StepNamesAppBuildVersionAndId) {
  const Scene scene = android_is_out();
  const auto step = recovery(scene.def, scene.state, "ana", deploy());
  ASSERT_TRUE(step) << step.error().text();
  EXPECT_EQ(step->action, Action::deploy_recovery);
  EXPECT_EQ(step->app, "android");
  EXPECT_EQ(step->version, k_version);
  EXPECT_EQ(key_of(*step).id, "4611");
  EXPECT_EQ(key_of(*step).build.text(), "340");
}

TEST(RecoveryOrdered, WishSurvivesTheLog) {
  const Scene scene = android_is_out();
  auto order = deploy();
  order.action = Action::prepare_recovery;
  order.builds = {BuildNumber::from(331), BuildNumber::from(330), BuildNumber::from(331)};
  for (const auto& reach :
       {RecoveryReach{true, {}, {}}, RecoveryReach{false, {"AT", "DE"}, {}}, RecoveryReach{false, {}, {33, 34}}}) {
    order.reach = reach;
    const auto step = recovery(scene.def, scene.state, "ana", order);
    ASSERT_TRUE(step) << step.error().text();
    EXPECT_EQ(wish_of(*step).builds, (std::vector<BuildNumber>{BuildNumber::from(330), BuildNumber::from(331)}));
    EXPECT_EQ(wish_of(*step).reach, reach) << step->value;
  }
}

struct RefusedRecovery {
  const char* name;
  std::function<void(Scene&, RecoveryOrder&, std::string& by)> given;
  ErrorKind kind;
  const char* words;
};
void PrintTo(const RefusedRecovery& row, std::ostream* out) { *out << row.name; }
class RecoveryNotOrdered : public testing::TestWithParam<RefusedRecovery> {};

TEST_P(RecoveryNotOrdered, SaysWhy) {
  Scene scene = android_is_out();
  auto order = deploy();
  std::string by = "ana";
  GetParam().given(scene, order, by);
  const auto step = recovery(scene.def, scene.state, by, order);
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().kind, GetParam().kind);
  EXPECT_THAT(step.error().text(), HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    , RecoveryNotOrdered,
    testing::Values(RefusedRecovery{"missing_role", [](Scene&, RecoveryOrder&, std::string& by) { by = "ben"; },
                                    ErrorKind::refused, "ben does not have the role release_manager."},
                    RefusedRecovery{"unknown_person", [](Scene&, RecoveryOrder&, std::string& by) { by = "dora"; },
                                    ErrorKind::usage, "There is nobody called dora among people.members."},
                    RefusedRecovery{"blank_reason", [](Scene&, RecoveryOrder& order, std::string&) { order.why = " "; },
                                    ErrorKind::usage, "--why"},
                    RefusedRecovery{"unknown_app", [](Scene&, RecoveryOrder& order, std::string&) { order.app = "tv"; },
                                    ErrorKind::usage, "no app `tv`"},
                    RefusedRecovery{"app_store", [](Scene&, RecoveryOrder& order, std::string&) { order.app = "ios"; },
                                    ErrorKind::usage, "App Store has no call"},
                    RefusedRecovery{"missing_approvals",
                                    [](Scene& scene, RecoveryOrder&, std::string&) {
                                      want_approvals(scene);
                                      scene.sign("force-update:3.4.0:hard:release_manager");
                                    },
                                    ErrorKind::refused, "train approve force-update:3.4.0:hard:product"},
                    RefusedRecovery{"role_of_no_approval",
                                    [](Scene& scene, RecoveryOrder&, std::string& by) {
                                      want_approvals(scene);
                                      by = "ben";
                                    },
                                    ErrorKind::refused, "ben does not have the role release_manager or product."},
                    RefusedRecovery{"version_that_nobody_knows",
                                    [](Scene& scene, RecoveryOrder& order, std::string&) {
                                      want_approvals(scene);
                                      order.builds = {BuildNumber::from(7)};
                                    },
                                    ErrorKind::refused, "--version"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RecoveryOrdered, ApprovalsOfThatVersionAllowIt) {
  Scene scene = android_is_out();
  want_approvals(scene);
  scene.sign("force-update:3.3.0:hard:release_manager");
  scene.sign("force-update:3.3.0:hard:product");
  EXPECT_FALSE(recovery(scene.def, scene.state, "cleo", deploy(340))) << "3.4.0 is another version";
  const auto live = recovery(scene.def, scene.state, "cleo", deploy(330));
  ASSERT_TRUE(live) << live.error().text();
  EXPECT_EQ(live->version, k_live);
  auto unknown = deploy(7);
  unknown.version = k_live;
  EXPECT_TRUE(recovery(scene.def, scene.state, "cleo", unknown)) << "said by a person";
}

TEST(RecoveryOrdered, WhatAsksNobodyWaitsForNoApproval) {
  Scene scene = android_is_out();
  want_approvals(scene);
  for (const auto action : {Action::prepare_recovery, Action::cancel_recovery}) {
    auto order = deploy();
    order.action = action;
    EXPECT_TRUE(recovery(scene.def, scene.state, "ana", order)) << to_string(action);
    EXPECT_FALSE(recovery(scene.def, scene.state, "ben", order)) << to_string(action);
  }
}

TEST(RecoveryOrdered, AnybodyMayWhereNobodyIsNamed) {
  Scene scene = android_is_out();
  scene.def.members.clear();
  EXPECT_TRUE(recovery(scene.def, scene.state, "somebody@host", deploy()));
}

Recovery in_store(RecoveryStatus status, const RecoveryReach& reach = {true, {}, {}}) {
  Recovery out;
  out.id = "4611";
  out.status = status;
  out.builds = {BuildNumber::from(340)};
  out.reach = reach;
  return out;
}

struct ShownRecovery {
  const char* name;
  Action action;
  const char* subject;
  const char* value;
  Recovery seen;
  bool shown;
};
void PrintTo(const ShownRecovery& row, std::ostream* out) { *out << row.name; }
class RecoveryShown : public testing::TestWithParam<ShownRecovery> {};

TEST_P(RecoveryShown, IsWhatTheListSays) {
  Step step;
  step.action = GetParam().action;
  step.app = "android";
  step.build = BuildNumber::from(340);
  step.subject = GetParam().subject;
  step.value = GetParam().value;
  EXPECT_EQ(shows_recovery({GetParam().seen}, step), GetParam().shown);
  EXPECT_FALSE(shows_recovery({}, step));
}

using Status = RecoveryStatus;
INSTANTIATE_TEST_SUITE_P(
    , RecoveryShown,
    testing::Values(
        ShownRecovery{"draft_is_prepared", Action::prepare_recovery, "340", "everybody", in_store(Status::draft), true},
        ShownRecovery{"cancelled_is_not_prepared", Action::prepare_recovery, "340", "everybody",
                      in_store(Status::cancelled), false},
        ShownRecovery{"other_builds", Action::prepare_recovery, "330,340", "everybody", in_store(Status::draft), false},
        ShownRecovery{"draft_is_not_deployed", Action::deploy_recovery, "4611", "", in_store(Status::draft), false},
        ShownRecovery{"active_is_deployed", Action::deploy_recovery, "4611", "", in_store(Status::active), true},
        ShownRecovery{"another_id", Action::deploy_recovery, "17", "", in_store(Status::active), false},
        ShownRecovery{"wide_enough", Action::widen_recovery, "4611", "regions DE",
                      in_store(Status::active, {false, {"AT", "DE"}, {}}), true},
        ShownRecovery{"not_wide_enough", Action::widen_recovery, "4611", "regions DE,FR",
                      in_store(Status::active, {false, {"AT", "DE"}, {}}), false},
        ShownRecovery{"cancelled", Action::cancel_recovery, "4611", "", in_store(Status::cancelled), true},
        ShownRecovery{"not_cancelled", Action::cancel_recovery, "4611", "", in_store(Status::active), false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::orders::test
