#include <gtest/gtest.h>

#include "play_store.hpp"

namespace train::testing_play {
namespace {

TEST(PlayEdits, WrongTokenIs401InGooglesShape) {
  PlayStore play;
  play.token = "stolen";
  const Handled seen = play.call("POST", play.base() + "/edits");
  EXPECT_EQ(seen.response.status, 401);
  EXPECT_EQ(Json::parse(seen.response.body)["error"]["status"], "UNAUTHENTICATED");
}

TEST(PlayEdits, OtherPackageIsNotFound) {
  PlayStore play;
  const Handled seen = play.call("POST", "/androidpublisher/v3/applications/com.other/edits");
  EXPECT_EQ(seen.response.status, 404);
  EXPECT_EQ(error_message(seen), "Package not found: com.other.");
}

TEST(PlayEdits, NewerEditEndsTheOlder) {
  PlayStore play;
  play.open();
  const std::string older = play.edit;
  play.open();
  const Handled seen = play.call("GET", play.base() + "/edits/" + older + "/tracks/production");
  EXPECT_EQ(error_message(seen), "This Edit has been deleted.");
}

TEST(PlayEdits, PersonsChangeEndsOpenEdits) {
  PlayStore play;
  play.open();
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "upload"}, {"version", "3.5.0"}, {"build", "350"}}));
  EXPECT_EQ(error_message(play.commit()), "This Edit has been deleted.");
}

TEST(PlayEdits, ExpireAfterAnHour) {
  PlayStore play;
  play.open();
  play.now += std::chrono::minutes{61};
  EXPECT_EQ(error_message(play.commit()), "This edit has expired, please create a new Edit.");
}

TEST(PlayEdits, SecondCommitSaysItWasDone) {
  PlayStore play;
  play.open();
  EXPECT_EQ(play.commit().response.status, 200);
  const Handled again = play.commit();
  EXPECT_EQ(again.response.status, 400);
  EXPECT_NE(error_message(again).find("already been successfully committed"), std::string::npos);
}

TEST(PlayEdits, DeletedEditLosesItsUpload) {
  PlayStore play;
  play.open();
  ASSERT_EQ(play.upload(make_bundle({})).response.status, 200);
  EXPECT_EQ(play.call("DELETE", play.in_edit("")).response.status, 204);
  EXPECT_EQ(play.keep_bundle().change, "play/bundle 340");
}

TEST(PlayEdits, CommitThatChangesNothingHasNoEffect) {
  PlayStore play;
  roll_out(play, 0.05);
  const Handled again = play.release({one("330", "completed"), one("340", "inProgress", 0.05)});
  EXPECT_EQ(again.response.status, 200);
  EXPECT_FALSE(again.effect);
}

TEST(PlayEdits, ChangesAreJoinedAndHappenAtTheCommit) {
  PlayStore play;
  play.open();
  const Handled uploaded = play.upload(make_bundle({}));
  const Handled put = play.put({one("330", "completed"), one("340", "inProgress", 0.05)});
  EXPECT_FALSE(uploaded.effect || put.effect);
  const Handled committed = play.commit();
  EXPECT_TRUE(committed.effect);
  EXPECT_EQ(committed.change, "play/bundle 340; play/production/340 inProgress 0.05");
}

TEST(PlayReview, ServesNobodyUntilADayIsOver) {
  PlayStore play;
  play.keep_bundle();
  std::map<std::string, int> share;
  Instant last{};
  play.service->set_share_listener([&](const AppName&, const VersionName& version, Percent percent, Instant at) {
    share[version.text()] = percent.basis_points();
    last = at;
  });
  play.release({one("330", "completed"), one("340", "inProgress", 0.05)});
  EXPECT_EQ(play.lifecycle("340"), "IN_REVIEW");
  EXPECT_EQ(share["3.3.0"], 10000);
  play.service->pass_time(play.now + std::chrono::hours{30});
  EXPECT_EQ(play.lifecycle("340"), "PUBLISHED");
  EXPECT_EQ(share["3.4.0"], 500);
  EXPECT_EQ(share["3.3.0"], 9500);
  EXPECT_EQ(last, play.now + std::chrono::hours{24})
      << "the share changes when the review ends, not when somebody looks";
}

