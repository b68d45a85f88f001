// The launch-risk preflight: what fails before submission, and who may go on in spite of it.
#include "train/preflight/launch_risk.hpp"

#include <gmock/gmock.h>

#include "train/engine/standby.hpp"
#include "train/preflight/standby.hpp"

namespace train::preflight {
namespace {

using testing::HasSubstr;

VersionName v340() { return *VersionName::parse("3.4.0"); }

engine::State opened() {
  engine::State state;
  engine::Release release;
  release.version = v340();
  engine::AppProgress app;
  app.app = "ios";
  app.looked = true;
  app.live = LiveVersion{*VersionName::parse("3.3.0"), *BuildNumber::parse("330")};
  release.apps.push_back(app);
  state.releases.push_back(release);
  return state;
}

Definition with_standby() {
  Definition out;
  App app;
  app.name = "ios";
  out.apps.push_back(app);
  StandbyRule rule;
  rule.app = "ios";
  out.standby.push_back(rule);
  return out;
}

Lines doubtful() {
  Lines lines{{"People", "owner", Level::warning, "nobody watches", "Give an owner."}};
  lines.back().waiver_item = "risk:owner";
  lines.push_back({"Schedule", "ios ticks", Level::warning, "late", ""});
  return lines;
}

TEST(LaunchRisk, FailsBeforeSubmissionOnly) {
  auto lines = doubtful();
  settle_risks(lines, engine::State());
  EXPECT_EQ(lines[0].level, Level::warning) << "no release: nothing leaves";
  settle_risks(lines, opened());
  EXPECT_EQ(lines[0].level, Level::failure);
  EXPECT_THAT(lines[0].remedy, HasSubstr("To proceed anyway: `train waive risk:owner --why …`."));
  EXPECT_EQ(lines[1].level, Level::warning) << "no launch risk";
  auto submitted = opened();
  submitted.releases[0].apps[0].seen = SeenRelease{};
  submitted.releases[0].apps[0].seen->status = ReleaseStatus::in_review;
  lines = doubtful();
  settle_risks(lines, submitted);
  EXPECT_EQ(lines[0].level, Level::warning);
}

TEST(LaunchRisk, AWaiverIsShownWithItsName) {
  auto state = opened();
  engine::SignOff waiver;
  waiver.item = "risk:owner";
  waiver.how = event::SignedOff::How::waived;
  waiver.by = "ana";
  waiver.why = "I watch it myself";
  state.releases[0].sign_offs.push_back(waiver);
  auto lines = doubtful();
  settle_risks(lines, state);
  EXPECT_EQ(lines[0].level, Level::warning);
  EXPECT_THAT(lines[0].sentence, HasSubstr("waived for 3.4.0 by ana: I watch it myself"));
}

TEST(LaunchRisk, AStandbyMustBeInTheStore) {
  auto state = opened();
  auto lines = standby_lines(with_standby(), state);
  ASSERT_EQ(lines.size(), 1u);
  settle_risks(lines, state);
  EXPECT_EQ(lines[0].level, Level::failure);
  EXPECT_THAT(lines[0].remedy, HasSubstr("train standby prepare ios"));
  engine::Standby standby;
  standby.version = *VersionName::parse("3.4.1");
  standby.built = standby.uploaded = true;
  state.releases[0].apps[0].standby = standby;
  EXPECT_EQ(standby_lines(with_standby(), state)[0].level, Level::ok);
}

TEST(LaunchRisk, AReleaseThatMayGoWithoutAStandbyIsNotHeldUpByCheck) {
  auto state = opened();
  engine::SignOff waiver;
  waiver.item = engine::standby_item("ios");
  waiver.how = event::SignedOff::How::waived;
  waiver.by = "ana";
  waiver.why = "the schema changed";
  state.releases[0].sign_offs.push_back(waiver);
  auto lines = standby_lines(with_standby(), state);
  settle_risks(lines, state);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].level, Level::warning);
  EXPECT_THAT(lines[0].sentence, HasSubstr("waived for 3.4.0 by ana: the schema changed"));
}

TEST(LaunchRisk, WhatNobodyAskedStaysAsItIs) {
  Lines lines{{"Way back", "ios halt", Level::not_asked, "not asked: --offline", ""}};
  lines.back().waiver_item = "risk:halt:ios";
  settle_risks(lines, opened());
  EXPECT_EQ(lines[0].level, Level::not_asked);
}

}  // namespace
}  // namespace train::preflight
