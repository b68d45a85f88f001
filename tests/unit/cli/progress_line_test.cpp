// What a person sees of an upload that runs.
#include "progress_line.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace train::cli {
namespace {

constexpr std::uint64_t k_total = 512u << 20;

TEST(ProgressLine, IsRewrittenInPlaceAndGoneAtTheEnd) {
  std::ostringstream out;
  ProgressLine line(out);
  line.show("ios", "charge.ipa", 0, k_total);
  line.show("ios", "charge.ipa", 0, k_total);
  line.show("ios", "charge.ipa", k_total / 2, k_total);
  line.show("ios", "charge.ipa", k_total, k_total);
  EXPECT_EQ(out.str(),
            "\r\033[Kios: charge.ipa 0 of 512 MiB (0 %)"
            "\r\033[Kios: charge.ipa 256 of 512 MiB (50 %)"
            "\r\033[K");
}

TEST(ProgressLine, IsNotThereForAFileThatGoesAtOnce) {
  std::ostringstream out;
  ProgressLine(out).show("ios", "charge.ipa", 10, 10);
  ProgressLine(out).show("ios", "charge.ipa", 0, 0);
  EXPECT_EQ(out.str(), "");
}

TEST(ProgressLine, ShowsNoControlCharactersOfAName) {
  std::ostringstream out;
  ProgressLine(out).show("ios", "a\033[2Jb.ipa", 1, 3);
  EXPECT_EQ(out.str().find("\033[2J"), std::string::npos);
}

}  // namespace
}  // namespace train::cli
