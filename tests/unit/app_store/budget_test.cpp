// What Apple tells of the requests that are left, and what train makes of it.
#include "../../../src/stores/app_store/budget.hpp"

#include <gtest/gtest.h>

namespace train::stores::app_store {
namespace {

using namespace std::chrono_literals;

const Instant k_nine = *parse_rfc3339("2026-11-30T09:00:00Z");

http::Outcome answer_with(const std::vector<std::string>& rates, int status = 200,
                          const std::string& retry_after = {}) {
  http::Outcome outcome;
  outcome.transport = http::Transport::answered;
  outcome.status = status;
  for (const auto& rate : rates) outcome.headers.push_back({"x-rate-limit", rate});
  if (!retry_after.empty()) outcome.headers.push_back({"retry-after", retry_after});
  return outcome;
}

struct RateRow {
  std::string name;
  std::string header;
  int hour_limit;
  int hour_left;
  int minute_limit;
  int minute_left;
};

void PrintTo(const RateRow& row, std::ostream* out) { *out << row.name; }

class AppStoreRate : public testing::TestWithParam<RateRow> {};

TEST_P(AppStoreRate, IsRead) {
  const auto rate = read_rate_limit(GetParam().header);
  EXPECT_EQ(rate.hour.limit, GetParam().hour_limit);
  EXPECT_EQ(rate.hour.left, GetParam().hour_left);
  EXPECT_EQ(rate.minute.limit, GetParam().minute_limit);
  EXPECT_EQ(rate.minute.left, GetParam().minute_left);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreRate,
    testing::Values(
        RateRow{"documented", "user-hour-lim:3500;user-hour-rem:500;", 3500, 500, -1, -1},
        RateRow{"with_minutes", "user-hour-lim:3600;user-hour-rem:9;user-minute-lim:150;user-minute-rem:1", 3600, 9,
                150, 1},
        RateRow{"joined_lines", "user-minute-lim:150, user-hour-lim:3600, user-hour-rem:7", 3600, 7, 150, -1},
        RateRow{"minutes_alone", "user-minute-lim:250;user-minute-rem:244;", -1, -1, 250, 244},
        RateRow{"capitals", "User-Hour-Lim:3600;USER-HOUR-REM:7", 3600, 7, -1, -1},
        RateRow{"other_separators", "user-hour-lim = 3600 | user-hour-rem = 7", 3600, 7, -1, -1},
        RateRow{"spaces", " user-hour-lim: 3600 ;\tuser-hour-rem :7", 3600, 7, -1, -1},
        RateRow{"unknown_keys", "team-day-lim:9;user-hour-lim:3600;user-hour-rem:7;app-hour-rem:1", 3600, 7, -1, -1},
        RateRow{"nothing_left", "user-hour-lim:3600;user-hour-rem:0", 3600, 0, -1, -1},
        RateRow{"nonsense", "user-hour-lim:many;user-hour-rem:-5", -1, -1, -1, -1},
        RateRow{"too_large", "user-hour-lim:99999999999999;user-hour-rem:7", -1, 7, -1, -1},
        RateRow{"empty", "", -1, -1, -1, -1}),
    [](const auto& row) { return row.param.name; });

struct StopRow {
  std::string name;
  std::vector<std::string> told;
  Duration later;
  bool stops;
};

void PrintTo(const StopRow& row, std::ostream* out) { *out << row.name; }

class AppStoreReserve : public testing::TestWithParam<StopRow> {};

TEST_P(AppStoreReserve, IsKept) {
  Budget budget;
  for (const auto& told : GetParam().told) budget.note(answer_with({told}), k_nine);
  EXPECT_EQ(budget.refusal(k_nine + GetParam().later, "create version 3.4.0").has_value(), GetParam().stops);
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreReserve,
    testing::Values(StopRow{"never_told", {}, 0s, false},
                    StopRow{"plenty", {"user-hour-lim:3600;user-hour-rem:3000"}, 0s, false},
                    StopRow{"one_above", {"user-hour-lim:3600;user-hour-rem:61"}, 0s, false},
                    StopRow{"at_the_reserve", {"user-hour-lim:3600;user-hour-rem:60"}, 0s, true},
                    StopRow{"nothing", {"user-hour-lim:3600;user-hour-rem:0"}, 14min, true},
                    StopRow{"time_to_ask_again", {"user-hour-lim:3600;user-hour-rem:0"}, 15min, false},
                    StopRow{"small_budget", {"user-hour-lim:100;user-hour-rem:11"}, 0s, false},
                    StopRow{"small_and_spent", {"user-hour-lim:100;user-hour-rem:10"}, 0s, true},
                    StopRow{"a_write_tells_minutes_alone",
                            {"user-hour-lim:3600;user-hour-rem:12", "user-minute-lim:250;user-minute-rem:244"},
                            0s,
                            true},
                    StopRow{"told_better_since",
                            {"user-hour-lim:3600;user-hour-rem:12", "user-hour-lim:3600;user-hour-rem:900"},
                            0s,
                            false}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreBudget, TheRefusalSaysHowManyWhyAndWhen) {
  Budget budget;
  budget.note(answer_with({"user-hour-lim:3600;user-hour-rem:12"}), k_nine);
  const auto refusal = budget.refusal(k_nine + 1min, "create version 3.4.0");
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, ErrorKind::rate_limited);
  EXPECT_NE(refusal->message.find("Cannot create version 3.4.0: "), std::string::npos) << refusal->text();
  EXPECT_NE(refusal->message.find("12 of 3600 left, 60 are kept for a halt; next look at about 2026-11-30 09:15 UTC"),
            std::string::npos)
      << refusal->text();
  EXPECT_NE(refusal->hint.find("Nothing was sent"), std::string::npos);
}

TEST(AppStoreBudget, SeveralHeadersAreOne) {
  Budget budget;
  budget.note(answer_with({"user-hour-lim:3600;user-hour-rem:3599;", "user-minute-lim:150;user-minute-rem:0;"}),
              k_nine);
  ASSERT_TRUE(budget.told());
  EXPECT_EQ(budget.told()->left, 3599);
  EXPECT_EQ(budget.wait_until(k_nine + 10s), k_nine + 60s);
  EXPECT_FALSE(budget.wait_until(k_nine + 60s)) << "another minute";
}

TEST(AppStoreBudget, AHealthyMinuteIsNotWaitedFor) {
  Budget budget;
  budget.note(answer_with({"user-minute-lim:150;user-minute-rem:11"}), k_nine);
  EXPECT_FALSE(budget.wait_until(k_nine));
  EXPECT_FALSE(budget.told()) << "minutes alone are no budget";
}

struct BackRow {
  std::string name;
  std::string rate;
  std::string retry_after;
  bool in_a_minute;
  std::string words;
};

void PrintTo(const BackRow& row, std::ostream* out) { *out << row.name; }

class AppStoreComeBack : public testing::TestWithParam<BackRow> {};

TEST_P(AppStoreComeBack, IsSaid) {
  Budget budget;
  const auto refused = answer_with({GetParam().rate}, 429, GetParam().retry_after);
  budget.note(refused, k_nine);
  EXPECT_EQ(budget.passes_in_a_minute(refused, k_nine), GetParam().in_a_minute);
  const auto words = budget.come_back(refused, k_nine);
  EXPECT_NE(words.find(GetParam().words), std::string::npos) << words;
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreComeBack,
    testing::Values(
        BackRow{"apple_names_an_hour", "user-hour-lim:3600;user-hour-rem:0", "3600", false,
                "2026-11-30 10:00 UTC (in 1h)"},
        BackRow{"apple_names_an_hour_with_budget_left", "user-hour-lim:3600;user-hour-rem:900", "3600", false,
                "2026-11-30 10:00 UTC (in 1h)"},
        BackRow{"apple_names_a_moment", "user-hour-lim:3600;user-hour-rem:900", "20", true, "(in 20s)"},
        BackRow{"the_hour_is_spent", "user-hour-lim:3600;user-hour-rem:0", "", false, "10:00 UTC at the latest"},
        BackRow{"only_the_minute_is_spent", "user-hour-lim:3600;user-hour-rem:900", "", true, "in a minute"},
        BackRow{"minutes_alone", "user-minute-lim:150;user-minute-rem:0", "", true, "in a minute"},
        BackRow{"nothing_is_told", "", "", false, "10:00 UTC at the latest"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::stores::app_store
