// The App Store's own signals and its webhooks' feed, against the built-in App Store over HTTP.
#include <gtest/gtest.h>

#include "../../src/sandbox/http/keys.hpp"
#include "app_store_bench.hpp"
#include "train/signals/app_store.hpp"
#include "train/stores/app_store/events.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;
using AnswerState = Measurement::State;

auth::AppStoreKey bench_key() {
  static const auto pem = sandbox::KeyPair::generate(sandbox::KeyType::p256).private_pem();
  return {"KEY1234567", "69a6de70-03db-47e3-e053-5b8c7c11a4d1", Secret(pem)};
}

// 3.4.0 is live, and used as `told` says.
struct SignalBench {
  AppStoreBench bench;
  sandbox::Usage told{0, 0.002, {}};

  SignalBench() {
    const auto store = bench.store();
    EXPECT_TRUE(store->offers().version_records->create_version(candidate()));
    EXPECT_TRUE(store->offers().version_records->attach_build(candidate()));
    EXPECT_TRUE(store->offers().version_records->set_release_notes(candidate(), notes()));
    EXPECT_TRUE(store->offers().review->submit(candidate()));
    EXPECT_TRUE(bench.review(true));
    EXPECT_TRUE(store->start_rollout(candidate(), Percent::whole(1), {}));
    bench.pass(10min);
    bench.use([this](const AppName&, const VersionName&, Instant) { return told; });
    bench.forget();
  }

  signals::AppStoreReaders readers() {
    auto reader = signals::open_app_store_reader({bench.app.store_id, bench.app.endpoint, bench_key()},
                                                 [](std::chrono::milliseconds) {});
    EXPECT_TRUE(reader);
    return {{bench.app.name, *reader}};
  }
  Measurement measure(SignalSource& source, const Signal& signal) {
    Subject subject;
    subject.app = bench.app.name;
    subject.version = *VersionName::parse("3.4.0");
    subject.now = bench.now();
    return source.measure(signal, subject);
  }
  Measurement reviews(const std::string& territory = "", int pages_most = 25) {
    Signal signal;
    if (!territory.empty()) signal.options["territory"] = territory;
    return measure(*signals::make_app_store_reviews(readers(), pages_most), signal);
  }
  Measurement metric(const std::string& name, const std::string& percentile = "p90") {
    Signal signal;
    signal.kind = name == "beta_crashes" ? SignalKind::proportion : SignalKind::level;
    signal.options = {{"metric", name}, {"percentile", percentile}};
    return measure(*signals::make_app_store_metrics(readers()), signal);
  }
};

TEST(AppStoreSignals, ReviewsAreCountedOverPages) {
  SignalBench bench;
  EXPECT_EQ(bench.reviews().counts, (Counts{0, 0}));
  bench.told.sessions = 1'000'000;  // 500 reviews, three pages
  bench.told.named["low_reviews"] = 0.3;
  bench.bench.pass(1h);
  const auto seen = bench.reviews();
  EXPECT_EQ(seen.state, AnswerState::measured) << seen.detail;
  EXPECT_EQ(seen.counts, (Counts{150, 500}));
  EXPECT_EQ(bench.reviews("DEU\nFRA").counts.exposures, 250);
}

TEST(AppStoreSignals, ReviewsBeyondTheBoundAreNotHalfCounted) {
  SignalBench bench;
  bench.told.sessions = 800'000;
  bench.bench.pass(1h);
  EXPECT_EQ(bench.reviews("", 2).counts.exposures, 400);
  bench.told.sessions = 810'000;
  bench.bench.pass(1h);
  const auto seen = bench.reviews("", 2);
  EXPECT_EQ(seen.state, AnswerState::failed);
  EXPECT_NE(seen.detail.find("more than 2 pages"), std::string::npos) << seen.detail;
}

