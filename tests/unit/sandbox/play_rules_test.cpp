#include <gtest/gtest.h>

#include "play_store.hpp"

namespace train::testing_play {
namespace {

struct UpdateCase {
  const char* name;
  double running;  // 3.4.0's fraction before; 0: not released, 1: completed
  Releases wanted;
  int status;
  const char* message;  // part of it
};

void PrintTo(const UpdateCase& row, std::ostream* out) { *out << row.name; }

class TrackUpdate : public testing::TestWithParam<UpdateCase> {};

TEST_P(TrackUpdate, AnswersAsGooglePlayDoes) {
  const UpdateCase& row = GetParam();
  PlayStore play;
  play.keep_bundle();
  if (row.running > 0) roll_out(play, row.running < 1 ? row.running : 0.5);
  if (row.running >= 1) {
    ASSERT_EQ(play.release({one("340", "completed")}).response.status, 200);
  }
  const Handled seen = play.release(row.wanted);
  EXPECT_EQ(seen.response.status, row.status) << seen.response.body;
  EXPECT_NE(error_message(seen).find(row.message), std::string::npos) << seen.response.body;
}

const UpdateCase k_updates[] = {
    {"a_small_fraction_is_taken", 0, {one("330", "completed"), one("340", "inProgress", 0.001)}, 200, ""},
    {"fraction_of_one_is_refused", 0, {one("340", "inProgress", 1.0)}, 400, "User fraction must be lower than one"},
    {"fraction_of_zero_is_refused", 0, {one("340", "inProgress", 0.0)}, 400, "greater than zero"},
    {"negative_fraction_is_refused", 0, {one("340", "inProgress", -0.1)}, 400, "greater than zero"},
    {"in_progress_needs_a_fraction", 0, {one("340", "inProgress")}, 400, "must be set"},
    {"completed_has_no_fraction", 0, {one("340", "completed", 0.5)}, 400, "can only be set"},
    {"draft_has_no_fraction", 0, {one("340", "draft", 0.5)}, 400, "can only be set"},
    {"unknown_code", 0, {one("999", "completed")}, 404, "could not be found: 999"},
    {"unknown_status", 0, {one("340", "paused")}, 400, "status"},
    {"two_of_one_status", 0, {one("330", "completed"), one("340", "completed")}, 400, "duplicate statuses"},
    {"halt_of_what_never_ran", 0, {one("340", "halted", 0.1)}, 400, "no matching in progress release found"},
    {"raise", 0.05, {one("330", "completed"), one("340", "inProgress", 0.2)}, 200, ""},
    {"lowering_is_refused", 0.05, {one("340", "inProgress", 0.01)}, 400, "cannot be decreased"},
    {"halt_keeps_a_fraction", 0.05, {one("330", "completed"), one("340", "halted", 0.05)}, 200, ""},
    {"complete", 0.05, {one("340", "completed")}, 200, ""},
    {"back_to_draft_is_refused", 0.05, {one("340", "draft")}, 400, "cannot become a draft"},
    {"staging_after_all", 1, {one("340", "inProgress", 0.5)}, 400, "Fully released can not be staged"},
    {"halting_after_all", 1, {one("340", "halted")}, 200, ""},
    {"older_code_beside_a_newer_live_one", 1, {one("340", "completed"), one("330", "inProgress", 0.5)}, 400, "staged"},
};
INSTANTIATE_TEST_SUITE_P(, TrackUpdate, testing::ValuesIn(k_updates), [](const auto& each) { return each.param.name; });

struct BodyCase {
  const char* name;
  const char* body;
  const char* message;
};
void PrintTo(const BodyCase& row, std::ostream* out) { *out << row.name; }
class TrackBody : public testing::TestWithParam<BodyCase> {};

TEST_P(TrackBody, WrongOnesAreRefusedBeforeTheEditChanges) {
  PlayStore play;
  play.keep_bundle();
  play.open();
  const Handled seen = play.call("PUT", play.in_edit("/tracks/production"), GetParam().body);
  EXPECT_EQ(seen.response.status, 400);
  EXPECT_NE(error_message(seen).find(GetParam().message), std::string::npos) << seen.response.body;
  EXPECT_FALSE(play.commit().effect);
}

#define R(fields) R"({"releases":[{"status":"completed","versionCodes":["340"],)" fields "}]}"
const BodyCase k_bodies[] = {
    {"no_json", "{", "Invalid JSON"},
    {"a_list", "[]", "object"},
    {"unknown_top_field", R"({"rollout":1})", "Unknown name \"rollout\""},
    {"unknown_release_field", R"({"releases":[{"percent":5}]})", "Unknown name \"percent\""},
    {"releases_no_list", R"({"releases":{}})", "list"},
    {"no_codes", R"({"releases":[{"status":"completed"}]})", "at least one version code"},
    {"code_is_no_number", R"({"releases":[{"status":"completed","versionCodes":["x"]}]})", "TYPE_INT64"},
    {"other_track", R"({"track":"beta","releases":[]})", "does not match"},
    {"name_no_text", R(R"("name":3)"), "TYPE_STRING"},
    {"fraction_no_number", R(R"("userFraction":"0.5")"), "TYPE_DOUBLE"},
    {"priority_too_high", R(R"("inAppUpdatePriority":6)"), "0 to 5"},
    {"locale_form", R(R"("releaseNotes":[{"language":"english","text":"x"}])"), "not supported"},
    {"locale_of_apple_for_chinese", R(R"("releaseNotes":[{"language":"zh-Hans","text":"x"}])"), "not supported"},
    {"locale_of_apple_for_arabic", R(R"("releaseNotes":[{"language":"ar-SA","text":"x"}])"), "not supported"},
    {"locale_of_bcp47_for_norwegian", R(R"("releaseNotes":[{"language":"nb","text":"x"}])"), "not supported"},
    {"notes_without_text", R(R"("releaseNotes":[{"language":"en-US","text":""}])"), "for language en-US are empty"},
    {"notes_of_blanks", R(R"("releaseNotes":[{"language":"en-US","text":" \n"}])"), "for language en-US are empty"},
    {"note_unknown_field", R(R"("releaseNotes":[{"lang":"en"}])"), "Unknown name \"lang\""},
    {"countries_on_completed", R(R"("countryTargeting":{"countries":["DE"]})"), "Country targeting"},
};
#undef R
INSTANTIATE_TEST_SUITE_P(, TrackBody, testing::ValuesIn(k_bodies), [](const auto& each) { return each.param.name; });

TEST(PlayNotes, FiveHundredCharactersAreTheMost) {
  PlayStore play;
  play.keep_bundle();
  Json release = one("340", "completed");
  std::string text;
  for (int i = 0; i < 500; ++i) text += "ü";
  release["releaseNotes"] = {{{"language", "de-DE"}, {"text", text}}};
  EXPECT_EQ(play.release({release}).response.status, 200);
  release["releaseNotes"][0]["text"] = text + "x";
  EXPECT_EQ(play.release({release}).response.status, 400);
}

TEST(PlayTracks, FirstReleaseCannotBeStagedButCompleted) {
  PlayStore play(charge_setup(false));
  play.keep_bundle();
  const Handled staged = play.release({one("340", "inProgress", 0.1)});
  EXPECT_EQ(staged.response.status, 400);
  EXPECT_EQ(error_message(staged), "The first release on a track cannot be staged.");
  EXPECT_EQ(play.release({one("340", "completed")}).response.status, 200);
}

TEST(PlayTracks, EmptyListIsAnAcceptedNothing) {
  PlayStore play;
  play.open();
  const Handled put = play.put({});
  EXPECT_EQ(put.response.status, 200);
  EXPECT_TRUE(put.response.body.empty());
  const Handled committed = play.commit();
  EXPECT_EQ(committed.response.status, 200);
  EXPECT_FALSE(committed.effect);
}

TEST(PlayTracks, OmittedRunningReleaseIsSuperseded) {
  PlayStore play;
  roll_out(play, 0.05);
  play.keep_bundle({.version = "3.4.1", .code = 341});
  const Handled committed = play.release({one("330", "completed"), one("341", "inProgress", 0.1)});
  EXPECT_EQ(committed.change, "play/production/341 inProgress 0.1; play/production/340 superseded");
}

TEST(PlayTracks, HaltAfterAllBringsThePreviousBackAndResumesAtAnyPercentage) {
  PlayStore play;
  roll_out(play, 0.5);
  play.release({one("340", "completed")});
  EXPECT_EQ(play.release({one("340", "halted")}).change, "play/production/330 completed; play/production/340 halted");
  EXPECT_EQ(play.service->report().front().live->version, "3.3.0");
  EXPECT_EQ(play.service->report().front().candidate->state, "halted");
  EXPECT_EQ(play.release({one("330", "completed"), one("340", "inProgress", 0.01)}).response.status, 200);
}

TEST(PlayTracks, HaltOfTheFirstReleaseFailsWithAnUnhelpfulError) {
  PlayStore play;
  const Handled committed = play.release({one("330", "halted")});
  EXPECT_EQ(committed.response.status, 500);
  EXPECT_FALSE(committed.effect);
  EXPECT_EQ(play.service->report().front().live->state, "completed");
}

TEST(PlayTracks, HaltAndFullReleaseDoNotFitInOneEdit) {
  PlayStore play;
  roll_out(play, 0.5);
  play.release({one("340", "completed")});
  play.keep_bundle({.version = "3.4.1", .code = 341});
  const Handled seen = play.release({one("340", "halted"), one("341", "completed")});
  EXPECT_EQ(seen.response.status, 400);
  EXPECT_NE(error_message(seen).find("in a single edit"), std::string::npos);
}

TEST(PlayTracks, InternalTrackServesAtOnceWithoutReview) {
  PlayStore play;
  play.keep_bundle();
  const Handled seen = play.release({one("340", "completed")}, "internal");
  EXPECT_EQ(seen.change, "play/internal/340 completed");
  const Json options =
      Json::parse(play.call("GET", "/v1beta1/apps/com.example.charge:fetchReleaseFilterOptions").response.body);
  bool served = false;
  for (const Json& track : options["tracks"]) {
    if (track["type"] == "internal") served = track["servingReleases"][0]["versionCodes"][0] == "340";
  }
  EXPECT_TRUE(served) << options;
}

}  // namespace
}  // namespace train::testing_play
