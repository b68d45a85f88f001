// What Apple refuses in release notes, found before anything is sent.
#include "../../../src/stores/app_store/text_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace train::stores::app_store {
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

class AppStoreText : public testing::TestWithParam<TextCase> {};

TEST_P(AppStoreText, IsJudgedBeforeAnyCall) {
  const auto problems = text_problems("de-DE", GetParam().text);
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
  EXPECT_EQ(text_problems("en-US", many(50, "<")).size(), 4u);
  EXPECT_EQ(text_problems("en-US", many(4001, "<")).size(), 4u);
}

TEST(AppStoreLocales, AreKnownOrTheOneThatIsMeant) {
  EXPECT_FALSE(not_a_locale("de-DE"));
  EXPECT_FALSE(not_a_locale("zh-Hans"));
  EXPECT_FALSE(not_a_locale("ja"));
  EXPECT_EQ(not_a_locale("de"), "de-DE");
  EXPECT_EQ(not_a_locale("pt_BR"), "pt-BR");
  EXPECT_EQ(not_a_locale("ja-JP"), "ja");
  EXPECT_EQ(not_a_locale("klingon"), "");
}

}  // namespace
}  // namespace train::stores::app_store
