// Google Play's own signals against the built-in store over HTTP, and what both say held against Google's documents.
#include <algorithm>

#include "google_play_discovery.hpp"
#include "train/signals/google_play.hpp"

namespace train::testing_play {
namespace {

using namespace std::chrono_literals;
using Seen = Measurement::State;

constexpr const char* k_reporting_document = "playdeveloperreporting.v1beta1";

struct GooglePlaySignals : GooglePlayStore {
  // 3.4.0 at 5 % since 2026-11-30T09:00:00Z, one in the morning in Los Angeles: 5,000 users a day.
  void SetUp() override {
    GooglePlayStore::SetUp();
    roll_out(5);
    const auto account = auth::parse_service_account(Secret(world->credentials().service_account_json));
    ASSERT_TRUE(account);
    const std::string play = world->url() + "/play";
    const auto reader = signals::open_play_reader(
        {"com.example.charge", play, signals::reporting_beside(play), *account}, [](std::chrono::milliseconds) {});
    vitals = signals::make_play_vitals({{"android", reader}});
    reviews = signals::make_play_reviews({{"android", reader}});
  }
  Measurement ask(SignalSource& source, const Signal& signal, int build = 340) {
    Subject subject;
    subject.app = "android";
    subject.version = *VersionName::parse(build == 340 ? "3.4.0" : "3.3.0");
    subject.build = BuildNumber::from(build);
    subject.start = *parse_rfc3339("2026-11-30T09:00:00Z");
    subject.now = world->now();
    return source.measure(signal, subject);
  }
  Measurement vital(const std::string& metric, const std::string& period = "daily", int build = 340) {
    Signal signal;
    const bool level = metric == "errorReportCount" || metric == "anomalies";
    signal.kind = level ? SignalKind::level : SignalKind::proportion;
    signal.options = {{"metric", metric}, {"period", period}};
    signal.fresh_within = Duration(period == "daily" ? 72h : 12h);
    return ask(*vitals, signal, build);
  }
  Measurement stars(int build = 340) { return ask(*reviews, Signal{}, build); }
  void pass(Duration length) { world->advance_to(world->now() + length); }
  void tell(const std::string& path, const Json& body) {
    const auto answer = world->control("POST", "/_sandbox/" + path, body.dump());
    ASSERT_LT(answer.status, 300) << answer.body;
  }

