// What is wrong with the next release, told before it costs a day: numbers, notes, names in the repository.
#include "train/preflight/release.hpp"

#include "answers.hpp"

namespace train::preflight {
namespace {

using testing::HasSubstr;

Definition two_apps() {
  return loaded(R"(version: 1
train: charge
source: { repository: . }
apps:
  ios:
    store: app_store
    bundle_id: com.example.charge
    credentials: { key_id: "env:A", issuer_id: "env:B", private_key: "env:C" }
    release_notes: notes/{version}/{locale}.txt
  android:
    store: google_play
    package: com.example.charge
    credentials: { service_account: "env:D" }
    release_notes: notes/{version}/{locale}.txt
)");
}

engine::State with_open(const char* version) {
  engine::State state;
  engine::Release release;
  release.version = *VersionName::parse(version);
  state.releases.push_back(release);
  return state;
}

ReleaseAnswers answers_for(const char* version) {
  return {*VersionName::parse(version), {}, Asked<std::vector<std::string>>(std::vector<std::string>{})};
}

TEST(ReleaseLines, NameLanguagesThatTheStoreHasNot) {
  auto answers = answers_for("3.4.0");
  answers.notes.emplace("ios", Notes{{"en-US", "Fixes"}, {"zh-Hans", "Fixes"}});
  answers.notes.emplace("android", Notes{{"en-US", "Fixes"}, {"zh-Hans", "Fixes"}, {"default", "Fixes"}});
  const auto lines = release_lines(two_apps(), with_open("3.4.0"), answers);
  EXPECT_EQ(line_of(lines, "ios release notes")->level, Level::ok);
  EXPECT_EQ(line_of(lines, "ios release notes")->sentence, "en-US, zh-Hans");
  const auto* android = line_of(lines, "android release notes");
  EXPECT_EQ(android->level, Level::failure);
  EXPECT_THAT(android->sentence, HasSubstr("zh-Hans: Google Play has no such language; its code may be zh-CN"));
  EXPECT_THAT(android->sentence, HasSubstr("default: Google Play has no such language"));
}

TEST(ReleaseLines, WhatTestersAreToldIsReadByTheRulesOfTestersToo) {
  auto answers = answers_for("3.4.0");
  answers.test_notes.emplace("ios", Notes{{"en-US", "Try the <map>"}});
  answers.test_notes.emplace("android", Notes{{"en-US", std::string(501, 'x')}});
  const auto lines = release_lines(two_apps(), with_open("3.4.0"), answers);
  EXPECT_EQ(line_of(lines, "ios test notes")->level, Level::failure);
  EXPECT_THAT(line_of(lines, "ios test notes")->sentence, HasSubstr("en-US: line 1 has the sign <"));
  EXPECT_THAT(line_of(lines, "ios test notes")->remedy, HasSubstr("`test_notes`"));
  EXPECT_THAT(line_of(lines, "android test notes")->sentence, HasSubstr("501 characters, at most 500"));
}

TEST(ReleaseLines, MissingNotesAreAWarningOnceTheReleaseIsOpen) {
  auto answers = answers_for("3.4.0");
  answers.notes.emplace("ios", tl::unexpected(failed(ErrorKind::not_found)));
  EXPECT_EQ(line_of(release_lines(two_apps(), with_open("3.4.0"), answers), "ios release notes")->level,
            Level::warning);
  for (const auto& line : release_lines(two_apps(), engine::State(), answers))
    EXPECT_NE(line.subject, "ios release notes") << "nobody has opened it";
}

TEST(ReleaseLines, NameVersionsAndBuildsThatTheStoreDoesNotTake) {
  auto state = with_open("5.44.0.1");
  engine::AppProgress android;
  android.app = "android";
  android.candidate = engine::ChosenCandidate{*BuildNumber::parse("2100000001"), {}, {}, std::nullopt, {}};
  state.releases[0].apps.push_back(android);
  const auto lines = release_lines(two_apps(), state, answers_for("5.44.0.1"));
  EXPECT_THAT(line_of(lines, "ios version")->sentence, HasSubstr("5.44.0.1 has 4 numbers"));
  EXPECT_THAT(line_of(lines, "android build")->sentence, HasSubstr("2100000001 is not between"));
}

TEST(ReleaseLines, SayWhatIsInTheWayOfBranchAndTag) {
  auto answers = answers_for("3.4.0");
  EXPECT_EQ(line_of(release_lines(two_apps(), engine::State(), answers), "branch and tag")->level, Level::ok);
  answers.obstacles = std::vector<std::string>{"the tag v3.4.0 stands at 1111 already, not at 2222"};
  const auto told = release_lines(two_apps(), engine::State(), answers);
  const auto* taken = line_of(told, "branch and tag");
  EXPECT_EQ(taken->level, Level::failure);
  EXPECT_THAT(taken->sentence, HasSubstr("v3.4.0"));
  answers.obstacles = tl::unexpected(failed(ErrorKind::unreachable));
  EXPECT_EQ(line_of(release_lines(two_apps(), engine::State(), answers), "branch and tag")->level, Level::failure);
}

TEST(ReleaseLines, AreNoneWhereTheNextVersionIsNotKnown) {
  auto answers = answers_for("3.4.0");
  answers.version.reset();
  EXPECT_TRUE(release_lines(two_apps(), engine::State(), answers).empty());
}

}  // namespace
}  // namespace train::preflight
