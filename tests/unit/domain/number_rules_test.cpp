// Versions and build numbers that a store does not take, told before anything is opened or sent.
#include "train/domain/number_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace train {
namespace {

struct NumberCase {
  const char* name;
  StoreKind store;
  const char* number;
  const char* why;  // part of it; empty: the store takes it
};
void PrintTo(const NumberCase& row, std::ostream* out) { *out << row.name; }

void expect_why(const std::optional<std::string>& seen, const std::string& why) {
  EXPECT_EQ(seen.has_value(), !why.empty());
  if (seen) {
    EXPECT_THAT(*seen, testing::HasSubstr(why));
  }
}

class VersionForm : public testing::TestWithParam<NumberCase> {};
TEST_P(VersionForm, IsTakenOrNamed) {
  expect_why(unfit_version(facts_of(GetParam().store), *VersionName::parse(GetParam().number)), GetParam().why);
}
constexpr auto k_app_store = StoreKind::app_store;
constexpr auto k_google_play = StoreKind::google_play;
const NumberCase k_versions[] = {
    {"three", k_app_store, "3.4.0", ""},
    {"one", k_app_store, "12", ""},
    {"a_zero_is_no_leading_zero", k_app_store, "3.0.0", ""},
    {"four", k_app_store, "5.44.0.1", "has 4 numbers"},
    {"leading_zero", k_app_store, "3.04.0", "a leading zero (04)"},
    {"leading_zero_in_front", k_app_store, "03.4.0", "a leading zero (03)"},
    {"two_zeros", k_app_store, "3.00", "a leading zero (00)"},
    {"the_highest", k_app_store, "3.2147483647.0", ""},
    {"above_the_highest", k_app_store, "3.2147483648.0", "above 2147483647 (2147483648)"},
    {"a_time_stamp", k_app_store, "20261130120000", "above 2147483647"},
    {"play_takes_any_text", k_google_play, "5.44.0.1", ""},
    {"play_takes_leading_zeros", k_google_play, "03.4", ""},
};
INSTANTIATE_TEST_SUITE_P(, VersionForm, testing::ValuesIn(k_versions), [](const auto& row) { return row.param.name; });

class BuildForm : public testing::TestWithParam<NumberCase> {};
TEST_P(BuildForm, IsTakenOrNamed) {
  expect_why(unfit_build(facts_of(GetParam().store), *BuildNumber::parse(GetParam().number)), GetParam().why);
}
const NumberCase k_builds[] = {
    {"code", k_google_play, "340", ""},
    {"the_highest_code", k_google_play, "2100000000", ""},
    {"above_the_highest_code", k_google_play, "2100000001", "not between 1 and 2100000000"},
    {"zero", k_google_play, "0", "not between 1 and 2100000000"},
    {"dots", k_google_play, "3.4", "no whole number"},
    {"leading_zero", k_google_play, "0340", "begins with a zero"},
    {"apple_dots", k_app_store, "3.4.1", ""},
    {"apple_time_stamp", k_app_store, "202611301200", ""},
    {"apple_too_long", k_app_store, "2026.1130.1200.12345", "20 characters"},
};
INSTANTIATE_TEST_SUITE_P(, BuildForm, testing::ValuesIn(k_builds), [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train
