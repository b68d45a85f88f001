// The App Store's ladder, shares, reports and what a person does in its site.
#include <gtest/gtest.h>

#include "app_store_world.hpp"

namespace train::sandbox {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

int day_of(AppStoreWorld& world, const std::string& version) {
  return world.phase_of(version).body.at("data").at("attributes").at("currentDayNumber").get<int>();
}

TEST(AppStorePhase, ClimbsSevenRungsADayApart) {
  AppStoreWorld world;
  const auto ids = world.live();
  const std::vector<int> ladder{1, 2, 5, 10, 20, 50, 100};
  for (std::size_t day = 1; day <= ladder.size(); ++day) {
    EXPECT_EQ(day_of(world, ids.version), static_cast<int>(day));
    EXPECT_EQ(world.shares.back().percent + world.shares[world.shares.size() - 2].percent, 100);
    const auto side = world.service->report().at(0).candidate;
    ASSERT_TRUE(side);
    EXPECT_EQ(side->percent, ladder[day - 1]);
    world.pass(24h);
  }
  EXPECT_EQ(world.phase_of(ids.version).attribute("phasedReleaseState"), "\"COMPLETE\"");
  const auto report = world.service->report().at(0);
  EXPECT_EQ(report.candidate->percent, 100);
  EXPECT_EQ(report.live->version, "3.4.0");
  EXPECT_EQ(report.live->percent, 100);
}

TEST(AppStorePhase, EachTickIsToldAtItsOwnInstant) {
  AppStoreWorld world;
  world.live();
  const auto live_at = world.now;
  world.shares.clear();
  world.pass(49h);
  const std::vector<Share> wanted{{"3.3.0", 98, live_at + 24h},
                                  {"3.4.0", 2, live_at + 24h},
                                  {"3.3.0", 95, live_at + 48h},
                                  {"3.4.0", 5, live_at + 48h}};
  EXPECT_EQ(world.shares, wanted);
}

TEST(AppStorePhase, APauseStopsTheClockOfTheDay) {
  AppStoreWorld world;
  const auto ids = world.live();
  world.pass(20h);
  EXPECT_EQ(world.set_phase(ids.phase, "PAUSED").change, "app-store/3.4.0 phased PAUSED");
  EXPECT_EQ(world.service->report().at(0).candidate->state, "READY_FOR_DISTRIBUTION PAUSED");
  world.pass(72h);
  EXPECT_EQ(day_of(world, ids.version), 1);
  EXPECT_EQ(world.phase_of(ids.version).attribute("totalPauseDuration"), "3");
  EXPECT_EQ(world.set_phase(ids.phase, "ACTIVE").change, "app-store/3.4.0 phased ACTIVE");
  world.pass(3h);
  EXPECT_EQ(day_of(world, ids.version), 1);
  world.pass(1h);
  EXPECT_EQ(day_of(world, ids.version), 2);
}

TEST(AppStorePhase, CompleteServesEverybodyAtOnce) {
  AppStoreWorld world;
  const auto ids = world.live();
  EXPECT_EQ(world.set_phase(ids.phase, "COMPLETE").status, 200);
  EXPECT_EQ(world.shares.back(), (Share{"3.4.0", 100, world.now}));
}

TEST(AppStorePhase, ANewerVersionEndsItForGood) {
  AppStoreWorld world;
  const auto ids = world.live();
  ASSERT_TRUE(
      world.service->person({{"app", "ios"}, {"action", "upload"}, {"version", "3.4.1"}, {"build", "341"}}, world.now));
  world.pass(15min);
  const auto next = world.draft("3.4.1", "341");
  const auto submission = world.create_submission().id();
  ASSERT_EQ(world.add_item(submission, next.version).status, 201);
  ASSERT_EQ(world.submit(submission).status, 200);
  ASSERT_TRUE(world.service->review("ios", *VersionName::parse("3.4.1"), true, world.now));
  world.request_release(next.version);
  world.pass(10min);
  EXPECT_EQ(world.state("3.4.0"), "REPLACED_WITH_NEW_VERSION");
  EXPECT_EQ(world.phase_of(ids.version).attribute("phasedReleaseState"), "\"COMPLETE\"");
  EXPECT_EQ(world.state("3.4.1"), "READY_FOR_DISTRIBUTION");
}

TEST(AppStorePhase, ReportShowsBothSides) {
  AppStoreWorld world;
  world.live();
  const auto report = world.service->report().at(0);
  EXPECT_EQ(report.live->version, "3.3.0");
  EXPECT_EQ(report.live->percent, 99);
  EXPECT_EQ(report.candidate->version, "3.4.0");
  EXPECT_EQ(report.candidate->build, "340");
  EXPECT_EQ(report.candidate->percent, 1);
}

struct PersonCase {
  std::string name;
  std::string action;
  std::string change;
};

void PrintTo(const PersonCase& row, std::ostream* out) { *out << row.name; }

class AppStorePerson : public testing::TestWithParam<PersonCase> {};

TEST_P(AppStorePerson, ActsOnALiveRollout) {
  AppStoreWorld world;
  world.live();
  const auto change = world.service->person({{"app", "ios"}, {"action", GetParam().action}}, world.now);
  EXPECT_EQ(change ? *change : "refused", GetParam().change);
}

INSTANTIATE_TEST_SUITE_P(, AppStorePerson,
                         testing::Values(PersonCase{"halts", "halt", "app-store/3.4.0 phased PAUSED"},
                                         PersonCase{"pauses", "pause", "app-store/3.4.0 phased PAUSED"},
                                         PersonCase{"completes", "complete", "app-store/3.4.0 phased COMPLETE"},
                                         PersonCase{"cannot_resume_what_runs", "resume", "refused"},
                                         PersonCase{"cannot_withdraw_what_is_live", "withdraw", "refused"},
                                         PersonCase{"cannot_release_twice", "release", "refused"},
                                         PersonCase{"removes_the_app", "remove",
                                                    "app-store/com.example.charge removed from sale"},
                                         PersonCase{"has_no_such_button", "explode", "refused"}),
                         [](const auto& row) { return row.param.name; });

TEST(AppStoreService, APersonWithdrawsARunningReview) {
  AppStoreWorld world;
  world.submitted();
  EXPECT_EQ(*world.service->person({{"app", "ios"}, {"action", "withdraw"}}, world.now), "app-store/3.4.0 CANCELING");
  world.pass(5s);
  EXPECT_EQ(world.state("3.4.0"), "DEVELOPER_REJECTED");
  EXPECT_FALSE(world.service->person({{"app", "ios"}, {"action", "create_version"}, {"version", "3.5.0"}}, world.now))
      << "3.4.0 holds the slot";
}

TEST(AppStoreService, ACloneRemembersThePast) {
  AppStoreWorld world;
  const auto past = world.service->clone();
  world.create_version("3.4.0");
  EXPECT_TRUE(world.service->report().at(0).candidate);
  EXPECT_FALSE(past->report().at(0).candidate);
}

}  // namespace
}  // namespace train::sandbox
