// Webhooks, their deliveries and Apple's own signals, each request of theirs once.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../../src/sandbox/http/keys.hpp"
#include "app_store_journeys.hpp"
#include "train/signals/app_store.hpp"
#include "train/stores/app_store/events.hpp"

namespace train::contract {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

void go_live_described(AppStoreBench& bench) {
  const auto store = bench.store();
  EXPECT_TRUE(store->offers().version_records->create_version(candidate()));
  EXPECT_TRUE(store->offers().version_records->attach_build(candidate()));
  EXPECT_TRUE(store->offers().version_records->set_release_notes(candidate(), notes()));
  EXPECT_TRUE(store->offers().review->submit(candidate()));
  EXPECT_TRUE(bench.review(true));
  EXPECT_TRUE(store->start_rollout(candidate(), Percent::whole(1), {}));
  bench.pass(10min);
}

json webhook_body(const std::string& app, bool enabled) {
  return {{"data",
           {{"type", "webhooks"},
            {"attributes",
             {{"enabled", enabled},
              {"eventTypes", {"APP_STORE_VERSION_APP_VERSION_STATE_UPDATED", "BUILD_UPLOAD_STATE_UPDATED"}},
              {"name", "train"},
              {"secret", "s"},
              {"url", "https://ci.example.com/hook"}}},
            {"relationships", {{"app", {{"data", {{"type", "apps"}, {"id", app}}}}}}}}}};
}

json linked_body(const std::string& type, const std::string& relationship, const std::string& to, const json& id) {
  return {{"data", {{"type", type}, {"relationships", {{relationship, {{"data", {{"type", to}, {"id", id}}}}}}}}}};
}

auth::AppStoreKey description_key() {
  const auto pem = sandbox::KeyPair::generate(sandbox::KeyType::p256).private_pem();
  return {"KEY1234567", "69a6de70-03db-47e3-e053-5b8c7c11a4d1", Secret(pem)};
}

std::string add_webhook(AppStoreBench& bench) {
  const auto app = bench.request(http::Method::get, "/v1/apps", nullptr).at("data").at(0).at("id").get<std::string>();
  return bench.request(http::Method::post, "/v1/webhooks", webhook_body(app, true))
      .at("data")
      .at("id")
      .get<std::string>();
}

// The feed, and what else can be done with a webhook and its deliveries.
void read_the_feed(AppStoreBench& bench, const std::string& webhook) {
  const auto feed = stores::make_app_store_feed({bench.app, description_key(), &bench});
  const auto hints = (*feed)->hints_since(bench.now() - 30 * 24h);
  ASSERT_TRUE(hints);
  EXPECT_FALSE(hints->empty());
  const std::string at = "/v1/webhooks/" + webhook;
  bench.request(http::Method::get, at, nullptr);
  bench.request(http::Method::post, "/v1/webhookPings", linked_body("webhookPings", "webhook", "webhooks", webhook));
  const auto first = bench.request(http::Method::get, at + "/deliveries", nullptr).at("data").at(0).at("id");
  bench.request(http::Method::post, "/v1/webhookDeliveries",
                linked_body("webhookDeliveries", "template", "webhookDeliveries", first));
  bench.request(http::Method::patch, at,
                {{"data", {{"type", "webhooks"}, {"id", webhook}, {"attributes", {{"enabled", false}}}}}});
  bench.request(http::Method::del, at, nullptr);
}

void measure_everything(AppStoreBench& bench) {
  auto reader =
      signals::open_app_store_reader({bench.app.store_id, bench.app.endpoint, description_key()}, [](auto) {});
  ASSERT_TRUE(reader);
  bench.use([](const AppName&, const VersionName&, Instant) { return sandbox::Usage{600'000, 0.01, {}}; });
  bench.pass(24h * 4);
  Subject subject;
  subject.app = bench.app.name;
  subject.version = *VersionName::parse("3.4.0");
  subject.now = bench.now();
  const signals::AppStoreReaders readers{{bench.app.name, *reader}};
  Signal reviews;
  reviews.options["territory"] = "DEU\nUSA";
  EXPECT_EQ(signals::make_app_store_reviews(readers)->measure(reviews, subject).counts.exposures, 150);
  for (const auto* metric : {"launch", "beta_crashes"}) {
    Signal signal;
    signal.kind = metric == std::string_view("launch") ? SignalKind::level : SignalKind::proportion;
    signal.options["metric"] = metric;
    const auto seen = signals::make_app_store_metrics(readers)->measure(signal, subject);
    EXPECT_EQ(seen.state, Measurement::State::measured) << metric << ": " << seen.detail;
  }
}

}  // namespace

void listen_and_measure(AppStoreBench& bench) {
  const auto webhook = add_webhook(bench);
  go_live_described(bench);
  read_the_feed(bench, webhook);
  measure_everything(bench);
}

}  // namespace train::contract
