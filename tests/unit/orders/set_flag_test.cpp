#include "train/orders/set_flag.hpp"
#include "unit/orders/ordering.hpp"

namespace train::orders::test {
namespace {

// A flag that the playbook of crashes switches off.
void a_flag(Scene& scene) {
  Flag flag;
  flag.name = "new_checkout";
  flag.value_on = "enabled";
  flag.value_off = "disabled";
  flag.signal = "crashes";
  scene.def.flags = {flag};
}

Result<std::string> value(const Scene& s, const char* flag, const char* said) {
  return value_to_set(s.def, s.state, {flag, said});
}

TEST(SetFlag, OnAndOffAreTheDefinitionsValues) {
  Scene scene;
  a_flag(scene);
  EXPECT_EQ(*value(scene, "new_checkout", "on"), "enabled");
  EXPECT_EQ(*value(scene, "new_checkout", "off"), "disabled");
  EXPECT_EQ(*value(scene, "new_checkout", "half"), "half");
}

TEST(SetFlag, AnUnknownFlagIsRefusedWithTheKnownOnes) {
  Scene scene;
  EXPECT_EQ(value(scene, "checkout", "on").error().text(), "There is no flag `checkout`.\nThe definition has none.");
  a_flag(scene);
  const auto refused = value(scene, "checkout", "on");
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_EQ(refused.error().hint, "The definition has: new_checkout.");
}

TEST(SetFlag, WhatTheTrainKeepsOffIsNotSwitchedOn) {
  Scene scene;
  a_flag(scene);
  a_breach_of_crashes(scene);
  const auto refused = value(scene, "new_checkout", "on");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("The flag new_checkout is kept off:"));
  EXPECT_EQ(*value(scene, "new_checkout", "off"), "disabled");
}

}  // namespace
}  // namespace train::orders::test
