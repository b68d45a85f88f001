// Kill switches in LaunchDarkly, against a small server with its rules.
#include <gmock/gmock.h>

#include "launchdarkly_fake.hpp"
#include "train/flags/providers.hpp"

namespace train::contract {
namespace {

using testing::HasSubstr;
using testing::Not;

class LaunchDarklyFlags : public ::testing::Test {
 protected:
  LaunchDarklyFlags() {
    flag.name = "new_checkout";
    flag.provider = "launchdarkly";
    flag.parameter = "new-checkout";
    flag.options = {{"endpoint", fake.url()}};
  }
  bool is_on(const std::string& environment = "production") {
    return fake.environment("new-checkout", environment)["on"].get<bool>();
  }
  std::size_t patches() const {
    std::size_t all = 0;
    for (const auto& request : fake.requests()) all += request.method == "PATCH" ? 1 : 0;
    return all;
  }

  LaunchDarklyFake fake;
  Flag flag;
  std::unique_ptr<FlagProvider> provider =
      flags::make_launchdarkly_provider([](std::chrono::milliseconds) {}, Secret("api-canary"));
};

TEST_F(LaunchDarklyFlags, TurnsTargetingOffAndLeavesTheRules) {
  EXPECT_EQ(provider->get(flag).value_or("(error)"), "true");
  const auto rules = fake.environment("new-checkout", "production")["rules"];
  const auto done = provider->set(flag, "false");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_FALSE(is_on());
  EXPECT_TRUE(is_on("test"));
  EXPECT_EQ(fake.environment("new-checkout", "production")["rules"], rules);
  EXPECT_EQ(provider->get(flag).value_or("(error)"), "false");
  ASSERT_TRUE(provider->set(flag, "true"));
  EXPECT_TRUE(is_on());
}

TEST_F(LaunchDarklyFlags, SendsASemanticPatchForOneEnvironment) {
  ASSERT_TRUE(provider->set(flag, "false"));
  const auto request = fake.requests().at(1);
  const auto body = nlohmann::json::parse(request.body);
  EXPECT_EQ(request.header("content-type"), "application/json; domain-model=launchdarkly.semanticpatch");
  EXPECT_EQ(body["environmentKey"], "production");
  EXPECT_EQ(body["instructions"].dump(), R"([{"kind":"turnFlagOff"}])");
}

TEST_F(LaunchDarklyFlags, AnotherVariationBecomesWhatTheDefaultRuleServes) {
  flag.parameter = "theme";
  ASSERT_TRUE(provider->set(flag, "plain"));
  ASSERT_TRUE(provider->set(flag, "green"));
  EXPECT_EQ(provider->get(flag).value_or("(error)"), "green");
  const auto unknown = provider->set(flag, "red");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::refused);
  EXPECT_THAT(unknown.error().hint, HasSubstr("blue, green, plain"));
}

TEST_F(LaunchDarklyFlags, WhatIsSoAlreadyIsNotSent) {
  ASSERT_TRUE(provider->set(flag, "true"));
  EXPECT_EQ(patches(), 0u);
}

TEST_F(LaunchDarklyFlags, AConflictIsReadAgainAndTriedOnceMore) {
  fake.answer_next_patch(409);
  ASSERT_TRUE(provider->set(flag, "false"));
  EXPECT_FALSE(is_on());
  EXPECT_EQ(patches(), 2u);
}

TEST_F(LaunchDarklyFlags, TooManyRequestsSaysWhenToComeBack) {
  fake.answer_next_patch(429, "Retry-After: 7\r\nX-Ratelimit-Reset: 1796029200000\r\n");
  const auto done = provider->set(flag, "false");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(done.error().hint, HasSubstr("7s"));
  EXPECT_TRUE(is_on());
}

TEST_F(LaunchDarklyFlags, ALostAnswerIsSettledByReading) {
  fake.lose_next_patch();
  EXPECT_TRUE(provider->set(flag, "false"));
  EXPECT_EQ(patches(), 1u);
}

TEST_F(LaunchDarklyFlags, SharesOfUsersAndAMissingOffVariationHaveNoOneValue) {
  fake.change("new-checkout", {{"fallthrough", {{"rollout", {{"variations", nlohmann::json::array()}}}}}});
  EXPECT_EQ(provider->get(flag).error().kind, ErrorKind::refused);
  ASSERT_TRUE(provider->set(flag, "false")) << "it can still be switched off";
  fake.change("new-checkout", {{"offVariation", nullptr}});
  EXPECT_THAT(provider->get(flag).error().message, HasSubstr("no off variation"));
}

TEST_F(LaunchDarklyFlags, AShareOfTheUsersAndThoseWhoAreAlwaysOn) {
  flag.value_on = "true";
  flag.value_off = "false";
  flag.ramp = true;
  flag.always_on = {"beta-testers"};
  const auto done = provider->set(flag, "0.5%");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(provider->get(flag).value_or("(error)"), "0.5%");
  ASSERT_TRUE(provider->set(flag, "5%"));
  EXPECT_EQ(provider->get(flag).value_or("(error)"), "5%");
  const auto here = fake.environment("new-checkout", "production");
  ASSERT_EQ(here["rules"].size(), 2u) << "theirs, and one of ours";
  EXPECT_EQ(here["rules"][1]["variation"], 0);
  EXPECT_EQ(here["rules"][1]["clauses"][0]["values"].dump(), R"(["beta-testers"])");
  ASSERT_TRUE(provider->set(flag, "false"));
  EXPECT_FALSE(is_on());
  ASSERT_TRUE(provider->set(flag, "5%"));
  EXPECT_TRUE(is_on());
  ASSERT_TRUE(provider->set(flag, "true"));
  EXPECT_EQ(provider->get(flag).value_or("(error)"), "true");
}

TEST_F(LaunchDarklyFlags, SaysWhatIsWrongAndNeverTheToken) {
  const auto stranger = flags::make_launchdarkly_provider(nullptr, Secret("api-canary-of-a-stranger"))->get(flag);
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().kind, ErrorKind::auth);
  EXPECT_THAT(stranger.error().text(), Not(HasSubstr("canary")));
  flag.parameter = "new-chekout";
  EXPECT_THAT(provider->get(flag).error().message, HasSubstr("Unknown flag key new-chekout"));
  flag.parameter = "new-checkout";
  flag.options["environment"] = "Production";
  EXPECT_EQ(provider->get(flag).error().kind, ErrorKind::invalid_answer);
}

}  // namespace
}  // namespace train::contract