TEST(AppStoreSignals, MetricsAreNoDataUntilAppleHasThem) {
  SignalBench bench;
  bench.told.sessions = 5000;
  bench.told.named["launch_ms"] = 1400;
  bench.bench.pass(24h);
  const auto early = bench.metric("launch");
  EXPECT_EQ(early.state, AnswerState::no_data);
  EXPECT_NE(early.detail.find("they take some days"), std::string::npos) << early.detail;
  bench.bench.pass(49h);
  const auto seen = bench.metric("launch");
  EXPECT_EQ(seen.state, AnswerState::measured) << seen.detail;
  EXPECT_EQ(seen.value, 1400);
  EXPECT_NE(seen.detail.find("± 28"), std::string::npos) << seen.detail;
  EXPECT_EQ(bench.metric("launch", "p50").value, 840);
  EXPECT_NE(bench.metric("memory").detail.find("CATEGORY/METRIC: peakMemory, averageSuspendedMemory"),
            std::string::npos);
  EXPECT_EQ(bench.metric("memory/peakMemory").value, 180);
  EXPECT_EQ(bench.metric("battery").state, AnswerState::no_data);
}

TEST(AppStoreSignals, BetaCrashesAreAProportion) {
  SignalBench bench;
  bench.bench.pass(24h);
  const auto before = bench.metric("beta_crashes");
  EXPECT_EQ(before.state, AnswerState::measured) << before.detail;
  bench.told.crash_rate = 0.5;
  bench.bench.pass(24h);
  const auto after = bench.metric("beta_crashes");
  EXPECT_EQ(after.counts.exposures - before.counts.exposures, 200);
  EXPECT_EQ(after.counts.events - before.counts.events, 100);
}

TEST(AppStoreSignals, ALookCostsOneRequestOnceTheIdsAreKnown) {
  SignalBench bench;
  const auto source = signals::make_app_store_reviews(bench.readers());
  bench.measure(*source, Signal{});
  EXPECT_EQ(bench.bench.sent().size(), 3u);
  bench.measure(*source, Signal{});
  EXPECT_EQ(bench.bench.sent().size(), 4u);
}

TEST(AppStoreSignals, ARefusedTokenIsMintedAgain) {
  SignalBench bench;
  bench.bench.doom("GET", "/v1/appStoreVersions/", Fate::unauthorized);
  EXPECT_EQ(bench.reviews().state, AnswerState::measured);
  bench.bench.doom("GET", "/v1/appStoreVersions/", Fate::unauthorized, 2);
  EXPECT_EQ(bench.reviews().state, AnswerState::failed);
}

// ---- the feed -------------------------------------------------------------------------------------------------------

struct FeedBench {
  AppStoreBench bench;
  std::unique_ptr<EventFeed> feed = make();
  std::string webhook;

