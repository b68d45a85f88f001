#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../../../src/stores/google_play/notes.hpp"
#include "../../../src/stores/google_play/wire.hpp"

namespace train::stores::google_play {
namespace {

using Json = nlohmann::json;

TEST(PlayWire, KeepsWhatItDoesNotModelWhenItWritesAListBack) {
  const auto read = parse_track(
      R"({"track":"production","releases":[{"name":"3.3.0","versionCodes":["330","1330"],"status":"completed",
          "releaseNotes":[{"language":"de-DE","text":"Schön"}],"inAppUpdatePriority":3,"newField":{"a":[1]}}]})");
  ASSERT_TRUE(read);
  const Json body = Json::parse(track_body("production", *read));
  const Json& release = body["releases"][0];
  EXPECT_EQ(body["track"], "production");
  EXPECT_EQ(release["versionCodes"], Json({"330", "1330"}));
  EXPECT_EQ(release["newField"]["a"][0], 1);
  EXPECT_EQ(release["releaseNotes"][0]["text"], "Schön");
  EXPECT_EQ(release["inAppUpdatePriority"], 3);
  EXPECT_FALSE(release.contains("userFraction"));
}

TEST(PlayWire, FractionsAreWrittenExactlyAndOnlyWherePlayKeepsOne) {
  TrackRelease release;
  release.name = "3.4.0";
  release.codes = {340};
  for (const int bp : {1, 10, 50, 100, 500, 3333, 9999}) {
    const TrackRelease staged = with_status(release, Status::in_progress, Percent::from_basis_points(bp));
    const Json json = Json::parse(track_body("production", {staged}))["releases"][0];
    EXPECT_EQ(Percent::from_fraction(json["userFraction"].get<double>()), Percent::from_basis_points(bp));
    EXPECT_LE(json["userFraction"].dump().size(), 6u) << "0.05, not 0.050000000000000003";
  }
  EXPECT_FALSE(with_status(release, Status::completed, Percent::whole(5)).fraction);
  EXPECT_FALSE(with_status(release, Status::halted, k_percent_all).fraction);
}

TEST(PlayWire, CountryTargetingGoesWithTheStagedRelease) {
  const auto read = parse_track(
      R"({"releases":[{"versionCodes":["340"],"status":"inProgress","userFraction":0.5,"countryTargeting":{"countries":["DE"]}}]})");
  ASSERT_TRUE(read);
  EXPECT_TRUE(Json::parse(track_body("production", *read))["releases"][0].contains("countryTargeting"));
  const TrackRelease full = with_status(read->front(), Status::completed, {});
  EXPECT_FALSE(Json::parse(track_body("production", {full}))["releases"][0].contains("countryTargeting"));
}

struct BadCase {
  const char* name;
  const char* text;
};
void PrintTo(const BadCase& row, std::ostream* out) { *out << row.name; }
class PlayBadAnswer : public testing::TestWithParam<BadCase> {};
TEST_P(PlayBadAnswer, IsAnErrorNotAnEmptyList) {
  const auto track = parse_track(GetParam().text);
  ASSERT_FALSE(track);
  EXPECT_EQ(track.error().kind, ErrorKind::invalid_answer);
  EXPECT_FALSE(parse_bundle(GetParam().text));
  EXPECT_FALSE(parse_edit(GetParam().text));
}
const BadCase k_bad[] = {
    {"nothing", ""},
    {"html", "<html>"},
    {"a_list", "[]"},
    {"cut", R"({"releases":[{"name")"},
    {"releases_no_list", R"({"releases":{}})"},
    {"release_no_object", R"({"releases":[7]})"},
    {"codes_no_list", R"({"releases":[{"versionCodes":"340"}]})"},
    {"code_no_number", R"({"releases":[{"versionCodes":["x"]}]})"},
    {"code_too_long", R"({"releases":[{"versionCodes":["99999999999999999999"]}]})"},
    {"fraction_above_one", R"({"releases":[{"userFraction":5}]})"},
    {"fraction_no_number", R"({"releases":[{"userFraction":"0.5"}]})"},
};
INSTANTIATE_TEST_SUITE_P(, PlayBadAnswer, testing::ValuesIn(k_bad), [](const auto& each) { return each.param.name; });

TEST(PlayWire, DeepNestingIsRefusedNotFollowed) {
  const std::string deep = "{\"releases\":" + std::string(100000, '[') + std::string(100000, ']') + "}";
  EXPECT_FALSE(parse_track(deep));
}

TEST(PlayWire, EmptyTrackIsAnAnswer) {
  const auto track = parse_track(R"({"track":"production"})");
  ASSERT_TRUE(track);
  EXPECT_TRUE(track->empty());
}

TEST(PlayWire, SummariesTakeCodesAsNumbersOrTextAndStripThePrefix) {
  const auto seen = parse_summaries(
      R"({"releases":[{"releaseName":"3.4.0","activeArtifacts":[{"versionCode":340},{"versionCode":"1340"}],
          "releaseLifecycleState":"RELEASE_LIFECYCLE_STATE_IN_REVIEW"}]})");
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->front().lifecycle, "IN_REVIEW");
  EXPECT_EQ(seen->front().codes, (std::vector<std::int64_t>{340, 1340}));
}

struct NameCase {
  const char* name;
  const char* release;
  const char* version;  // nullptr: the name says none
};
void PrintTo(const NameCase& row, std::ostream* out) { *out << row.name; }
class PlayName : public testing::TestWithParam<NameCase> {};
TEST_P(PlayName, SaysAVersionOnlyWithoutDoubt) {
  const auto said = version_in(GetParam().release, {340});
  ASSERT_EQ(said.has_value(), GetParam().version != nullptr);
  if (said) {
    EXPECT_EQ(said->text(), GetParam().version);
  }
}
const NameCase k_names[] = {
    {"plain", "3.4.0", "3.4.0"},
    {"console", "340 (3.4.0)", "3.4.0"},
    {"code_behind", "3.4.0 (340)", "3.4.0"},
    {"longer", "3.4.0.1", "3.4.0.1"},
    {"words", "Release 3.4.0", nullptr},
    {"v", "v3.4.0", nullptr},
    {"flavour", "340 (3.4.0-prod)", nullptr},
    {"date", "Nov 30, 2026", nullptr},
    {"empty", "", nullptr},
    {"open_bracket", "340 (", nullptr},
    {"another_code", "341 (3.4.1)", nullptr},
    {"the_code", "340", nullptr},
    {"a_version_of_one_number", "42", "42"},
};
INSTANTIATE_TEST_SUITE_P(, PlayName, testing::ValuesIn(k_names), [](const auto& each) { return each.param.name; });

TEST(PlayNotesCheck, RefusesBeforeAnyCallAndTellsEveryProblem) {
  const StoreFacts& play = facts_of(StoreKind::google_play);
  EXPECT_TRUE(check_notes(play, {{"de-DE", "Neu"}}));
  const auto refused = check_notes(play, {{"de-DE", ""}, {"zh-Hans", "Neu"}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("de-DE: the text is empty"), std::string::npos);
  EXPECT_NE(refused.error().message.find("its code may be zh-CN"), std::string::npos);
}

}  // namespace
}  // namespace train::stores::google_play
