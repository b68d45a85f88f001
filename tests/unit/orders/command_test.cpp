// The table of commands: what is typed becomes the order, or is refused with the order's own words.
#include "train/orders/command.hpp"

#include "unit/orders/ordering.hpp"

namespace train::orders::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Scene android_with_people() {
  Scene scene;
  scene.def.members = {{"ana", {"release_manager"}, {}}, {"ben", {"qa"}, {}}};
  android_at_5(scene);
  return scene;
}

Arguments typed_recovery() {
  Arguments said;
  said.app = "android";
  said.id = "4611";
  said.builds = {"340"};
  said.regions = {"DE"};
  said.why = "loses payments";
  return said;
}

Events give(const Scene& scene, std::string_view words, const Arguments& said, const std::string& by = "ana") {
  return find_command(words)->give(scene.def, scene.state, by, said, scene.now);
}

TEST(TypedRecovery, IsTheOrderOfItsWords) {
  auto said = typed_recovery();
  said.api_levels = {"33", "34"};
  said.version = "3.4.0";
  const auto order = recovery_order(said, Action::widen_recovery);
  ASSERT_TRUE(order) << order.error().text();
  EXPECT_EQ(order->action, Action::widen_recovery);
  EXPECT_EQ(order->app, "android");
  EXPECT_EQ(order->id, "4611");
  EXPECT_EQ(order->builds, std::vector<BuildNumber>{BuildNumber::from(340)});
  EXPECT_EQ(order->reach, (RecoveryReach{false, {"DE"}, {33, 34}}));
  EXPECT_EQ(order->version, VersionName::parse("3.4.0"));
  EXPECT_EQ(order->why, "loses payments");
}

struct Slip {
  const char* name;
  void (*spoil)(Arguments& said);
  const char* says;
};
class TypedRecoveryRefused : public testing::TestWithParam<Slip> {};

TEST_P(TypedRecoveryRefused, SaysWhatIsNotOne) {
  auto said = typed_recovery();
  GetParam().spoil(said);
  const auto given = give(android_with_people(), "recovery deploy", said);
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().kind, ErrorKind::usage);
  EXPECT_THAT(given.error().text(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    , TypedRecoveryRefused,
    testing::Values(
        Slip{"build", [](Arguments& said) { said.builds = {"3.4"}; }, "\"3.4\" is no version code"},
        Slip{"no_build", [](Arguments& said) { said.builds.clear(); }, "Give --build"},
        Slip{"level", [](Arguments& said) { said.api_levels = {"13x"}; }, "\"13x\" is no Android API level"},
        Slip{"version", [](Arguments& said) { said.version = "soon"; }, "`soon` is not a version like 3.4.0"},
        Slip{"app", [](Arguments& said) { said.app = "ios"; }, "has no call that asks users to update"},
        Slip{"reason", [](Arguments& said) { said.why = " "; }, "The reason is empty"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RecoveryCommand, IsAllowedByRoleAndTellsTheLogNothingItself) {
  const Scene scene = android_with_people();
  for (const auto* words : {"recovery prepare", "recovery widen", "recovery deploy", "recovery cancel"}) {
    const auto given = give(scene, words, typed_recovery());
    ASSERT_TRUE(given) << given.error().text();
    EXPECT_THAT(*given, IsEmpty()) << "its intent and outcome are the call's";
    const auto refused = give(scene, words, typed_recovery(), "ben");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("ben does not have the role release_manager"));
    EXPECT_TRUE(find_command(words)->by_hand) << words;
  }
}

TEST(ForceUpdateCommand, IsTheOrderOfItsWords) {
  Arguments said;
  said.severity = "critical";
  said.share = "5%";
  said.fix = "3.4.1";
  said.version = "3.4.0";
  said.legal = true;
  said.cannot_update_here = true;
  said.why = "loses payments";
  const auto order = force_update_order(said);
  ASSERT_TRUE(order) << order.error().text();
  EXPECT_EQ(order->severity, Severity::critical);
  EXPECT_EQ(order->share, Percent::whole(5));
  EXPECT_EQ(order->fix, VersionName::parse("3.4.1"));
  EXPECT_EQ(order->bad, VersionName::parse("3.4.0"));
  EXPECT_TRUE(order->legal);
  EXPECT_FALSE(order->can_update_here);
  said.share = "some";
  EXPECT_THAT(force_update_order(said).error().message, HasSubstr("`some` is not a percentage like 5%"));
  said.severity = "huge";
  EXPECT_THAT(force_update_order(said).error().message, HasSubstr("none of low, medium, high, critical"));
}

}  // namespace
}  // namespace train::orders::test