TEST(PlayReview, ErrorIfInReviewKeepsEditAndReview) {
  PlayStore play;
  play.keep_bundle();
  play.release({one("330", "completed"), one("340", "inProgress", 0.05)});
  play.open();
  play.put({one("330", "completed"), one("340", "inProgress", 0.2)});
  const Handled refused = play.commit();
  EXPECT_EQ(refused.response.status, 400);
  EXPECT_EQ(Json::parse(refused.response.body)["error"]["errors"][0]["reason"], "CHANGES_ALREADY_IN_REVIEW");
  EXPECT_EQ(play.call("GET", play.in_edit("")).response.status, 200) << "the edit survives";
}

TEST(PlayReview, DefaultBehaviourStartsTheReviewAnew) {
  PlayStore play;
  play.keep_bundle();
  play.release({one("330", "completed"), one("340", "inProgress", 0.05)});
  play.now += std::chrono::hours{20};
  play.open();
  EXPECT_EQ(play.commit("CANCEL_IN_REVIEW_AND_SUBMIT").change, "play/review restarted");
  play.service->pass_time(play.now + std::chrono::hours{10});
  EXPECT_EQ(play.lifecycle("340"), "IN_REVIEW");
}

TEST(PlayReview, RejectedServesNobodyAndANewerOneIsReviewed) {
  PlayStore play;
  play.keep_bundle();
  play.release({one("340", "completed")});
  EXPECT_TRUE(play.service->review("android", *VersionName::parse("3.4.0"), false, play.now));
  EXPECT_FALSE(play.service->review("android", *VersionName::parse("3.4.0"), false, play.now));
  EXPECT_EQ(play.lifecycle("340"), "NOT_APPROVED");
  EXPECT_EQ(play.service->report().front().live->version, "3.3.0");
  play.keep_bundle({.version = "3.4.1", .code = 341});
  play.release({one("341", "completed")});
  EXPECT_EQ(play.lifecycle("341"), "IN_REVIEW");
}

TEST(PlayReview, ChangesOfAPublishedReleaseNeedNone) {
  PlayStore play;
  roll_out(play, 0.05);
  EXPECT_EQ(play.release({one("330", "completed"), one("340", "halted", 0.05)}).change,
            "play/production/340 halted 0.05");
  EXPECT_EQ(play.lifecycle("340"), "PUBLISHED");
  EXPECT_EQ(play.service->report().front().candidate->percent, 5) << "those who have it keep it";
}

TEST(PlayReview, TakenBackByAPersonWantsTheFlag) {
  PlayStore play;
  play.keep_bundle();
  play.release({one("330", "completed"), one("340", "inProgress", 0.05)});
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "withdraw"}}));
  EXPECT_EQ(play.lifecycle("340"), "NOT_SENT_FOR_REVIEW");
  play.open();
  EXPECT_NE(error_message(play.commit()).find("changesNotSentForReview to true"), std::string::npos);
  const Handled held = play.call("POST", play.in_edit(":commit"), "", {{"changesNotSentForReview", "true"}});
  EXPECT_EQ(held.response.status, 200);
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "release"}}));
  EXPECT_EQ(play.lifecycle("340"), "IN_REVIEW");
  play.open();
  const Handled flag = play.call("POST", play.in_edit(":commit"), "", {{"changesNotSentForReview", "true"}});
  EXPECT_NE(error_message(flag).find("must not be set"), std::string::npos);
}

TEST(PlayReview, ManagedPublishingWaitsForTheButton) {
  PlayStore play;
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "managed_publishing"}}));
  roll_out(play, 0.05);
  EXPECT_EQ(play.lifecycle("340"), "APPROVED_NOT_PUBLISHED");
  EXPECT_EQ(play.service->report().front().candidate->percent, 0);
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "release"}}));
  EXPECT_EQ(play.lifecycle("340"), "PUBLISHED");
}

