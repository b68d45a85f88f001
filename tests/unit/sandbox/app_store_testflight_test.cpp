// TestFlight's rules in the built-in App Store.
#include <gtest/gtest.h>

#include <functional>

#include "app_store_world.hpp"

namespace train::sandbox {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

AppSetup tested_setup() {
  AppSetup setup;
  setup.name = "ios";
  setup.store_id = "com.example.charge";
  setup.live = VersionName::parse("3.3.0");
  setup.live_build = *BuildNumber::parse("330");
  setup.uploaded = VersionName::parse("3.4.0");
  setup.uploaded_build = *BuildNumber::parse("340");
  setup.testers = {"internal-qa", "field-beta"};
  return setup;
}

class BetaWorld {
 public:
  BetaWorld() : world(tested_setup()) {}

  std::string group_id(const std::string& name) {
    const auto seen = world.send("GET", "/v1/betaGroups", nullptr, {{"filter[name]", name}});
    return seen.body.at("data").empty() ? "none" : seen.body.at("data").at(0).at("id").get<std::string>();
  }
  Seen add(const std::string& group, const std::string& build = "340") {
    const json body{{"data", {{{"type", "builds"}, {"id", world.build_id(build)}}}}};
    return world.send("POST", "/v1/betaGroups/" + group_id(group) + "/relationships/builds", body);
  }
  Seen post(const std::string& type, const std::string& build = "340") {
    return world.send("POST", "/v1/" + type,
                      resource(type, json::object(), {{"build", "builds", world.build_id(build)}}));
  }
  Seen text(const std::string& locale, const std::string& words) {
    return world.send("POST", "/v1/betaBuildLocalizations",
                      resource("betaBuildLocalizations", {{"locale", locale}, {"whatsNew", words}},
                               {{"build", "builds", world.build_id("340")}}));
  }
  // "IN_BETA_TESTING BETA_APPROVED"
  std::string states(const std::string& build = "340") {
    const auto seen =
        world.send("GET", "/v1/builds/" + world.build_id(build), nullptr, {{"include", "buildBetaDetail"}});
    const auto& detail = seen.body.at("included").at(0).at("attributes");
    return detail.at("internalBuildState").get<std::string>() + " " +
           detail.at("externalBuildState").get<std::string>();
  }
  void upload(const std::string& build, const std::string& encryption = "") {
    EXPECT_TRUE(world.service->person(
        {{"app", "ios"}, {"action", "upload"}, {"version", "3.4.0"}, {"build", build}, {"encryption", encryption}},
        world.now));
    world.pass(15min);
  }
  Result<std::string> person(json act) {
    act["app"] = "ios";
    return world.service->person(act, world.now);
  }

