// App recovery in the built-in store, without a client that would not ask for what is refused.
#include <gtest/gtest.h>

#include "play_store.hpp"

namespace train::testing_play {
namespace {

constexpr const char* k_recovery = "4611000000000000001";

struct RecoveryStore : PlayStore {
  Handled post(const std::string& rest, const std::string& body = "{}") {
    return call("POST", base() + "/appRecoveries" + rest, body);
  }
  Handled create(const std::string& targeting) {
    return post("", R"({"remoteInAppUpdate":{"isRemoteInAppUpdateRequested":true},"targeting":)" + targeting + "}");
  }
  Json first() {
    const auto answer = call("GET", base() + "/appRecoveries", "", {{"versionCode", "330"}});
    return Json::parse(answer.response.body)["recoveryActions"][0];
  }
};

struct DraftCase {
  const char* name;
  const char* targeting;
  int status;
  const char* message;
};
void PrintTo(const DraftCase& row, std::ostream* out) { *out << row.name; }
class RecoveryDraft : public testing::TestWithParam<DraftCase> {};

TEST_P(RecoveryDraft, IsTakenOrRefusedAsAWhole) {
  RecoveryStore play;
  const Handled seen = play.create(GetParam().targeting);
  EXPECT_EQ(seen.response.status, GetParam().status) << seen.response.body;
  EXPECT_NE((error_message(seen) + seen.change).find(GetParam().message), std::string::npos) << seen.response.body;
  EXPECT_EQ(seen.effect, GetParam().status == 200);
}

#define LIST R"("versionList":{"versionCodes":["330"]})"
#define ALL R"("allUsers":{"isAllUsersRequested":true})"
const DraftCase k_drafts[] = {
    {"everybody", "{" LIST "," ALL "}", 200, "DRAFT"},
    {"regions", "{" LIST R"(,"regions":{"regionCode":["DE","AT"]}})", 200, "DRAFT"},
    {"levels", "{" LIST R"(,"androidSdks":{"sdkLevels":["34"]}})", 200, "DRAFT"},
    {"a_range", R"({"versionRange":{"versionCodeStart":"300","versionCodeEnd":"339"},)" ALL "}", 200, "DRAFT"},
    {"a_range_of_nobody", R"({"versionRange":{"versionCodeStart":"1","versionCodeEnd":"2"},)" ALL "}", 400,
     "No published version"},
    {"a_range_backwards", R"({"versionRange":{"versionCodeStart":"9","versionCodeEnd":"2"},)" ALL "}", 400,
     "version_range"},
    {"no_version", "{" ALL "}", 400, "Exactly one of version_list"},
    {"never_published", R"({"versionList":{"versionCodes":["999"]},)" ALL "}", 400, "has not been published"},
    {"no_reach", "{" LIST "}", 400, "Exactly one of all_users"},
    {"two_kinds", "{" LIST "," ALL R"(,"regions":{"regionCode":["DE"]}})", 400, "Exactly one of all_users"},
    {"all_but_not_all", "{" LIST R"(,"allUsers":{"isAllUsersRequested":false}})", 400, "must be true"},
    {"no_region", "{" LIST R"(,"regions":{"regionCode":["Germany"]}})", 400, "Invalid region code"},
    {"unknown_field", "{" LIST "," ALL R"(,"people":[]})", 400, "Unknown name \"people\""},
    {"no_object", "[]", 400, "an object is expected"},
};
INSTANTIATE_TEST_SUITE_P(, RecoveryDraft, testing::ValuesIn(k_drafts),
                         [](const auto& each) { return each.param.name; });

TEST(PlayRecovery, GoesOneWayOnly) {
  RecoveryStore play;
  ASSERT_EQ(play.create("{" LIST R"(,"regions":{"regionCode":["DE"]}})").response.status, 200);
  const std::string at = std::string("/") + k_recovery;
  EXPECT_EQ(error_message(play.post(at + ":cancel")), "Only a recovery action that is executing can be canceled.");
  EXPECT_EQ(play.post(at + ":deploy").change, std::string("play/recovery/") + k_recovery + " ACTIVE");
  EXPECT_EQ(play.first()["deployTime"], "2026-11-30T09:00:00Z");
  EXPECT_EQ(play.post(at + ":deploy").response.status, 400) << "once";
  EXPECT_EQ(play.post(at + ":addTargeting", R"({"targetingUpdate":{)" ALL "}}").response.status, 400);
  EXPECT_FALSE(play.post(at + ":addTargeting", R"({"targetingUpdate":{"regions":{"regionCode":["DE"]}}})").effect);
  EXPECT_TRUE(play.post(at + ":addTargeting", R"({"targetingUpdate":{"regions":{"regionCode":["FR"]}}})").effect);
  EXPECT_TRUE(play.post(at + ":cancel").effect);
  for (const char* verb : {":deploy", ":cancel", ":addTargeting"})
    EXPECT_EQ(play.post(at + verb, R"({"targetingUpdate":{"regions":{"regionCode":["IT"]}}})").response.status, 400);
  EXPECT_EQ(play.first()["status"], "RECOVERY_STATUS_CANCELED");
  EXPECT_EQ(play.post("/17:deploy").response.status, 404);
  EXPECT_EQ(play.call("GET", play.base() + "/appRecoveries").response.status, 400) << "the version code is required";
}

TEST(PlayRecovery, MovesUsersOnlyWhereThereIsSomethingNewer) {
  RecoveryStore play;
  ASSERT_EQ(play.create("{" LIST "," ALL "}").response.status, 200);
  ASSERT_EQ(play.post(std::string("/") + k_recovery + ":deploy").response.status, 200);
  play.now += std::chrono::hours(48);
  const auto moved = [&] { return play.first()["remoteInAppUpdateData"]["remoteAppUpdateDataPerBundle"][0]; };
  EXPECT_EQ(moved()["totalDeviceCount"], "100000");
  EXPECT_EQ(moved()["recoveredDeviceCount"], "0") << "3.3.0 is all there is";
  roll_out(play, 0.5);
  EXPECT_EQ(moved()["recoveredDeviceCount"], "75000") << "half, and half of the rest";
}
#undef LIST
#undef ALL

TEST(PlayCountries, StayWithAHaltedReleaseAndEndWithoutBeingListed) {
  PlayStore play;
  roll_out(play, 0.05);
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "countries"}, {"countries", {"DE"}}}));
  EXPECT_EQ(play.release({one("330", "completed"), one("340", "halted", 0.05)}).change,
            "play/production/340 halted 0.05 in DE");
  EXPECT_EQ(play.release({one("330", "completed"), one("340", "inProgress", 0.05)}).change,
            "play/production/340 inProgress 0.05")
      << "a list that does not name them lifts them";
}

TEST(PlayDraftApp, TakesDraftsOnly) {
  PlayStore play(charge_setup(false));
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "draft_app"}}));
  play.keep_bundle();
  const Handled full = play.release({one("340", "completed")});
  EXPECT_EQ(error_message(full), "Only releases with status draft may be created on draft app.");
  EXPECT_EQ(play.release({one("340", "draft")}).change, "play/production/340 draft");
}

}  // namespace
}  // namespace train::testing_play
