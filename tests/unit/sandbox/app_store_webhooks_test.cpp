// Webhooks of the built-in App Store: made, changed, told of what happens; nothing is sent.
#include <gtest/gtest.h>

#include <array>

#include "app_store_world.hpp"

namespace train::sandbox {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

json webhook_body(AppStoreWorld& world, json changes = json::object()) {
  json attributes{{"enabled", true},
                  {"eventTypes", {"APP_STORE_VERSION_APP_VERSION_STATE_UPDATED"}},
                  {"name", "train"},
                  {"secret", "This is my secret"},
                  {"url", "https://ci.example.com/hook"}};
  attributes.update(changes);
  return resource("webhooks", attributes, {{{"app", "apps", world.app_id()}}});
}

json deliveries(AppStoreWorld& world, const std::string& webhook,
                const AppStoreWorld::Query& query = {{"include", "event"}}) {
  return world.send("GET", "/v1/webhooks/" + webhook + "/deliveries", nullptr, query).body;
}

// The payloads of the events told, newest first.
std::vector<json> payloads(AppStoreWorld& world, const std::string& webhook) {
  const auto body = deliveries(world, webhook);
  std::vector<json> out;
  for (const auto& row : body.at("data")) {
    const auto id = row.at("relationships").at("event").at("data").at("id");
    for (const auto& event : body.at("included")) {
      if (event.at("id") == id) out.push_back(json::parse(event.at("attributes").at("payload").get<std::string>()));
    }
  }
  return out;
}

TEST(AppStoreWebhooks, AreMadeShownChangedAndDeleted) {
  AppStoreWorld world;
  const auto made = world.send("POST", "/v1/webhooks", webhook_body(world));
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.change, "app-store/webhook train created");
  EXPECT_EQ(made.body.dump().find("This is my secret"), std::string::npos) << "a secret is never told again";
  const auto listed = world.send("GET", "/v1/apps/" + world.app_id() + "/webhooks").body.at("data");
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed.at(0).at("id"), made.id());
  const auto off =
      world.send("PATCH", "/v1/webhooks/" + made.id(), resource("webhooks", {{"enabled", false}}, {}, made.id()));
  EXPECT_EQ(off.status, 200);
  EXPECT_EQ(off.attribute("enabled"), "false");
  EXPECT_EQ(world.send("GET", "/v1/webhooks/" + made.id()).attribute("enabled"), "false");
  EXPECT_EQ(world.send("DELETE", "/v1/webhooks/" + made.id()).status, 204);
  EXPECT_EQ(world.send("GET", "/v1/webhooks/" + made.id()).code(), "NOT_FOUND");
}

struct RefusedHook {
  const char* name;
  json changes;
  const char* code;
};
void PrintTo(const RefusedHook& row, std::ostream* out) { *out << row.name; }

class AppStoreWebhookRefusals : public testing::TestWithParam<RefusedHook> {};
TEST_P(AppStoreWebhookRefusals, HaveApplesShape) {
  AppStoreWorld world;
  const auto seen = world.send("POST", "/v1/webhooks", webhook_body(world, GetParam().changes));
  EXPECT_EQ(seen.status, 409);
  EXPECT_EQ(seen.code(), GetParam().code);
  EXPECT_FALSE(seen.effect);
}
INSTANTIATE_TEST_SUITE_P(
    , AppStoreWebhookRefusals,
    testing::Values(
        RefusedHook{"event_unknown", {{"eventTypes", {"PHASED_RELEASE"}}}, "ENTITY_ERROR.ATTRIBUTE.INVALID"},
        RefusedHook{"events_no_list", {{"eventTypes", "X"}}, "ENTITY_ERROR.ATTRIBUTE.TYPE"},
        RefusedHook{"no_events", {{"eventTypes", json::array()}}, "ENTITY_ERROR.ATTRIBUTE.INVALID"},
        RefusedHook{"plain_http", {{"url", "http://ci.example.com"}}, "ENTITY_ERROR.ATTRIBUTE.INVALID"},
        RefusedHook{"no_secret", {{"secret", nullptr}}, "ENTITY_ERROR.ATTRIBUTE.REQUIRED"},
        RefusedHook{"empty_name", {{"name", ""}}, "ENTITY_ERROR.ATTRIBUTE.INVALID"},
        RefusedHook{"unknown", {{"events", true}}, "ENTITY_ERROR.ATTRIBUTE.UNKNOWN"}),
    [](const auto& row) { return row.param.name; });