  AppStoreWorld world;
};

struct BetaRefused {
  std::string name;
  std::function<Seen(BetaWorld&)> act;
  int status;
  std::string detail;
};

TEST(AppStoreTestFlight, RefusesWithApplesWords) {
  const std::vector<BetaRefused> rows{
      {"group_is_not_there", [](BetaWorld& w) { return w.add("nobody"); }, 404, "betaGroups"},
      {"compliance_is_open",
       [](BetaWorld& w) {
         w.upload("341", "unanswered");
         return w.add("field-beta", "341");
       },
       409, "export compliance"},
      {"expired",
       [](BetaWorld& w) {
         w.world.pass(91 * 24h);
         return w.add("field-beta");
       },
       409, "processing state"},
      {"submitted_twice",
       [](BetaWorld& w) {
         w.post("betaAppReviewSubmissions");
         return w.post("betaAppReviewSubmissions");
       },
       409, "WAITING_FOR_BETA_REVIEW"},
      {"another_build_is_in_review",
       [](BetaWorld& w) {
         w.upload("341");
         w.post("betaAppReviewSubmissions");
         return w.post("betaAppReviewSubmissions", "341");
       },
       409, "Another build is in review"},
      {"told_before_the_review", [](BetaWorld& w) { return w.post("buildBetaNotifications"); }, 409, "notified"},
      {"told_without_testers",
       [](BetaWorld& w) {
         w.post("betaAppReviewSubmissions");
         w.world.pass(8h);
         return w.post("buildBetaNotifications");
       },
       409, "no external testers"},
      {"text_too_long", [](BetaWorld& w) { return w.text("de-DE", std::string(4001, 'x')); }, 409, "4000 bytes"},
      {"text_with_emoji", [](BetaWorld& w) { return w.text("de-DE", "\xF0\x9F\x9A\x80"); }, 409, "not allowed"},
      {"text_with_less_than", [](BetaWorld& w) { return w.text("de-DE", "a<b"); }, 409, "not allowed"},
      {"the_primary_locale_is_there_already", [](BetaWorld& w) { return w.text("en-US", "Try it."); }, 409, "exists"},
      {"a_linkage_is_a_list",
       [](BetaWorld& w) {
         return w.world.send("POST", "/v1/betaGroups/" + w.group_id("field-beta") + "/relationships/builds",
                             json{{"data", {{"type", "builds"}, {"id", w.world.build_id("340")}}}});
       },
       422, "list of builds"},
  };
  for (const auto& row : rows) {
    BetaWorld world;
    const auto seen = row.act(world);
    EXPECT_EQ(seen.status, row.status) << row.name << " " << seen.body.dump();
    EXPECT_NE(seen.body.dump().find(row.detail), std::string::npos) << row.name << " " << seen.body.dump();
    EXPECT_FALSE(seen.effect) << row.name;
  }
}

TEST(AppStoreTestFlight, TakesABuildFromGroupToReviewToTesters) {
  BetaWorld world;
  EXPECT_EQ(world.states(), "READY_FOR_BETA_TESTING READY_FOR_BETA_SUBMISSION");
  EXPECT_EQ(world.add("internal-qa").status, 204);
  EXPECT_EQ(world.states(), "IN_BETA_TESTING READY_FOR_BETA_SUBMISSION");
  EXPECT_TRUE(world.add("field-beta").effect);
  const auto again = world.add("field-beta");
  EXPECT_EQ(again.status, 204);
  EXPECT_FALSE(again.effect);
  EXPECT_EQ(world.post("betaAppReviewSubmissions").status, 201);
  EXPECT_EQ(world.states(), "IN_BETA_TESTING WAITING_FOR_BETA_REVIEW");
  world.world.pass(1h);
  EXPECT_EQ(world.states(), "IN_BETA_TESTING IN_BETA_REVIEW");
  world.world.pass(7h);
  EXPECT_EQ(world.states(), "IN_BETA_TESTING BETA_APPROVED");
  EXPECT_EQ(world.post("buildBetaNotifications").status, 201);
  EXPECT_EQ(world.states(), "IN_BETA_TESTING IN_BETA_TESTING");
  EXPECT_EQ(world.post("buildBetaNotifications").status, 409) << "once";
}

TEST(AppStoreTestFlight, APersonDecidesAReviewAndTakesABuildBack) {
  BetaWorld world;
  world.add("field-beta");
  EXPECT_FALSE(world.person({{"action", "beta_review"}, {"build", "340"}, {"outcome", "rejected"}})) << "not submitted";
  EXPECT_TRUE(world.person({{"action", "beta_submit"}, {"build", "340"}}));
  EXPECT_TRUE(world.person({{"action", "beta_review"}, {"build", "340"}, {"outcome", "rejected"}}));
  EXPECT_EQ(world.states(), "READY_FOR_BETA_TESTING BETA_REJECTED");
  world.world.pass(24h);
  EXPECT_EQ(world.states(), "READY_FOR_BETA_TESTING BETA_REJECTED") << "a decision stays";
  EXPECT_TRUE(world.person({{"action", "beta_remove"}, {"build", "340"}, {"group", "field-beta"}}));
  EXPECT_FALSE(world.person({{"action", "beta_remove"}, {"build", "340"}, {"group", "field-beta"}}));
  EXPECT_FALSE(world.person({{"action", "beta_dance"}, {"build", "340"}}));
}

TEST(AppStoreTestFlight, GroupsOfTheSetupAreThere) {
  BetaWorld world;
  const auto seen = world.world.send("GET", "/v1/betaGroups", nullptr, {{"filter[isInternalGroup]", "true"}});
  ASSERT_EQ(seen.body.at("data").size(), 1u);
  EXPECT_EQ(seen.body.at("data").at(0).at("attributes").at("name"), "internal-qa");
}

}  // namespace
}  // namespace train::sandbox
