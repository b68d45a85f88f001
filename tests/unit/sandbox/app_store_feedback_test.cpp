// What the built-in App Store hears back: reviews, TestFlight use and metrics, accruing with the clock.
#include <gtest/gtest.h>

#include <set>

#include "app_store_world.hpp"

namespace train::sandbox {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// A world whose 3.4.0 is live and used by so many a day; what its users do can be changed.
struct UsedWorld : AppStoreWorld {
  UsedWorld() : ids(live()), since(now) {
    service->set_usage([this](const AppName&, const VersionName& version, Instant at) {
      Usage usage = told;
      if (version == *VersionName::parse("3.4.0"))
        usage.sessions = a_day * static_cast<double>((at - since).count()) / 86400.0;
      return usage;
    });
  }
  json reviews(const Query& query = {}) {
    return send("GET", "/v1/appStoreVersions/" + ids.version + "/customerReviews", nullptr, query).body;
  }
  ServerResponse metrics(const std::string& accept, const std::string& build = "340") {
    ServerRequest request;
    request.method = "GET";
    request.path = "/v1/builds/" + build_id(build) + "/perfPowerMetrics";
    request.query = {{"filter[metricType]", "LAUNCH"}};
    request.headers = {{"authorization", "Bearer good"}, {"accept", accept}};
    return service->handle(request, now).response;
  }

  double a_day = 20'000;
  Usage told{0, 0.002, {}};
  Ids ids;
  Instant since;
};
constexpr const char* k_accept = "application/vnd.apple.xcode-metrics+json";

TEST(AppStoreFeedback, ReviewsAreWrittenAsSessionsAccrue) {
  UsedWorld world;
  EXPECT_EQ(world.reviews().at("data").size(), 0u);
  world.pass(24h);
  EXPECT_EQ(world.reviews().at("data").size(), 10u);
  world.told.named["low_reviews"] = 0.5;
  world.pass(48h);
  const auto all = world.reviews({{"limit", "200"}});
  EXPECT_EQ(all.at("data").size(), 30u);
  EXPECT_EQ(world.reviews({{"filter[rating]", "1,2"}, {"limit", "200"}}).at("data").size(), 11u) << "1 of 10, 10 of 20";
  std::set<std::string> ids;
  for (const auto& row : all.at("data")) ids.insert(row.at("id").get<std::string>());
  EXPECT_EQ(ids.size(), 30u);
}

TEST(AppStoreFeedback, ReviewsAreFilteredAndSorted) {
  UsedWorld world;
  world.pass(48h);
  const auto german = world.reviews({{"filter[territory]", "DEU"}});
  EXPECT_EQ(german.at("data").size(), 5u);
  for (const auto& row : german.at("data")) EXPECT_EQ(row.at("attributes").at("territory"), "DEU");
  const auto worst = world.reviews({{"sort", "rating"}});
  EXPECT_LE(worst.at("data").at(0).at("attributes").at("rating").get<int>(), 2);
  EXPECT_EQ(world.send("GET", "/v1/appStoreVersions/none/customerReviews").code(), "NOT_FOUND");
  EXPECT_EQ(world.send("GET", "/v1/appStoreVersions/x/customerReviews", nullptr, {{"filter[stars]", "1"}}).code(),
            "PARAMETER_ERROR.ILLEGAL");
}

TEST(AppStoreFeedback, MetricsComeAfterDaysAndUse) {
  UsedWorld world;
  EXPECT_EQ(json::parse(world.metrics(k_accept).body).at("productData").size(), 0u);
  world.pass(71h);
  EXPECT_EQ(json::parse(world.metrics(k_accept).body).at("productData").size(), 0u);
  world.told.named["launch_ms"] = 1400;
  world.pass(2h);
  const auto answered = world.metrics(k_accept);
  EXPECT_EQ(answered.content_type, k_accept);
  const auto metric =
      json::parse(answered.body).at("productData").at(0).at("metricCategories").at(0).at("metrics").at(0);
  EXPECT_EQ(metric.at("identifier"), "launchTime");
  const auto& points = metric.at("datasets").at(1).at("points");
  ASSERT_EQ(points.size(), 2u) << "the live version stands beside it";
  EXPECT_EQ(points.at(1).at("version"), "3.4.0");
  EXPECT_EQ(points.at(1).at("value"), 1400);
}

TEST(AppStoreFeedback, LittleUseGivesNoMetrics) {
  UsedWorld world;
  world.a_day = 100;
  world.pass(96h);
  EXPECT_EQ(json::parse(world.metrics(k_accept).body).at("productData").size(), 0u);
  EXPECT_EQ(json::parse(world.metrics(k_accept, "330").body).at("productData").size(), 1u) << "live for long";
}

TEST(AppStoreFeedback, MetricsWantTheirMediaType) {
  UsedWorld world;
  EXPECT_EQ(world.metrics("application/json").status, 406);
  EXPECT_EQ(world.metrics("*/*").status, 200);
  EXPECT_EQ(world.metrics(std::string(k_accept) + ", application/json").status, 200);
}

TEST(AppStoreFeedback, TestersUseABuildAndCrashes) {
  UsedWorld world;
  const auto path = "/v1/builds/" + world.build_id("340") + "/metrics/betaBuildUsages";
  const auto values = [&] {
    const auto body = world.send("GET", path).body;
    return body.at("data").empty() ? json() : body.at("data").at(0).at("dataPoints").at(0).at("values");
  };
  world.pass(24h);
  const auto before = values();
  EXPECT_GE(before.at("sessionCount").get<int>(), 200);
  world.told.crash_rate = 0.1;
  world.pass(24h);
  const auto after = values();
  EXPECT_EQ(after.at("sessionCount").get<int>() - before.at("sessionCount").get<int>(), 200);
  EXPECT_EQ(after.at("crashCount").get<int>() - before.at("crashCount").get<int>(), 20);
  EXPECT_EQ(world.send("GET", "/v1/builds/none/metrics/betaBuildUsages").code(), "NOT_FOUND");
}

TEST(AppStoreFeedback, ACopyKeepsWhatWasHeardAndHearsNoMore) {
  UsedWorld world;
  world.pass(24h);
  const auto copy = world.service->clone();
  world.pass(24h);
  EXPECT_EQ(world.reviews().at("data").size(), 20u);
  ServerRequest request;
  request.method = "GET";
  request.path = "/v1/appStoreVersions/" + world.ids.version + "/customerReviews";
  request.headers = {{"authorization", "Bearer good"}};
  EXPECT_EQ(json::parse(copy->handle(request, world.now).response.body).at("data").size(), 10u);
}

}  // namespace
}  // namespace train::sandbox
