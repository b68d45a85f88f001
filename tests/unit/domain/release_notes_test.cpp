// What each store refuses in release notes, found before anything is sent.
#include "train/domain/release_notes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct TextCase {
  std::string name;
  std::string text;
  std::string problem;  // empty: Apple takes it
};

void PrintTo(const TextCase& row, std::ostream* out) { *out << row.name; }

const StoreFacts& k_apple_facts = facts_of(StoreKind::app_store);
const StoreFacts& k_play_facts = facts_of(StoreKind::google_play);

class AppStoreText : public testing::TestWithParam<TextCase> {};

TEST_P(AppStoreText, IsJudgedBeforeAnyCall) {
  const auto problems = text_problems(k_apple_facts, "de-DE", GetParam().text);
  if (GetParam().problem.empty()) {
    EXPECT_THAT(problems, IsEmpty());
  } else {
    EXPECT_THAT(problems, ElementsAre(HasSubstr(GetParam().problem)));
  }
}

std::string many(std::size_t times, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreText,
    testing::Values(TextCase{"plain", "Schneller laden.", ""}, TextCase{"umlauts_of_two_bytes", many(4000, "ü"), ""},
                    TextCase{"a_full_text_and_its_line_end", many(4000, "x") + "\r\n", ""},
                    TextCase{"one_character_more", many(4001, "ü"), "de-DE: 4001 characters, at most 4000"},
                    TextCase{"nothing", " \n", "de-DE: the text is empty"},
                    TextCase{"no_utf8", "\xff\xfe", "de-DE: the text is not UTF-8"},
                    TextCase{"an_emoji_on_the_third_line", "Neu:\n\n\xF0\x9F\x9A\xA8 Notruf",
                             "de-DE line 3: Apple refuses \xF0\x9F\x9A\xA8 (U+1F6A8)"},
                    TextCase{"a_star", "\xE2\x98\x85 Neu", "de-DE line 1: Apple refuses \xE2\x98\x85 (U+2605)"},
                    TextCase{"an_angle_bracket", "in < 1 s", "Apple refuses < (U+003C)"},
                    TextCase{"a_circumflex_letter", "das \xCB\x86", "(U+02C6)"},
                    TextCase{"a_control_character",
                             "a\x07"
                             "b",
                             "(U+0007)"},
                    TextCase{"dashes_quotes_and_bullets",
                             "\xE2\x80\xA2 \xE2\x80\x9Eneu\xE2\x80\x9C \xE2\x80\x94 \xE2\x82\xAC 5, 100 \xC2\xB0", ""},
                    TextCase{"japanese", "\xE5\x85\x85\xE9\x9B\xBB", ""}, TextCase{"a_tab", "a\tb", ""}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreTexts, NameFourProblemsAtMost) {
  EXPECT_EQ(text_problems(k_apple_facts, "en-US", many(50, "<")).size(), 4u);
  EXPECT_EQ(text_problems(k_apple_facts, "en-US", many(4001, "<")).size(), 4u);
}

struct LanguageCase {
  const char* name;
  StoreKind store;
  const char* written;
  std::optional<std::string> meant;  // nullopt: the store has it
};
void PrintTo(const LanguageCase& row, std::ostream* out) { *out << row.name; }

class Language : public testing::TestWithParam<LanguageCase> {};
TEST_P(Language, IsTheStoresOrTheOneThatIsMeant) {
  EXPECT_EQ(not_a_locale(facts_of(GetParam().store), GetParam().written), GetParam().meant);
}

constexpr auto k_a = StoreKind::app_store;
constexpr auto k_g = StoreKind::google_play;
const LanguageCase k_languages[] = {
    {"apple_region", k_a, "de-DE", std::nullopt},
    {"apple_script", k_a, "zh-Hans", std::nullopt},
    {"apple_bare", k_a, "ja", std::nullopt},
    {"apple_of_2026", k_a, "ur-PK", std::nullopt},
    {"apple_without_region", k_a, "de", "de-DE"},
    {"apple_underscore", k_a, "pt_BR", "pt-BR"},
    {"apple_with_a_region_it_has_not", k_a, "ja-JP", "ja"},
    {"apple_as_play_writes_it", k_a, "zh-CN", "zh-Hans"},
    {"apple_hebrew_of_play", k_a, "iw-IL", "he"},
    {"apple_bokmal", k_a, "nb-NO", "no"},
    {"apple_word", k_a, "klingon", ""},
    {"play_region", k_g, "de-DE", std::nullopt},
    {"play_number", k_g, "es-419", std::nullopt},
    {"play_bare", k_g, "uk", std::nullopt},
    {"play_arabic_of_apple", k_g, "ar-SA", "ar"},
    {"play_script_of_apple", k_g, "zh-Hans", "zh-CN"},
    {"play_traditional", k_g, "zh-Hant", "zh-TW"},
    {"play_bokmal", k_g, "nb", "no-NO"},
    {"play_hebrew", k_g, "he", "iw-IL"},
    {"play_mexico", k_g, "es-MX", "es-419"},
    {"play_without_region", k_g, "de", "de-DE"},
    {"play_small_letters", k_g, "en-us", "en-US"},
    {"play_with_a_region_it_has_not", k_g, "uk-UA", "uk"},
    {"play_file_of_fastlane", k_g, "default", ""},
};
INSTANTIATE_TEST_SUITE_P(, Language, testing::ValuesIn(k_languages), [](const auto& row) { return row.param.name; });

TEST(PlayNotes, AreCountedInCharactersAndEveryProblemIsNamed) {
  const auto full = many(500, "ü");
  EXPECT_THAT(notes_problems(k_play_facts, {{"de-DE", full}, {"ar", many(500, "\xF0\x9F\x8E\x89")}}), IsEmpty());
  EXPECT_THAT(notes_problems(k_play_facts, {{"de-DE", full + "x"}, {"en-US", " \n"}, {"xx_XX", "\xff"}}),
              testing::UnorderedElementsAre(
                  HasSubstr("de-DE: 501 characters, at most 500"), HasSubstr("en-US: the text is empty"),
                  HasSubstr("xx_XX: Google Play has no such language"), HasSubstr("xx_XX: the text is not UTF-8")));
}

TEST(NotesDigest, ChangesWithAWordAndNotWithALineEnd) {
  const Notes notes{{"de-DE", "Neu:\nschneller"}, {"en-US", "Fixes"}};
  EXPECT_EQ(notes_digest(notes), notes_digest({{"de-DE", "Neu:\r\nschneller\r\n"}, {"en-US", " Fixes\n"}}));
  EXPECT_NE(notes_digest(notes), notes_digest({{"de-DE", "Neu:\nschneller."}, {"en-US", "Fixes"}}));
  EXPECT_NE(notes_digest(notes), notes_digest({{"de-DE", "Neu:\nschneller"}}));
  EXPECT_NE(notes_digest(notes), notes_digest({{"de-DE", "Neu:\nschneller"}, {"en-GB", "Fixes"}}));
}

}  // namespace
}  // namespace train
