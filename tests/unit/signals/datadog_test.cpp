// Datadog's points, nulls, open buckets, and errors that come with 200.
#include "odd_answers.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;

Signal datadog_counts(const std::string& url) {
  Signal signal;
  signal.source = "datadog";
  signal.url = url;
  signal.events = "sum:app.crashes{app:$app,version:$version}.as_count()";
  signal.exposures = "sum:app.sessions{app:$app,version:$version}.as_count()";
  return signal;
}

Signal datadog_level(const std::string& url) {
  Signal signal = datadog_counts(url);
  signal.kind = SignalKind::level;
  signal.value = "max:app.p95{version:$version}";
  return signal;
}

Measurement ask_datadog(const Signal& signal, Link link = {}) {
  return make_datadog(std::move(link), Secret("canary"), Secret("canary-2"))->measure(signal, asked_subject());
}

// One series of buckets of half an hour; 1796022000 is three hours before now, 1796032800.
std::string datadog_series(const std::string& points) {
  return R"({"interval":1800,"scope":"x","pointlist":[)" + points + "]}";
}
Reply datadog_ok(const std::string& series) { return answer(200, R"({"status":"ok","series":[)" + series + "]}"); }
const std::string k_two_points = "[1796029200000.0,5.0],[1796031000000.0,7.0]";

TEST(Datadog, HoldsOnOddAnswers) {
  expect_odd_answers_to_hold(
      [](const std::string& url, Link link) { return ask_datadog(datadog_level(url), std::move(link)); });
}

