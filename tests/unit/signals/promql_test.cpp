// Variables in queries: what stands in a string stays in that string.
#include "train/signals/promql.hpp"

#include <gtest/gtest.h>

namespace train::signals {
namespace {

using State = Measurement::State;

Subject subject_of(const std::string& app) {
  Subject subject;
  subject.app = app;
  subject.version = *VersionName::parse("3.4.0");
  subject.build = BuildNumber::from(340);
  subject.baseline_version = *VersionName::parse("3.3.0");
  subject.platform = "android";
  subject.start = *parse_rfc3339("2026-11-30T09:00:00Z");
  subject.now = *parse_rfc3339("2026-11-30T10:00:00Z");
  return subject;
}

struct FillCase {
  const char* name;
  const char* query;
  const char* filled;
  const char* app = "android";
};
class FillQuery : public ::testing::TestWithParam<FillCase> {};

TEST_P(FillQuery, PutsTheValuesIn) {
  const auto filled = fill_query(GetParam().query, subject_of(GetParam().app));
  ASSERT_TRUE(filled) << filled.error().detail;
  EXPECT_EQ(*filled, GetParam().filled);
}

INSTANTIATE_TEST_SUITE_P(
    , FillQuery,
    ::testing::Values(FillCase{"nothing", "sum(up)", "sum(up)"},
                      FillCase{"app_and_version", R"(sum(x{app="$app",version="$version"}))",
                               R"(sum(x{app="android",version="3.4.0"}))"},
                      FillCase{"all", R"("$app $version $build $baseline_version $platform")",
                               R"("android 3.4.0 340 3.3.0 android")"},
                      FillCase{"times", "$start $end $start_ms $window_s", "1796029200 1796032800 1796029200000 3600"},
                      FillCase{"range", "sum(increase(x[$window_ss]))", "sum(increase(x[3600s]))"},
                      FillCase{"braces", R"("${app}s" [${window_s}s])", R"("androids" [3600s])"},
                      FillCase{"single_quotes", "x{app='$app'}", "x{app='it\\'s'}", "it's"},
                      FillCase{"other_quote_needs_no_escape", R"(x{app="$app"})", R"(x{app="it's"})", "it's"},
                      FillCase{"double_quote", R"(x{app="$app"})", R"(x{app="a\"} or vector(0) #"})",
                               R"(a"} or vector(0) #)"},
                      FillCase{"backslash", R"(x{app="$app"})", R"(x{app="a\\"})", R"(a\)"},
                      FillCase{"newline", R"(x{app="$app"})", "x{app=\"a\\nb\"}", "a\nb"},
                      FillCase{"backquotes_are_raw", "x{app=`$app`}", "x{app=`a\\\"b`}", "a\\\"b"},
                      FillCase{"after_an_escaped_quote", R"(x{a="\"$app"})", R"(x{a="\"a\"b"})", "a\"b"},
                      FillCase{"end_of_a_regular_expression", R"(x{v=~"^3.4$"})", R"(x{v=~"^3.4$"})"},
                      FillCase{"lonely_dollar", "x $", "x $"},
                      FillCase{"group_reference", R"x(label_replace(x,"a","$1","b","(.*)"))x",
                               R"x(label_replace(x,"a","$1","b","(.*)"))x"},
                      FillCase{"bare_word", "crashes_${app}_total", "crashes_android_total"},
                      FillCase{"value_is_not_filled_again", R"("$app")", R"("$version")", "$version"}),
    [](const auto& row) { return std::string(row.param.name); });

struct RefuseCase {
  const char* name;
  const char* query;
  const char* app;
  const char* says;
};
class Refuse : public ::testing::TestWithParam<RefuseCase> {};

TEST_P(Refuse, SaysWhatIsWrong) {
  const auto filled = fill_query(GetParam().query, subject_of(GetParam().app));
  ASSERT_FALSE(filled) << *filled;
  EXPECT_EQ(filled.error().state, State::failed);
  EXPECT_NE(filled.error().detail.find(GetParam().says), std::string::npos) << filled.error().detail;
}

INSTANTIATE_TEST_SUITE_P(, Refuse,
                         ::testing::Values(RefuseCase{"unknown", "x{a=\"$nope\"}", "a", "unknown variable $nope"},
                                           RefuseCase{"longer_name", "x{a=\"$apps\"}", "a", "unknown variable $apps"},
                                           RefuseCase{"outside_quotes", "sum($app)", "a) or vector(0", "inside quotes"},
                                           RefuseCase{"version_outside_quotes", "x > $version", "a", "inside quotes"},
                                           RefuseCase{"backquote_in_backquotes", "x{a=`$app`}", "a`b", "backquotes"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Fill, WhatIsNotKnownYetIsNoData) {
  Subject subject = subject_of("android");
  subject.build.reset();
  subject.baseline_version.reset();
  EXPECT_EQ(fill_query("\"$build\"", subject).error().state, State::no_data);
  EXPECT_EQ(fill_query("\"$baseline_version\"", subject).error().state, State::no_data);
}

TEST(Fill, AWindowIsNeverEmpty) {
  Subject subject = subject_of("android");
  subject.start = subject.now;
  EXPECT_EQ(*fill_query("[$window_ss]", subject), "[1s]");
}

}  // namespace
}  // namespace train::signals