struct PersonCase {
  const char* name;
  Json act;
  const char* change;  // or part of the refusal
  bool works;
};
void PrintTo(const PersonCase& row, std::ostream* out) { *out << row.name; }
class PlayPerson : public testing::TestWithParam<PersonCase> {};

TEST_P(PlayPerson, ActsByTheStoresRules) {
  PlayStore play;
  roll_out(play, 0.05);
  Json act = GetParam().act;
  act["app"] = "android";
  const auto seen = play.person(act);
  EXPECT_EQ(seen.has_value(), GetParam().works) << (seen ? *seen : seen.error().message);
  EXPECT_NE((seen ? *seen : seen.error().message).find(GetParam().change), std::string::npos)
      << (seen ? *seen : seen.error().message);
}

const PersonCase k_acts[] = {
    {"halt", {{"action", "halt"}}, "play/production/340 halted 0.05", true},
    {"set_percent", {{"action", "set_percent"}, {"percent", 20}}, "play/production/340 inProgress 0.2", true},
    {"set_percent_lower", {{"action", "set_percent"}, {"percent", 1}}, "cannot be decreased", false},
    {"set_percent_same", {{"action", "set_percent"}, {"percent", 5}}, "already", false},
    {"complete", {{"action", "complete"}, {"version", "3.4.0"}}, "play/production/340 completed", true},
    {"remove", {{"action", "remove"}}, "play/production/340 superseded", true},
    {"remove_live", {{"action", "remove"}, {"version", "3.3.0"}}, "cannot be removed", false},
    {"unknown_version", {{"action", "halt"}, {"version", "9.9.9"}}, "no such release", false},
    {"unknown_action", {{"action", "phase"}}, "no action", false},
    {"upload", {{"action", "upload"}, {"version", "3.5.0"}, {"build", 350}}, "play/bundle 350", true},
    {"upload_used", {{"action", "upload"}, {"version", "3.5.0"}, {"build", 340}}, "already been used", false},
    {"rollout",
     {{"action", "rollout"}, {"version", "3.5.0"}, {"build", 350}, {"percent", 3}},
     "play/production/350 inProgress 0.03",
     true},
    {"rollout_all",
     {{"action", "rollout"}, {"version", "3.5.0"}, {"build", 350}, {"percent", 100}},
     "play/production/350 completed",
     true},
    {"rollout_no_percent", {{"action", "rollout"}, {"version", "3.5.0"}, {"build", 350}}, "needs", false},
    {"release_nothing_waits", {{"action", "release"}}, "waits for no button", false},
};
INSTANTIATE_TEST_SUITE_P(, PlayPerson, testing::ValuesIn(k_acts), [](const auto& each) { return each.param.name; });

TEST(PlayPersonRollout, IsPublishedAtOnceAndShared) {
  PlayStore play;
  ASSERT_TRUE(
      play.person({{"app", "android"}, {"action", "rollout"}, {"version", "3.4.0"}, {"build", "340"}, {"percent", 5}}));
  EXPECT_EQ(play.lifecycle("340"), "PUBLISHED");
  EXPECT_EQ(play.service->report().front().candidate->percent, 5);
}

TEST(PlayReport, TellsWholePercentages) {
  PlayStore play;
  roll_out(play, 0.07);
  EXPECT_EQ(play.service->report().front().candidate->percent, 7.0);
}

TEST(PlayClone, RemembersThePast) {
  PlayStore play;
  roll_out(play, 0.05);
  const auto before = play.service->clone();
  play.release({one("330", "completed"), one("340", "inProgress", 0.2)});
  EXPECT_EQ(before->report().front().candidate->percent, 5);
  EXPECT_EQ(play.service->report().front().candidate->percent, 20);
}

}  // namespace
}  // namespace train::testing_play
