#include "train/orders/sign_off.hpp"

#include <chrono>
#include <optional>

#include "unit/orders/ordering.hpp"

namespace train::orders::test {
namespace {

using How = event::SignedOff::How;

struct ItemRow {
  const char* name;
  const char* item;
  const char* role;
};

// People, a checklist, testers and forced updates beside what every scene has.
void with_everything(Scene& scene) {
  scene.open();
  scene.def.checklist = {{"store-copy", "", "marketing"}, {"privacy", "", ""}};
  scene.def.apps[0].testers = {"field-beta"};
  scene.def.force_update.approvals[Degree::hard] = {"product"};
}

class EachItem : public testing::TestWithParam<ItemRow> {};

TEST_P(EachItem, CountsUnderItsRole) {
  Scene scene;
  with_everything(scene);
  const auto events =
      sign_off(scene.def, scene.state, "ana", {GetParam().item, How::approved, "", "https://x"}, scene.now);
  ASSERT_TRUE(events) << events.error().text();
  const std::string role = GetParam().role;
  const std::string member = role.empty() ? "" : R"("role":")" + role + R"(",)";
  EXPECT_EQ(written(events),
            std::vector<std::string>{R"(signed_off {"evidence":"https://x","how":"approved","item":")" +
                                     std::string(GetParam().item) + R"(",)" + member + R"("version":"3.4.0"})"});
}

INSTANTIATE_TEST_SUITE_P(, EachItem,
                         testing::Values(ItemRow{"checklist", "store-copy", "marketing"},
                                         ItemRow{"checklist_of_anyone", "privacy", ""},
                                         ItemRow{"approval", "submission:qa", "qa"},
                                         ItemRow{"rollout", "rollout:release_manager", "release_manager"},
                                         ItemRow{"risk", "risk:owner", "release_manager"},
                                         ItemRow{"risk_of_an_app", "risk:halt:ios", "release_manager"},
                                         ItemRow{"full_release", "ios:full_release", "release_manager"},
                                         ItemRow{"standby", "android:standby", "release_manager"},
                                         ItemRow{"rollback", "android:rollback", "release_manager"},
                                         ItemRow{"gate", "android:gate:crashes", "release_manager"},
                                         ItemRow{"gate_any", "android:gate:any", "release_manager"},
                                         ItemRow{"testers", "ios:testers:field-beta", "release_manager"},
                                         ItemRow{"force_update", "force-update:3.4.0:hard:product", "product"}),
                         by_name);

// After the longest wait the role that the gate names may let a stage pass that is too small to tell, and not before.
TEST(SignOff, AStageThatIsTooSmallToTellIsItsRolesAfterTheLongestWait) {
  Scene scene;
  scene.open();
  scene.def.members = {{"ana", {"release_manager"}, std::nullopt}, {"kim", {"product"}, std::nullopt}};
  scene.def.gates.front().when_too_small = "product";
  scene.rolling("android", 1, 1, 24 * 6);
  GateRule rule;
  rule.gate = scene.def.gates.front();
  scene.add(event::RulesSet{k_version, "android", {rule}});
  const auto by_kim = [&] {
    return sign_off(scene.def, scene.state, "kim", {"android:gate:crashes", How::approved, "", ""}, scene.now);
  };
  EXPECT_FALSE(by_kim()) << "not before the longest wait";
  scene.now += std::chrono::hours(48);
  const auto events = by_kim();
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(std::get<event::SignedOff>(events->front()).role, "product");
  event::Warned warned;
  warned.version = k_version;
  warned.app = "android";
  warned.evidence.signal = "crashes";
  scene.add(warned);
  EXPECT_FALSE(by_kim()) << "not with evidence of harm";
}

TEST(SignOff, AWaiverKeepsItsReason) {
  Scene scene;
  scene.open();
  const auto events =
      sign_off(scene.def, scene.state, "ana", {"submission:qa", How::waived, "copy only", ""}, scene.now);
  ASSERT_TRUE(events);
  EXPECT_EQ(
      written(events),
      std::vector<std::string>{
          R"(signed_off {"how":"waived","item":"submission:qa","role":"qa","version":"3.4.0","why":"copy only"})"});
}

struct NotAsked {
  const char* name;
  const char* item;
};
class NothingWaitsFor : public testing::TestWithParam<NotAsked> {};

TEST_P(NothingWaitsFor, IsRefused) {
  Scene scene;
  with_everything(scene);
  const auto events = sign_off(scene.def, scene.state, "ana", {GetParam().item, How::approved, "", ""}, scene.now);
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().kind, ErrorKind::usage);
  EXPECT_EQ(events.error().message, "Nothing waits for `" + std::string(GetParam().item) + "`.");
}

INSTANTIATE_TEST_SUITE_P(
    , NothingWaitsFor,
    testing::Values(NotAsked{"nonsense", "nonsense:item"}, NotAsked{"empty", ""},
                    NotAsked{"role_nobody_asks_for", "submission:legal"}, NotAsked{"unknown_app", "web:gate:crashes"},
                    NotAsked{"unknown_signal", "android:gate:battery"}, NotAsked{"longer", "android:rollback:now"},
                    NotAsked{"no_such_risk", "risk:nonsense"}, NotAsked{"risk_of_no_app", "risk:halt:web"},
                    NotAsked{"no_testers_there", "android:testers:field-beta"},
                    NotAsked{"other_degree", "force-update:3.4.0:soft:product"}),
    by_name);

// A risk that no check can find is most likely misspelt.
TEST(SignOff, AnUnknownRiskIsRefusedWithThoseThereAre) {
  Scene scene;
  scene.open();
  scene.def.flags.resize(1);
  scene.def.flags[0].name = "new_checkout";
  const auto events = sign_off(scene.def, scene.state, "ana", {"risk:onwer", How::waived, "known", ""}, scene.now);
  ASSERT_FALSE(events);
  EXPECT_THAT(events.error().hint,
              testing::StartsWith("`train check` can find: `risk:owner`, `risk:flag:new_checkout`, "
                                  "`risk:gates:ios`, `risk:halt:ios`"));
}

// ---- who ------------------------------------------------------------------------------------------------------------

void people(Scene& scene) {
  scene.open();
  scene.def.members = {{"ana", {"release_manager"}, std::nullopt}, {"ben", {"qa"}, std::nullopt}};
}
void people_and_no_release(Scene& scene) {
  people(scene);
  scene.add(event::Abandoned{k_version, "superseded"}, "ana");
}
template <const char* by>
Events signed_by(const Scene& s) {
  return sign_off(s.def, s.state, by, {"submission:qa", How::approved, "", ""}, s.now);
}
constexpr char k_ana[] = "ana";
constexpr char k_ben[] = "ben";
constexpr char k_mallory[] = "mallory";

TEST(SignOff, AMemberWithTheRoleMay) {
  expect_accepted({"ben",
                   people,
                   signed_by<k_ben>,
                   {R"(signed_off {"how":"approved","item":"submission:qa","role":"qa","version":"3.4.0"})"}});
}

class SignOffRefused : public testing::TestWithParam<Refused> {};
TEST_P(SignOffRefused, SaysWhy) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(, SignOffRefused,
                         testing::Values(Refused{"stranger", people, signed_by<k_mallory>, ErrorKind::usage,
                                                 "There is nobody called mallory among people.members."},
                                         Refused{"without_the_role", people, signed_by<k_ana>, ErrorKind::refused,
                                                 "ana does not have the role qa.\nAsk somebody who has it."},
                                         Refused{"ended", people_and_no_release, signed_by<k_ben>, ErrorKind::refused,
                                                 "No release is open.\n`train start` opens one."},
                                         Refused{"nothing", nothing, signed_by<k_ben>, ErrorKind::refused,
                                                 "No release is open."}),
                         by_name);

}  // namespace
}  // namespace train::orders::test