class DatadogLevel : public ::testing::TestWithParam<AskedCase> {};
TEST_P(DatadogLevel, IsTheNewestWholeBucket) {
  expect_case(GetParam(), [](const std::string& url) { return ask_datadog(datadog_level(url)); });
}
AskedCase datadog_case(const char* name, Reply reply, State state, const char* says, double value = 0) {
  return {name, {std::move(reply)}, state, says, {}, value};
}
const auto datadog_points = [](const std::string& points) { return datadog_ok(datadog_series(points)); };
INSTANTIATE_TEST_SUITE_P(
    , DatadogLevel,
    ::testing::Values(
        datadog_case("newest", datadog_points(k_two_points), State::measured, "", 7),
        datadog_case("open_bucket", datadog_points(k_two_points + ",[1796032800000,9]"), State::measured, "", 7),
        datadog_case("null_at_the_end", datadog_points("[1796029200000,5],[1796031000000,null]"), State::measured, "",
                     5),
        datadog_case("only_open", datadog_points("[1796032800000,9]"), State::no_data, "first bucket of 30m is not"),
        datadog_case("old", datadog_points("[1796000000000,5]"), State::stale, "value: the newest sample is 8h 36m"),
        datadog_case("nulls", datadog_points("[1796029200000,null]"), State::no_data, "the value query found no data"),
        datadog_case("no_points", datadog_points(""), State::no_data, "the value query found no data"),
        datadog_case("no_series", datadog_ok(""), State::no_data, "the value query found no data"),
        datadog_case("two_series", datadog_ok(datadog_series(k_two_points) + "," + datadog_series("")), State::failed,
                     "found 2 series, and one number is wanted: put sum: or max: before it"),
        datadog_case("error_with_200", answer(200, R"({"status":"error","error":"Rule 'scope_expr' didn't match"})"),
                     State::failed, "the status error: Rule 'scope_expr' didn't match"),
        datadog_case("no_status", answer(200, R"({"series":[]})"), State::failed, "the status "),
        datadog_case("no_list", answer(200, R"({"status":"ok"})"), State::failed, "without series"),
        datadog_case("nan", datadog_points(R"([1796031000000,"NaN"])"), State::failed, "\"NaN\", not a number"),
        datadog_case("negative", datadog_points("[1796031000000,-2]"), State::failed, "negative"),
        datadog_case("bare_value", datadog_points("7"), State::failed, "not [time, value]"),
        datadog_case("no_interval", datadog_ok(R"({"pointlist":[]})"), State::failed, "interval"),
        datadog_case("refused_query", answer(400, R"({"errors":["Error parsing query"]})"), State::failed,
                     "value: query the metric: Datadog answered 400 (Error parsing query)")),
    [](const auto& row) { return std::string(row.param.name); });

class DatadogCounts : public ::testing::TestWithParam<AskedCase> {};
TEST_P(DatadogCounts, AreSums) {
  expect_case(GetParam(), [](const std::string& url) {
    Signal signal = datadog_counts(url);
    signal.absent_is_zero = true;
    return ask_datadog(signal);
  });
}
INSTANTIATE_TEST_SUITE_P(
    , DatadogCounts,
    ::testing::Values(
        AskedCase{"both",
                  {datadog_points(k_two_points), datadog_points("[1796029200000,1],[1796031000000,null]")},
                  State::measured,
                  "",
                  {1, 12}},
        AskedCase{"no_events", {datadog_points(k_two_points), datadog_ok("")}, State::measured, "", {0, 12}},
        AskedCase{"no_exposures", {datadog_ok("")}, State::no_data, "the exposures query found no data"},
        AskedCase{"old_exposures",
                  {datadog_points("[1796022000000,9],[1796031000000,null]")},
                  State::stale,
                  "exposures: the newest sample is 2h 30m old"},
        AskedCase{"more_events",
                  {datadog_points(k_two_points), datadog_points("[1796029200000,13]")},
                  State::failed,
                  "more events (13) than exposures (12)"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Datadog, AsksSinceTheVersionWentOut) {
  ScriptedServer server({datadog_points(k_two_points), datadog_points("[1796031000000,1]")});
  const Measurement seen = ask_datadog(datadog_counts(server.url("")));
  ASSERT_EQ(seen.state, State::measured) << seen.detail;
  EXPECT_EQ(seen.as_of, k_asked_at);
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.target,
            "/api/v1/query?from=1796022000&to=1796032800"
            "&query=sum%3Aapp.sessions%7Bapp%3Aandroid%2Cversion%3A3.4.0%7D.as_count%28%29");
  EXPECT_EQ(request.header("dd-api-key"), "canary");
  EXPECT_EQ(request.header("dd-application-key"), "canary-2");
}

TEST(Datadog, LetsNoValueOutOfItsTag) {
  ScriptedServer server({});
  Subject subject = asked_subject();
  subject.app = "a} by {host";
  const auto seen = make_datadog({}, Secret("a"), Secret("b"))->measure(datadog_counts(server.url("")), subject);
  EXPECT_NE(seen.detail.find("the value of $app must stand inside quotes"), std::string::npos) << seen.detail;
  EXPECT_EQ(server.request_count(), 0u);
}

TEST(Datadog, ComesAgainWhenItsLimitIsReset) {
  const Reply limited = answer(429, R"({"errors":["Rate limit of 300 requests in 3600 seconds reached."]})",
                               "application/json", "X-RateLimit-Reset: 42\r\n");
  ScriptedServer server({limited, limited, limited, datadog_points(k_two_points)});
  std::vector<std::chrono::milliseconds> waits;
  const Link link{[&](std::chrono::milliseconds wait) { waits.push_back(wait); }};
  EXPECT_EQ(ask_datadog(datadog_level(server.url("")), link).value, 7);
  using namespace std::chrono_literals;
  EXPECT_EQ(waits, (std::vector<std::chrono::milliseconds>{1s, 2s, 42s}));
  const Reply longer = answer(429, "", "text/plain", "X-RateLimit-Reset: 3000\r\n");
  ScriptedServer other({longer, longer, longer});
  const auto seen = ask_datadog(datadog_level(other.url("")));
  EXPECT_NE(seen.detail.find("too many requests; it answers again in 50m"), std::string::npos) << seen.detail;
}

}  // namespace
}  // namespace train::signals
