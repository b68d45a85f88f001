// Whether people are asked to update, and how hard: the same answer for the same facts.
#include "train/engine/force_update.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "scene.hpp"
#include "train/engine/ways_out.hpp"

namespace train::engine::test {
namespace {

using testing::HasSubstr;

struct ForcedRow {
  const char* name;
  Severity severity;
  int share;
  bool fix;
  bool legal;
  bool can_update;
  Degree wanted;
};

class ForceUpdateTable : public testing::TestWithParam<ForcedRow> {};

TEST_P(ForceUpdateTable, Decides) {
  const auto& row = GetParam();
  ForceUpdateRule rule;
  rule.table = default_force_update_table();
  ForceUpdateFacts facts;
  facts.bad = k_version;
  facts.severity = row.severity;
  facts.share = Percent::whole(row.share);
  facts.legal = row.legal;
  facts.can_update_here = row.can_update;
  if (row.fix) facts.fix = *VersionName::parse("3.4.1");
  const auto decision = assess(rule, facts);
  EXPECT_EQ(decision.degree, row.wanted);
  EXPECT_EQ(decision.minimum.has_value(), row.wanted != Degree::none);
  EXPECT_GE(decision.because.size(), 6u) << "every fact, and what decided";
  EXPECT_EQ(assess(rule, facts).degree, decision.degree);
}

INSTANTIATE_TEST_SUITE_P(
    , ForceUpdateTable,
    testing::Values(ForcedRow{"no_fix", Severity::critical, 100, false, true, true, Degree::none},
                    ForcedRow{"legal", Severity::low, 0, true, true, true, Degree::hard},
                    ForcedRow{"critical", Severity::critical, 0, true, false, true, Degree::hard},
                    ForcedRow{"critical_in_the_middle", Severity::critical, 50, true, false, false, Degree::soft},
                    ForcedRow{"high_and_many", Severity::high, 5, true, false, true, Degree::soft},
                    ForcedRow{"high_and_few", Severity::high, 4, true, false, true, Degree::nudge},
                    ForcedRow{"medium_and_many", Severity::medium, 20, true, false, true, Degree::nudge},
                    ForcedRow{"medium_and_few", Severity::medium, 19, true, false, true, Degree::none},
                    ForcedRow{"low", Severity::low, 100, true, false, true, Degree::none}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ForceUpdate, OwnTableGraceAndRolesDecide) {
  ForceUpdateRule rule;
  rule.table = {{Severity::low, Percent(), false, Degree::soft}};
  rule.grace = Duration(7200);
  rule.exempt = {"in_trip"};
  rule.approvals[Degree::soft] = {"product"};
  ForceUpdateFacts facts;
  facts.bad = k_version;
  facts.fix = *VersionName::parse("3.4.1");
  const auto decision = assess(rule, facts);
  EXPECT_EQ(decision.degree, Degree::soft);
  EXPECT_EQ(decision.grace, Duration(7200));
  EXPECT_EQ(decision.exempt, rule.exempt);
  Scene s;
  s.open();
  const std::string item = "force-update:" + k_version.text() + ":soft:product";
  EXPECT_EQ(missing_approvals(s.state.releases[0], decision), std::vector<std::string>{item});
  s.sign("force-update:" + k_version.text() + ":nudge:product");
  EXPECT_EQ(missing_approvals(s.state.releases[0], decision).size(), 1u) << "approved was something milder";
  s.sign(item);
  EXPECT_TRUE(missing_approvals(s.state.releases[0], decision).empty());
}

TEST(ForceUpdate, TheNextReleaseIsShownAsUrgentAndOnlyThat) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 1);
  s.add(event::ForceUpdateDecided{k_version, "android", "hard", std::nullopt, "", {}});
  const auto fix = *VersionName::parse("3.4.2");
  const auto later = *VersionName::parse("3.5.0");
  EXPECT_EQ(update_priority(s.state, "android", fix), 5);
  EXPECT_EQ(update_priority(s.state, "android", k_version), 0);
  EXPECT_EQ(update_priority(s.state, "ios", fix), 0);
  s.add(event::Opened{fix, true, std::nullopt, k_version});
  event::Seen seen = Scene::seen_event("android", ReleaseStatus::serving, 100, PhasedRelease::State::inactive);
  seen.version = fix;
  seen.release->version = fix;
  s.add(seen);
  EXPECT_EQ(fix_for(s.state, "android", k_version), fix);
  EXPECT_EQ(update_priority(s.state, "android", fix), 5);
  EXPECT_EQ(update_priority(s.state, "android", later), 0);
}

// ---- the rollback choice

std::vector<std::string> ways_of(const Scene& s, const AppName& app) {
  std::vector<std::string> out;
  for (const auto& way : ways_out(s.def, s.state, s.state.releases[0], *s.def.find_app(app), s.now))
    out.push_back((way.possible ? "" : "no ") + std::string(to_string(way.way)));
  return out;
}

TEST(WaysOut, WithoutAStandbyTheBrakeComesFirst) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 1);
  EXPECT_EQ(ways_of(s, "android"), (std::vector<std::string>{"halt", "hotfix", "no flag_off", "no resume_previous",
                                                             "no standby", "no force_update"}));
}