  std::unique_ptr<EventFeed> make() {
    auto made = stores::make_app_store_feed({bench.app, bench_key(), &bench});
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  void add_webhook(bool enabled = true) {
    const auto reply =
        bench.request(http::Method::post, "/v1/webhooks",
                      {{"data",
                        {{"type", "webhooks"},
                         {"attributes",
                          {{"enabled", enabled},
                           {"eventTypes", {"APP_STORE_VERSION_APP_VERSION_STATE_UPDATED"}},
                           {"name", "train"},
                           {"secret", "s"},
                           {"url", "https://ci.example.com/hook"}}},
                         {"relationships", {{"app", {{"data", {{"type", "apps"}, {"id", app_id()}}}}}}}}}});
    webhook = reply.at("data").at("id").get<std::string>();
  }
  std::string app_id() {
    return bench.request(http::Method::get, "/v1/apps", nullptr).at("data").at(0).at("id").get<std::string>();
  }
  void submit() {
    const auto store = bench.store();
    EXPECT_TRUE(store->offers().version_records->create_version(candidate()));
    EXPECT_TRUE(store->offers().version_records->attach_build(candidate()));
    EXPECT_TRUE(store->offers().version_records->set_release_notes(candidate(), notes()));
    EXPECT_TRUE(store->offers().review->submit(candidate()));
  }
  std::vector<std::string> news(Instant since) {
    const auto hints = feed->hints_since(since);
    EXPECT_TRUE(hints) << (hints ? "" : hints.error().text());
    std::vector<std::string> words;
    for (const auto& hint : hints.value_or(std::vector<Hint>{})) words.push_back(hint.what);
    return words;
  }
};

TEST(AppStoreFeed, TellsEachEventOnce) {
  FeedBench b;
  b.add_webhook();
  b.submit();
  const auto looked = b.bench.now();
  b.bench.pass(65min);
  EXPECT_EQ(b.news(looked + Duration(1)), std::vector<std::string>{"version state WAITING_FOR_REVIEW → IN_REVIEW"});
  EXPECT_TRUE(b.news(looked + Duration(1)).empty());
  b.bench.pass(24h);
  EXPECT_EQ(b.news(looked + Duration(1)),
            std::vector<std::string>{"version state IN_REVIEW → PENDING_DEVELOPER_RELEASE"});
}

TEST(AppStoreFeed, CostsOneRequestALookOnceTheWebhookIsKnown) {
  FeedBench b;
  b.add_webhook();
  b.news(b.bench.now());
  b.bench.forget();
  b.news(b.bench.now());
  ASSERT_EQ(b.bench.sent().size(), 1u);
  EXPECT_EQ(b.bench.sent()[0].path, "/v1/webhooks/" + b.webhook + "/deliveries");
}

TEST(AppStoreFeed, PingsAndRepeatedDeliveriesAreNoNews) {
  FeedBench b;
  b.add_webhook();
  const auto begin = b.bench.now();
  b.bench.request(http::Method::post, "/v1/webhookPings",
                  {{"data",
                    {{"type", "webhookPings"},
                     {"relationships", {{"webhook", {{"data", {{"type", "webhooks"}, {"id", b.webhook}}}}}}}}}});
  EXPECT_TRUE(b.news(begin).empty());
  b.submit();
  EXPECT_EQ(b.news(begin).size(), 2u) << "READY_FOR_REVIEW, WAITING_FOR_REVIEW";
  const auto rows = b.bench.request(http::Method::get, "/v1/webhooks/" + b.webhook + "/deliveries", nullptr).at("data");
  b.bench.request(http::Method::post, "/v1/webhookDeliveries",
                  {{"data",
                    {{"type", "webhookDeliveries"},
                     {"relationships",
                      {{"template", {{"data", {{"type", "webhookDeliveries"}, {"id", rows.at(0).at("id")}}}}}}}}}});
  EXPECT_TRUE(b.news(begin).empty());
}

TEST(AppStoreFeed, WithoutAnEnabledWebhookNobodyCanTell) {
  FeedBench b;
  b.add_webhook(false);
  const auto hints = b.feed->hints_since(b.bench.now());
  ASSERT_FALSE(hints);
  EXPECT_EQ(hints.error().kind, ErrorKind::not_found);
  EXPECT_NE(hints.error().message.find("no enabled webhook"), std::string::npos);
}

TEST(AppStoreFeed, AWebhookThatWentAwayIsLookedForAgain) {
  FeedBench b;
  b.add_webhook();
  b.news(b.bench.now());
  b.bench.request(http::Method::del, "/v1/webhooks/" + b.webhook, nullptr);
  EXPECT_FALSE(b.feed->hints_since(b.bench.now()));
  b.add_webhook();
  EXPECT_TRUE(b.feed->hints_since(b.bench.now()));
}

TEST(AppStoreFeed, ALostOrForeignAnswerIsAnError) {
  FeedBench b;
  b.add_webhook();
  b.news(b.bench.now());
  b.bench.doom("GET", "/v1/webhooks/", Fate::server_error, 3);
  EXPECT_FALSE(b.feed->hints_since(b.bench.now()));
}

}  // namespace
}  // namespace train::contract
