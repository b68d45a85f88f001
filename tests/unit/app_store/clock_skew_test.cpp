// This machine's clock beside Apple's.
#include "../../../src/stores/app_store/clock_skew.hpp"

#include <gtest/gtest.h>

namespace train::stores::app_store {
namespace {

using namespace std::chrono_literals;

const Instant k_sent = *parse_rfc3339("2026-11-30T09:00:00Z");

struct SkewRow {
  std::string name;
  Duration took;    // until the answer came
  Duration theirs;  // Apple's time, from when it was sent
  Duration skew;
  bool explains;
};

void PrintTo(const SkewRow& row, std::ostream* out) { *out << row.name; }

class AppStoreSkew : public testing::TestWithParam<SkewRow> {};

TEST_P(AppStoreSkew, IsWhatTheWayDoesNotExplain) {
  const auto& row = GetParam();
  EXPECT_EQ(skew_of(k_sent, k_sent + row.took, k_sent + row.theirs), row.skew);
  EXPECT_EQ(skew_explains_refusal(row.skew), row.explains);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreSkew,
    testing::Values(SkewRow{"same", 0s, 0s, 0s, false}, SkewRow{"rounded_down", 0s, -1s, 0s, false},
                    SkewRow{"rounded_up", 0s, 1s, 0s, false}, SkewRow{"a_slow_answer", 30s, 29s, 0s, false},
                    SkewRow{"ahead", 1s, -40s, 40s, false}, SkewRow{"ahead_of_every_token", 1s, -7min, 7min, true},
                    SkewRow{"just_ahead_enough", 0s, -61s, 61s, true}, SkewRow{"behind", 2s, 5min, -298s, false},
                    SkewRow{"behind_every_token", 0s, 10min, -10min, true},
                    SkewRow{"a_day_ahead", 0s, -24h, 24h, true}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreSkewWords, SayWhichWay) {
  EXPECT_EQ(skew_words(7min), "this machine's clock is 7m ahead of Apple's");
  EXPECT_EQ(skew_words(-90s), "this machine's clock is 1m 30s behind Apple's");
}

}  // namespace
}  // namespace train::stores::app_store
