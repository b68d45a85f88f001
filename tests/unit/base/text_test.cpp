// Text from elsewhere, and the forms that several rooms share.
#include "train/base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace train {
namespace {

using testing::ElementsAre;

TEST(Printable, LeavesNothingThatMovesACursorOrHidesText) {
  EXPECT_EQ(printable("plain é 漢"), "plain é 漢");
  EXPECT_EQ(printable("a\nb\tc\rd"), "a b c d");
  EXPECT_EQ(printable("\x1b[2Jx"), "\\u{1b}[2Jx");
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\u{00}b");
  EXPECT_EQ(printable("\xE2\x80\xAEtxt"), "\\u{202e}txt");
  EXPECT_EQ(printable("a\xE2\x80\x8B"
                      "b"),
            "a\\u{200b}b");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u{9b}");
  EXPECT_EQ(printable("a\xFF"
                      "b"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Printable, IsBounded) {
  const auto cut = printable(std::string(5000, 'x'), 10);
  EXPECT_EQ(cut, std::string(10, 'x') + "…");
  EXPECT_EQ(printable("0123456789", 10), "0123456789");
}

TEST(Utf8, IsCountedAndChecked) {
  EXPECT_EQ(utf8_length("é漢x"), 3U);
  EXPECT_EQ(utf8_length("\xFF\xFE"), 2U);
  EXPECT_TRUE(is_valid_utf8("é漢"));
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"})
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
}

TEST(DidYouMean, GuessesALikelySlipOnly) {
  constexpr std::array<std::string_view, 3> words{"status", "start", "advance"};
  EXPECT_EQ(did_you_mean("statsu", words), "status");
  EXPECT_EQ(did_you_mean("advnce", words), "advance");
  EXPECT_FALSE(did_you_mean("rollback", words));
  EXPECT_FALSE(did_you_mean("", words));
}

TEST(Split, KeepsEmptyPartsAndJoinGivesThemBack) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_EQ(join(split("a,,b,", ','), ","), "a,,b,");
  EXPECT_EQ(trim(" \t a b \n"), "a b");
  EXPECT_TRUE(starts_with("file:DIR", "file:"));
  EXPECT_FALSE(starts_with("fil", "file:"));
}

TEST(Substitute, LeavesUnknownNamesAndNeverReadsAValueAgain) {
  const std::array values{Substitution{"version", "3.4.0"}, Substitution{"odd", "{version}"}};
  EXPECT_EQ(substitute("a-{version}.aab", values), "a-3.4.0.aab");
  EXPECT_EQ(substitute("{locale}/{version}", values), "{locale}/3.4.0");
  EXPECT_EQ(substitute("{odd}", values), "{version}");
  EXPECT_EQ(substitute("{version", values), "{version");
}

TEST(Base64, GoesThereAndBackInBothAlphabets) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (std::size_t length = 0; length < 6; ++length) {
    const std::string bytes = all.substr(250, length);
    EXPECT_EQ(decode_base64(base64(bytes)), bytes) << length;
    EXPECT_EQ(decode_base64(base64url(bytes)), bytes) << length;
  }
  EXPECT_EQ(decode_base64(base64(all)), all);
  EXPECT_EQ(base64("\xFB\xFF"), "+/8=");
  EXPECT_EQ(base64url("\xFB\xFF"), "-_8");
  for (const char* bad : {"a", "a===", "ab!c", "abc=d"}) EXPECT_FALSE(decode_base64(bad)) << bad;
}

TEST(PercentEncode, KeepsTheUnreservedOnly) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b/c?d=é&"), "a%20b%2Fc%3Fd%3D%C3%A9%26");
}

}  // namespace
}  // namespace train
