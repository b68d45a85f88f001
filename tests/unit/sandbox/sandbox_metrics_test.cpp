#include "../../../src/sandbox/world/metrics.hpp"

#include "../../../src/sandbox/world/prometheus.hpp"
#include "sandbox_fakes.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::testbed {
namespace {

using nlohmann::json;
using std::chrono::hours;

constexpr Instant k_begin{std::chrono::seconds{1796029200}};
const VersionName k_live = *VersionName::parse("3.3.0");
const VersionName k_new = *VersionName::parse("3.4.0");

double value(const Metrics& metrics, const std::string& query, Instant at) {
  const auto parsed = parse_query(query);
  if (!parsed) ADD_FAILURE() << parsed.error().message;
  const auto values = metrics.select(parsed->selector, at);
  if (!values || values->size() != 1) {
    ADD_FAILURE() << query << " has not one series";
    return -1;
  }
  return values->front();
}

TEST(SandboxMetrics, ADayAtEveryStageGivesExactCounts) {
  struct Row {
    int set_percent;  // at the end of the row before
    int until_hours;
    double sessions, crashes, payments, failures;
  };
  Metrics metrics;
  auto at = k_begin;
  for (const auto& row : {Row{0, 0, 0, 0, 0, 0}, Row{1, 24, 1000, 2, 100, 0}, Row{5, 48, 6000, 12, 600, 3},
                          Row{20, 54, 11000, 22, 1100, 5}, Row{20, 72, 26000, 52, 2600, 13}}) {
    SCOPED_TRACE(row.until_hours);
    metrics.set_share("android", k_new, Percent::whole(row.set_percent), at);
    at = k_begin + hours(row.until_hours);
    EXPECT_EQ(value(metrics, "sum(app_sessions_total)", at), row.sessions);
    EXPECT_EQ(value(metrics, "sum(app_crashed_sessions_total)", at), row.crashes);
    EXPECT_EQ(value(metrics, "sum(app_payments_total)", at), row.payments);
    EXPECT_EQ(value(metrics, "sum(app_payment_failures_total)", at), row.failures);
  }
}

TEST(SandboxMetrics, ANewRateCountsFromNowOn) {
  Metrics metrics;
  metrics.set_share("android", k_new, Percent::whole(5), k_begin);
  HealthChange worse;
  worse.crash_rate = 0.03;
  worse.payment_failure_rate = 0.5;
  metrics.change("android", k_new, worse, k_begin + hours(24));
  EXPECT_EQ(value(metrics, "sum(app_crashed_sessions_total)", k_begin + hours(24)), 10);
  EXPECT_EQ(value(metrics, "sum(app_crashed_sessions_total)", k_begin + hours(48)), 10 + 150);
  EXPECT_EQ(value(metrics, "sum(app_payment_failures_total)", k_begin + hours(48)), 2 + 250);
  HealthChange better;
  better.crash_rate = 0;
  metrics.change("android", k_new, better, k_begin + hours(48));
  EXPECT_EQ(value(metrics, "sum(app_crashed_sessions_total)", k_begin + hours(96)), 160) << "a counter never falls";
}

TEST(SandboxMetrics, SignalsByNameFollowWhatTheyAreCalled) {
  Metrics metrics;
  metrics.set_share("ios", k_new, k_percent_all, k_begin);
  HealthChange change;
  change.crash_rate = 0.01;
  change.payment_failure_rate = 0.02;
  change.response_p95 = 1.5;
  metrics.change("ios", k_new, change, k_begin);
  const auto at = k_begin + hours(24);
  const auto events = [&](const std::string& name) {
    return value(metrics, "sum(train_signal_events_total{signal=\"" + name + "\"})", at);
  };
  const auto level = [&](const std::string& name) {
    return value(metrics, "max(train_signal_value{signal=\"" + name + "\"})", at);
  };
  EXPECT_EQ(events("Crashes"), 1000);
  EXPECT_EQ(events("payment_errors"), 200) << "2 % of 10,000 payments";
  EXPECT_EQ(value(metrics, "sum(train_signal_exposures_total{signal=\"payment_errors\"})", at), 10'000);
  EXPECT_EQ(events("anr"), 200) << "0.2 % of 100,000 sessions";
  EXPECT_EQ(level("api_p95"), 1.5);
  EXPECT_EQ(level("response_time"), 1.5);
  EXPECT_EQ(level("battery"), 0.8);
  HealthChange own;
  own.signals = {{"anr", 0.05}, {"battery", 2.5}};
  metrics.change("ios", k_new, own, at);
  EXPECT_EQ(value(metrics, "sum(train_signal_events_total{signal=\"anr\"})", at), 200)
      << "it goes on from where it was";
  EXPECT_EQ(value(metrics, "sum(train_signal_events_total{signal=\"anr\"})", at + hours(24)), 5200);
  EXPECT_EQ(level("battery"), 2.5);
}

TEST(SandboxMetrics, HowTheClockMovesDoesNotMatter) {
  const auto crashes_after = [](const std::vector<int>& steps) {
    const auto sandbox = start_counting();
    ask(*sandbox, "POST", "/play/x?share=10&tick=1");
    for (const int step : steps) {
      sandbox->control("POST", "/clock", json{{"advance", std::to_string(step) + "h"}}.dump());
    }
    return ask(*sandbox, "GET",
               "/prometheus/api/v1/query?query=sum(app_sessions_total{app=\"android\",version=\"3.4.0\"})")
        .json()["data"]["result"][0]["value"][1]
        .get<std::string>();
  };
  // A day at 10 %, then 10, 20 and 30 % as the ticks fall at 24, 48 and 72 h; asked at 84 h.
  const auto at_once = crashes_after({84});
  EXPECT_EQ(at_once, std::to_string(10'000 + 10'000 + 20'000 + 15'000));
  EXPECT_EQ(crashes_after(std::vector<int>(84, 1)), at_once);
  EXPECT_EQ(crashes_after({30, 30, 24}), at_once);
}

TEST(SandboxMetrics, SeriesExistAtZeroForLiveAndCandidate) {
  const auto sandbox = start_counting();
  struct Row {
    const char* app;
    const char* version;
    bool exists;
  };
  for (const auto& row : {Row{"ios", "3.3.0", true}, Row{"ios", "3.4.0", true}, Row{"android", "3.3.0", true},
                          Row{"android", "3.4.0", true}, Row{"android", "9.9.9", false}, Row{"web", "3.4.0", false}}) {
    SCOPED_TRACE(std::string(row.app) + " " + row.version);
    for (const auto* metric :
         {"app_sessions_total", "app_crashed_sessions_total", "app_payments_total", "app_payment_failures_total"}) {
      const auto query = std::string("sum(") + metric + "{app=\"" + row.app + "\",version=\"" + row.version + "\"})";
      const auto seen = ask(*sandbox, "GET", "/prometheus/api/v1/query?query=" + percent_encode(query)).json();
      EXPECT_EQ(seen["status"], "success");
      const auto wanted =
          row.exists ? json::array({{{"metric", json::object()}, {"value", {1796029200, "0"}}}}) : json::array();
      EXPECT_EQ(seen["data"]["result"], wanted);
    }
  }
}

TEST(SandboxMetrics, SilentSeriesVanishAndComeBack) {
  const auto sandbox = start_counting();
  const std::string target =
      "/prometheus/api/v1/query?query=max(app_response_seconds{quantile=\"0.95\",app=\"ios\",version=\"3.4.0\"})";
  const auto result = [&] { return ask(*sandbox, "GET", target).json()["data"]["result"]; };
  EXPECT_EQ(result()[0]["value"][1], "0.8");
  EXPECT_EQ(sandbox->control("POST", "/health", R"({"app":"ios","version":"3.4.0","silent":true})").status, 200);
  EXPECT_EQ(result(), json::array());
  sandbox->control("POST", "/health", R"({"app":"ios","version":"3.4.0","silent":false,"response_p95":2.25})");
  EXPECT_EQ(result()[0]["value"][1], "2.25");
}

struct QueryCase {
  const char* name;
  const char* query;
  int status;
  const char* result;  // the value, "" for no series, or a part of the error
};
class PrometheusTable : public ::testing::TestWithParam<QueryCase> {};

TEST_P(PrometheusTable, Answers) {
  Metrics metrics;
  metrics.set_share("ios", k_live, Percent::whole(95), k_begin);
  metrics.set_share("ios", k_new, Percent::whole(5), k_begin);
  ServerRequest request;
  request.method = "POST";
  request.body = "time=1796115600&query=" + percent_encode(GetParam().query);
  const auto response = answer_prometheus(request, metrics, k_begin + hours(24));
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  const auto body = json::parse(response.body);
  if (GetParam().status != 200) {
    EXPECT_EQ(body["status"], "error");
    EXPECT_EQ(body["errorType"], "bad_data");
    EXPECT_NE(body["error"].get<std::string>().find(GetParam().result), std::string::npos) << response.body;
    return;
  }
  EXPECT_EQ(body["data"]["resultType"], "vector");
  const auto& result = body["data"]["result"];
  EXPECT_EQ(result.empty() ? "" : result[0]["value"][1].get<std::string>(), GetParam().result);
}

const QueryCase k_queries[] = {
    {"sum_of_one", R"(sum(app_sessions_total{app="ios",version="3.4.0"}))", 200, "5000"},
    {"sum_of_both", R"(sum(app_sessions_total{app="ios"}))", 200, "100000"},
    {"max_of_both", "max(app_sessions_total)", 200, "95000"},
    {"blanks_and_comma", " sum ( app_sessions_total { app = 'ios' , version = \"3.4.0\" , } ) ", 200, "5000"},
    {"no_labels_in_braces", "sum(app_sessions_total{})", 200, "100000"},
    {"other_app", R"(sum(app_sessions_total{app="web"}))", 200, ""},
    {"unknown_label", R"(sum(app_sessions_total{country="de"}))", 200, ""},
    {"absent_label_is_empty", R"(max(app_sessions_total{country=""}))", 200, "95000"},
    {"escaped_quote", R"(sum(app_sessions_total{app="i\"os"}))", 200, ""},
    {"other_quantile", R"(max(app_response_seconds{quantile="0.5",app="ios"}))", 200, ""},
    {"quantile", R"(max(app_response_seconds{quantile="0.95",app="ios"}))", 200, "0.8"},
    {"generic", R"(sum(train_signal_events_total{signal="crashes",version="3.4.0"}))", 200, "10"},
    {"empty", "", 400, "sum or max"},
    {"bare_metric", "app_sessions_total", 400, "sum or max"},
    {"rate", "sum(rate(app_sessions_total[5m]))", 400, "expected ')'"},
    {"unknown_metric", "sum(app_session_total)", 400, "unknown metric"},
    {"no_signal", "sum(train_signal_events_total)", 400, "needs a label"},
    {"regular_expression", R"(sum(app_sessions_total{app=~"i.*"}))", 400, "quoted value"},
    {"open_quote", R"(sum(app_sessions_total{app="ios)", 400, "closing quote"},
    {"open_brace", R"(sum(app_sessions_total{app="ios")", 400, "expected ','"},
    {"more_after", "sum(app_sessions_total) > 1", 400, "end of the query"},
};

INSTANTIATE_TEST_SUITE_P(, PrometheusTable, ::testing::ValuesIn(k_queries),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SandboxPrometheus, OnlyThePresentIsKept) {
  Metrics metrics;
  metrics.know("ios", k_new, k_begin);
  const auto result_at = [&](const std::string& time) {
    ServerRequest request;
    request.method = "GET";
    request.query = {{"query", "sum(app_sessions_total)"}, {"time", time}};
    return answer_prometheus(request, metrics, k_begin);
  };
  EXPECT_EQ(json::parse(result_at("1796029200.5").body)["data"]["result"][0]["value"][0], 1796029200.5);
  EXPECT_EQ(json::parse(result_at("2026-11-30T09:04:00Z").body)["data"]["result"].size(), 1u);
  EXPECT_EQ(json::parse(result_at("1796029501").body)["data"]["result"].size(), 0u) << "five minutes later it is stale";
  EXPECT_EQ(json::parse(result_at("1796000000").body)["data"]["result"].size(), 0u);
  EXPECT_EQ(result_at("yesterday").status, 400);
}

}  // namespace
}  // namespace train::sandbox::testbed