TEST(WaysOut, AFeatureOfItsOwnIsSwitchedOffFirst) {
  Scene s;
  Flag flag;
  flag.name = "new_checkout";
  flag.value_off = "false";
  flag.signal = "crashes";
  s.def.flags.push_back(flag);
  s.open();
  s.rolling("android", 2, 5, 1);
  event::Breached breach;
  breach.version = k_version;
  breach.app = "android";
  breach.reaction = Reaction::switch_off;
  breach.evidence.signal = "crashes";
  s.add(breach);
  EXPECT_EQ(ways_of(s, "android")[0], "flag_off");
  s.state.flags["new_checkout"] = {"false", s.now};
  EXPECT_EQ(ways_of(s, "android")[0], "halt") << "it is off already";
}

TEST(WaysOut, SaysWhyNoFlagIsLeftToSwitch) {
  Scene s;
  s.open();
  s.rolling("android", 2, 5, 1);
  const auto why = [&] {
    for (const auto& way : ways_out(s.def, s.state, s.state.releases[0], *s.def.find_app("android"), s.now)) {
      if (way.way == Way::flag_off) return way.because.at(0);
    }
    return Reason{};
  };
  EXPECT_EQ(why(), (Reason{"flags", "the definition has none", "a flag with a value_off"}));
  Flag flag;
  flag.name = "new_checkout";
  s.def.flags.push_back(flag);
  EXPECT_EQ(why(), (Reason{"flags", "none has a value_off", "a flag with a value_off"}));
  s.def.flags[0].value_off = "false";
  s.state.flags["new_checkout"] = {"false", s.now};
  EXPECT_EQ(why(), (Reason{"flags", "new_checkout is off already", "a flag that is on"}));
}

TEST(WaysOut, OnlyGooglePlayServesThePreviousFullReleaseAgain) {
  Scene s;
  s.open();
  s.rolling("android", 5, 100, 1);
  const auto order = ways_of(s, "android");
  EXPECT_EQ(order[0], "resume_previous");
  EXPECT_THAT(order, testing::Contains("no halt"));
  s.rolling("ios", 5, 100, 1);
  EXPECT_THAT(ways_of(s, "ios"), testing::Contains("no resume_previous"));
}

const WayOut* taken(const Scene& s, const AppName& app, const std::vector<WayOut>& ways) {
  return recommended(*s.state.releases[0].find(app), ways);
}

std::vector<WayOut> all_ways(const Scene& s, const AppName& app) {
  return ways_out(s.def, s.state, s.state.releases[0], *s.def.find_app(app), s.now);
}

TEST(WaysOut, NoneIsRecommendedWhereNobodyHasTheVersion) {
  Scene s;
  Flag flag;
  flag.name = "new_checkout";
  flag.value_off = "false";
  s.def.flags.push_back(flag);
  s.open();
  s.candidate("android");
  const auto ways = all_ways(s, "android");
  EXPECT_TRUE(ways.front().possible);
  EXPECT_EQ(taken(s, "android", ways), nullptr);
}

TEST(WaysOut, AHotfixIsRecommendedOnlyWhereSomethingIsWrong) {
  Scene s;
  s.open();
  s.rolling("ios", 5, 100, 1);
  EXPECT_EQ(taken(s, "ios", all_ways(s, "ios")), nullptr);
  event::Breached breach;
  breach.version = k_version;
  breach.app = "ios";
  breach.reaction = Reaction::rollback;
  breach.evidence.signal = "crashes";
  s.add(breach);
  const auto ways = all_ways(s, "ios");
  ASSERT_NE(taken(s, "ios", ways), nullptr);
  EXPECT_EQ(taken(s, "ios", ways)->way, Way::hotfix);
}

TEST(WaysOut, APauseByTheTrainIsNoReasonNotToHalt) {
  Scene s;
  s.open();
  s.rolling("ios", 2, 5, 1);
  s.seen("ios", ReleaseStatus::halted, 5, PhasedRelease::State::paused);
  auto& progress = *s.state.releases[0].find("ios");
  progress.control = AppProgress::Control::paused;
  const auto ways = all_ways(s, "ios");
  const auto halting = std::find_if(ways.begin(), ways.end(), [](const WayOut& way) { return way.way == Way::halt; });
  EXPECT_TRUE(halting->possible);
  EXPECT_EQ(halting->because[0].seen, "paused by the train, which would resume it");
}

TEST(WaysOut, TheAppStoreCannotHaltAfterHundred) {
  Scene s;
  s.open();
  s.rolling("ios", 5, 100, 1);
  const auto order = ways_of(s, "ios");
  EXPECT_THAT(order, testing::Contains("no halt"));
  EXPECT_EQ(order[0], "hotfix");
}

}  // namespace
}  // namespace train::engine::test