  std::unique_ptr<SignalSource> vitals;
  std::unique_ptr<SignalSource> reviews;
};

TEST_F(GooglePlaySignals, AMissingRowIsNoDataThenDaysAddUp) {
  const auto early = vital("crashRate");
  EXPECT_EQ(early.state, Seen::no_data);
  EXPECT_NE(early.detail.find("no row of version code 340"), std::string::npos) << early.detail;
  pass(53h);
  const auto first = vital("crashRate");
  ASSERT_EQ(first.state, Seen::measured) << first.detail;
  EXPECT_EQ(first.counts.exposures, 4750) << "23 hours of 5,000 a day are 4,792: told as 4,800, at least 4,750";
  EXPECT_NEAR(first.counts.events / first.counts.exposures, 0.002, 1e-6);
  EXPECT_EQ(format_rfc3339(first.as_of), "2026-12-01T08:00:00Z");
  pass(24h);
  EXPECT_EQ(vital("crashRate").counts.exposures, 4750 + 4500) << "5,000 may be anything from 4,500";
}

TEST_F(GooglePlaySignals, TheLiveVersionHasAPast) {
  EXPECT_EQ(vital("crashRate", "daily", 330).state, Seen::measured);
  EXPECT_EQ(vital("anrRate", "hourly", 330).state, Seen::measured);
  const auto errors = vital("errorReportCount", "daily", 330);
  EXPECT_EQ(errors.state, Seen::measured) << errors.detail;
  EXPECT_NEAR(errors.value, 0.003, 0.0001) << "crashes and ANRs";
  const auto seen = stars(330);
  EXPECT_EQ(seen.state, Seen::measured) << seen.detail;
  EXPECT_NEAR(seen.value, 10, 1);
}

TEST_F(GooglePlaySignals, WhatGetsWorseIsSeenWhenItsDayIs) {
  pass(24h);
  tell("health", {{"app", "android"},
                  {"version", "3.4.0"},
                  {"crash_rate", 0.05},
                  {"signals", {{"anr", 0.02}, {"slow_start", 0.3}}}});
  pass(29h);
  EXPECT_NEAR(vital("crashRate").counts.events, 0.002 * 4750, 0.1) << "its day is not told yet";
  pass(24h);
  EXPECT_GT(vital("crashRate").counts.events, 0.04 * 4500);
  EXPECT_GT(vital("anrRate").counts.events, 0.018 * 4500);
  EXPECT_GT(vital("slowStartRate").counts.events, 0.27 * 4500);
  EXPECT_GT(vital("userPerceivedCrashRate", "hourly").counts.events, 100);
}

TEST_F(GooglePlaySignals, AnomaliesAreCountedOnceTheirDayIsTold) {
  pass(24h);
  EXPECT_EQ(vital("anomalies").value, 0);
  tell("health", {{"app", "android"}, {"version", "3.4.0"}, {"crash_rate", 0.05}});
  pass(29h);
  EXPECT_EQ(vital("anomalies").value, 0);
  pass(48h);
  const auto seen = vital("anomalies");
  ASSERT_EQ(seen.state, Seen::measured) << seen.detail;
  EXPECT_EQ(seen.value, 1);
  EXPECT_NE(seen.detail.find("1 of version code 340 since 2026-11-30T09:00:00Z: crashRate 0.0"), std::string::npos)
      << seen.detail;
  EXPECT_EQ(vital("anomalies", "daily", 330).value, 0) << "of the other version there is none";
}

TEST_F(GooglePlaySignals, ASilentVersionAndAStalledFeedHold) {
  pass(53h);
  tell("health", {{"app", "android"}, {"version", "3.4.0"}, {"silent", true}});
  EXPECT_EQ(vital("crashRate").state, Seen::no_data);
  tell("health", {{"app", "android"}, {"version", "3.4.0"}, {"silent", false}});
  tell("person", {{"app", "android"}, {"action", "stall_reporting"}});
  pass(40h);
  EXPECT_EQ(vital("crashRate").state, Seen::measured);
  pass(10h);
  const auto stalled = vital("crashRate");
  EXPECT_EQ(stalled.state, Seen::stale);
  EXPECT_NE(stalled.detail.find("ends 2026-12-01T08:00:00Z"), std::string::npos) << stalled.detail;
}

TEST_F(GooglePlaySignals, ReviewsAreFewThenAShare) {
  EXPECT_EQ(stars().state, Seen::no_data);
  tell("health", {{"app", "android"}, {"version", "3.4.0"}, {"signals", {{"low_reviews", 0.5}}}});
  ASSERT_TRUE(store->offers().percentages->set_percent(candidate, Percent::whole(50)));
  pass(24h);
  const auto seen = stars();
  EXPECT_EQ(seen.state, Seen::measured) << seen.detail;
  EXPECT_NEAR(seen.value, 50, 5);
}

TEST_F(GooglePlaySignals, ATokenWithoutTheScopeIsGooglesForbidden) {
  fault("GET", "/play/v1beta1", "status:403");
  EXPECT_EQ(vital("crashRate", "daily", 330).state, Seen::failed);
  fault("GET", "/play/v1beta1", "status:401");
  EXPECT_EQ(vital("crashRate", "daily", 330).state, Seen::measured) << "asked once more with a new token";
}

TEST_F(GooglePlaySignals, EveryQuestionAndEveryAnswerIsGoogles) {
  const auto reporting = discovery_document(k_reporting_document);
  const auto publisher = discovery_document();
  if (!reporting || !publisher) GTEST_SKIP() << no_discovery_document(k_reporting_document);
  tell("health", {{"app", "android"}, {"version", "3.4.0"}, {"crash_rate", 0.05}});
  pass(77h);
  for (const char* metric : {"crashRate", "userPerceivedCrashRate", "anrRate", "userPerceivedAnrRate", "slowStartRate",
                             "errorReportCount", "anomalies"})
    EXPECT_EQ(vital(metric).state, Seen::measured) << metric;
  EXPECT_EQ(vital("anomalies").value, 1) << "one is in the answer that is compared";
  EXPECT_EQ(vital("crashRate", "hourly").state, Seen::measured);
  stars(330);
  std::vector<SeenCall> asked;
  const auto is_reporting = [](const SeenCall& call) { return call.request.path.rfind("/v1beta1", 0) == 0; };
  std::copy_if(watch->calls.begin(), watch->calls.end(), std::back_inserter(asked), is_reporting);
  const auto [used, wrong] = compare(Discovery(*reporting), asked);
  EXPECT_EQ(wrong, std::vector<std::string>{});
  for (const char* id : {"crashrate.get", "crashrate.query", "anrrate.get", "anrrate.query", "slowstartrate.get",
                         "slowstartrate.query", "errors.counts.get", "errors.counts.query"})
    EXPECT_EQ(used.count(std::string("playdeveloperreporting.vitals.") + id), 1u) << id << " was not used";
  EXPECT_EQ(used.count("playdeveloperreporting.anomalies.list"), 1u);
  asked.clear();
  std::remove_copy_if(watch->calls.begin(), watch->calls.end(), std::back_inserter(asked), is_reporting);
  const auto published = compare(Discovery(*publisher), asked);
  EXPECT_EQ(published.wrong, std::vector<std::string>{});
  EXPECT_EQ(published.methods.count("androidpublisher.reviews.list"), 1u);
  EXPECT_GT(count("GET", "/reviews"), 1u) << "more than one page";
}

TEST_F(GooglePlaySignals, TheComparisonFindsWhatIsWrong) {
  const auto document = discovery_document(k_reporting_document);
  if (!document) GTEST_SKIP() << no_discovery_document(k_reporting_document);
  const Discovery google(*document);
  EXPECT_NE(google.find("GET", "/v1beta1/apps/com.x/crashRateMetricSet"), nullptr);
  EXPECT_EQ(google.find("POST", "/v1beta1/apps/com.x/crashRateMetricSet"), nullptr);
  EXPECT_EQ(google.find("GET", "/v1beta1/apps/com.x/crashesMetricSet"), nullptr);
  std::vector<std::string> wrong;
  google.check_body(R"({"timelineSpec":{"aggregationPeriod":"WEEKLY"},"userCohort":"OS_PUBLIC","pageSize":"5"})",
                    "GooglePlayDeveloperReportingV1beta1QueryErrorCountMetricSetRequest", wrong);
  EXPECT_EQ(wrong.size(), 3u) << "a word, a field that this set lacks, a type";
}

}  // namespace
}  // namespace train::testing_play