TEST(AppStoreWebhooks, HearOfEveryChangeOfAVersion) {
  AppStoreWorld world;
  const auto id = world.send("POST", "/v1/webhooks", webhook_body(world)).id();
  world.submitted();
  world.pass(25h);
  std::vector<std::string> told;
  for (const auto& payload : payloads(world, id)) {
    EXPECT_EQ(payload.at("data").at("type"), "appStoreVersionAppVersionStateUpdated");
    told.push_back(payload.at("data").at("attributes").at("newValue").get<std::string>());
  }
  EXPECT_EQ(told, (std::vector<std::string>{"PENDING_DEVELOPER_RELEASE", "IN_REVIEW", "WAITING_FOR_REVIEW",
                                            "READY_FOR_REVIEW"}));
  const auto newest = payloads(world, id).front().at("data");
  EXPECT_EQ(newest.at("attributes").at("timestamp"), "2026-12-01T09:00:00Z") << "at its own instant";
  EXPECT_EQ(newest.at("relationships").at("instance").at("data").at("id"), world.version("3.4.0").at("id"));
  const auto since = deliveries(world, id, {{"filter[createdDateGreaterThanOrEqualTo]", "2026-11-30T10:00:00Z"}});
  EXPECT_EQ(since.at("data").size(), 2u);
  EXPECT_EQ(since.at("data").at(0).at("attributes").at("deliveryState"), "FAILED") << "nothing is sent";
}

TEST(AppStoreWebhooks, HearOnlyWhatTheyAskedForWhileEnabled) {
  AppStoreWorld world;
  const auto other =
      world.send("POST", "/v1/webhooks", webhook_body(world, {{"eventTypes", {"BUILD_UPLOAD_STATE_UPDATED"}}})).id();
  const auto off = world.send("POST", "/v1/webhooks", webhook_body(world, {{"enabled", false}})).id();
  world.submitted();
  EXPECT_EQ(deliveries(world, other).at("data").size(), 0u);
  EXPECT_EQ(deliveries(world, off).at("data").size(), 0u);
}

TEST(AppStoreWebhooks, AreInterestedInAPersonsDoingToo) {
  AppStoreWorld world;
  world.submitted();
  const auto id = world.send("POST", "/v1/webhooks", webhook_body(world)).id();
  ASSERT_TRUE(world.service->review("ios", *VersionName::parse("3.4.0"), false, world.now));
  ASSERT_EQ(payloads(world, id).size(), 1u);
  EXPECT_EQ(payloads(world, id)[0].at("data").at("attributes").at("newValue"), "REJECTED");
}

TEST(AppStoreWebhooks, HearOfABuildsWayThroughBetaReview) {
  AppStoreWorld world;
  const auto id = world
                      .send("POST", "/v1/webhooks",
                            webhook_body(world, {{"eventTypes", {"BUILD_BETA_DETAIL_EXTERNAL_BUILD_STATE_UPDATED"}}}))
                      .id();
  for (const auto* action : {"upload", "beta_submit", "beta_review"}) {
    const json act{{"app", "ios"}, {"action", action}, {"version", "3.4.0"}, {"build", "342"}, {"outcome", "approved"}};
    const auto done = world.service->person(act, world.now);
    ASSERT_TRUE(done) << done.error().message;
    world.pass(15min);
  }
  std::vector<std::string> told;
  for (const auto& payload : payloads(world, id)) {
    EXPECT_EQ(payload.at("data").at("type"), "buildBetaDetailExternalBuildStateUpdated");
    told.push_back(payload.at("data").at("attributes").at("newExternalBuildState").get<std::string>());
  }
  EXPECT_EQ(told, (std::vector<std::string>{"BETA_APPROVED", "WAITING_FOR_BETA_REVIEW", "READY_FOR_BETA_SUBMISSION"}));
}

TEST(AppStoreWebhooks, ArePingedAndDeliveredAgain) {
  AppStoreWorld world;
  const auto id = world.send("POST", "/v1/webhooks", webhook_body(world)).id();
  const auto ping =
      world.send("POST", "/v1/webhookPings", resource("webhookPings", nullptr, {{{"webhook", "webhooks", id}}}));
  EXPECT_EQ(ping.status, 201);
  auto body = deliveries(world, id);
  ASSERT_EQ(body.at("data").size(), 1u);
  EXPECT_EQ(body.at("included").at(0).at("attributes").at("ping"), true);
  const auto first = body.at("data").at(0).at("id").get<std::string>();
  const auto again = world.send("POST", "/v1/webhookDeliveries",
                                resource("webhookDeliveries", nullptr, {{{"template", "webhookDeliveries", first}}}));
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.attribute("redelivery"), "true");
  body = deliveries(world, id);
  EXPECT_EQ(body.at("data").size(), 2u);
  EXPECT_EQ(body.at("included").size(), 1u) << "the same event";
  EXPECT_EQ(
      world.send("POST", "/v1/webhookPings", resource("webhookPings", nullptr, {{{"webhook", "webhooks", "none"}}}))
          .status,
      404);
}

}  // namespace
}  // namespace train::sandbox
