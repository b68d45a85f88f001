// gate try at its extremes, and gate plan.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "run_cli.hpp"

namespace train::cli {
namespace {

using Document = nlohmann::json;
using testing::HasSubstr;

struct Extreme {
  std::string name;
  std::vector<std::string> options;
  std::string verdict;
};

class GateTryExtreme : public testing::TestWithParam<Extreme> {};

Document tried(std::vector<std::string> options) {
  std::vector<std::string> arguments{"gate", "try", "-o", "json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Ran ran = run_cli(arguments);
  EXPECT_EQ(ran.code, 0) << ran.err;
  return Document::parse(ran.out, nullptr, false);
}

TEST_P(GateTryExtreme, HasAnAnswer) {
  const Document said = tried(GetParam().options);
  ASSERT_TRUE(said.is_object());
  EXPECT_EQ(said["verdict"], GetParam().verdict) << said.dump();
  EXPECT_GE(said["lower"].get<double>(), 0);
  EXPECT_TRUE(said["upper"].is_null() || said["upper"].get<double>() <= 1.0000001) << said.dump();
}

std::vector<std::string> counts(const std::string& events, const std::string& exposures, const std::string& limit) {
  return {"--events", events, "--exposures", exposures, "--limit", limit};
}
std::vector<std::string> against(const std::string& events, const std::string& exposures,
                                 const std::string& live_events, const std::string& live_exposures) {
  return {"--events",          events,      "--exposures",          exposures,
          "--baseline-events", live_events, "--baseline-exposures", live_exposures,
          "--regress",         "20%"};
}

INSTANTIATE_TEST_SUITE_P(
    , GateTryExtreme,
    testing::Values(Extreme{"all_of_many", counts("62683671", "62683671", "1%"), "breach"},
                    Extreme{"all_but_one", counts("62683670", "62683671", "1%"), "breach"},
                    Extreme{"all_of_the_most", counts("1e12", "1e12", "1%"), "breach"},
                    Extreme{"none_of_the_most", counts("0", "1e12", "1%"), "pass"},
                    Extreme{"nothing_at_all", counts("0", "0", "1%"), "hold"},
                    Extreme{"all_of_many_close_to_certainty", counts("62683671", "62683671", "99.99%"), "breach"},
                    Extreme{"all_of_the_most_at_the_highest_limit", counts("1e12", "1e12", "99.9999999%"), "breach"},
                    Extreme{"most_of_many_close_to_certainty", counts("9e11", "1e12", "99.99%"), "pass"},
                    Extreme{"the_lowest_limit", counts("1", "1e12", "0.0000001%"), "pass"},
                    Extreme{"a_baseline_without_events", against("0", "1000", "0", "1000"), "hold"},
                    Extreme{"a_baseline_without_exposures", against("5", "1000", "0", "0"), "hold"},
                    Extreme{"all_against_none", against("62683671", "62683671", "0", "62683671"), "breach"},
                    Extreme{"all_against_all", against("62683671", "62683671", "62683671", "62683671"), "pass"},
                    Extreme{"none_against_all", against("0", "1e12", "1e12", "1e12"), "pass"}),
    [](const auto& row) { return row.param.name; });

// It held, and said that no exposure was missing.
TEST(GateTryWithABaseline, SaysHowManyMoreItNeeds) {
  auto options = against("20", "10000", "2000", "1000000");
  options.insert(options.end(), {"--limit", "1%"});
  const Document said = tried(options);
  ASSERT_EQ(said["verdict"], "hold");
  const double needed = said["exposures_needed"];
  EXPECT_GT(needed, 10'000);
  // Half an event more than were seen is what it reckons with.
  const auto verdict_after = [](double more) {
    const double grown = 1 + more / 10'000;
    auto then = against(std::to_string(20 + more * 20.5 / 10'001), std::to_string(10'000 + more),
                        std::to_string(2000 * grown), std::to_string(1'000'000 * grown));
    then.insert(then.end(), {"--limit", "1%"});
    return tried(then)["verdict"];
  };
  EXPECT_EQ(verdict_after(needed * 1.01), "pass");
  EXPECT_EQ(verdict_after(needed * 0.99), "hold");
}

TEST(GateTryWithABaseline, NeedsNothingMoreOnlyWhereItPasses) {
  EXPECT_EQ(tried(against("0", "1000000", "2000", "1000000"))["exposures_needed"], 0);
  EXPECT_TRUE(tried(against("2500", "1000000", "2000", "1000000"))["exposures_needed"].is_null());
}

TEST(GateTry, DoesNotCallZeroEventsARateThatWillNotPass) {
  const Ran ran = run_cli({"gate", "try", "--limit", "1%", "--events", "0", "--exposures", "10"});
  EXPECT_THAT(ran.out, HasSubstr("Too little is counted to tell"));
}

Ran planned(std::vector<std::string> options) {
  std::vector<std::string> arguments{"-f", TRAIN_SOURCE_DIR "/config/train.yaml", "gate", "plan"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return run_cli(arguments);
}

TEST(GatePlan, SaysTheStagesAndTheGateThatDecides) {
  const Ran ran = planned({"--per-day", "50000", "--rate", "0.2%", "--app", "android"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, testing::ContainsRegex("50000 (sessions|exposures) a day, 0.2 % of them with an event"));
  EXPECT_THAT(ran.out, testing::ContainsRegex("android: about ([6-9]|10) days to 100 %"));
  EXPECT_THAT(ran.out, testing::ContainsRegex("1 %  about [0-9.]+ days +crashes: `regress`"));
}

TEST(GatePlan, IsADocument) {
  const Ran ran = planned({"--per-day", "500000", "--rate", "0.2", "-o", "json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const Document out = Document::parse(ran.out);
  EXPECT_EQ(out["schema"], "train.gate_plan/1");
  EXPECT_EQ(out["rate"], 0.002);
  ASSERT_EQ(out["apps"].size(), 2U);
  EXPECT_EQ(out["apps"][1]["app"], "android");
  EXPECT_LE(out["apps"][1]["days"].get<double>(), 6);
  EXPECT_EQ(out["apps"][1]["stages"].size(), 4U);
  EXPECT_EQ(out["apps"][1]["stages"][0]["percent"], 1);
}

TEST(GatePlan, SaysWhatNeverEnds) {
  const Document out = Document::parse(planned({"--per-day", "500", "--rate", "0.2%", "-o", "json"}).out);
  EXPECT_TRUE(out["apps"][0]["days"].is_null());
}

TEST(GatePlan, RefusesWhatItCannotUse) {
  EXPECT_EQ(planned({"--per-day", "0", "--rate", "0.2%"}).code, 2);
  EXPECT_EQ(planned({"--per-day", "500", "--rate", "much"}).code, 2);
  EXPECT_EQ(planned({"--per-day", "500", "--rate", "1%", "--signal", "nothing"}).code, 2);
  EXPECT_EQ(planned({"--per-day", "500", "--rate", "1%", "--app", "nothing"}).code, 2);
}

}  // namespace
}  // namespace train::cli
