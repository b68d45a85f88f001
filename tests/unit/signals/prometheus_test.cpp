// Answers as Prometheus and what stands in front of it really give them, and what each becomes.
#include "train/signals/prometheus.hpp"

#include <gtest/gtest.h>

#include "support/scripted_server.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;
using namespace std::chrono_literals;

const Instant k_now = *parse_rfc3339("2026-11-30T10:00:00Z");  // 1796032800

Subject the_subject() {
  Subject subject;
  subject.app = "android";
  subject.version = *VersionName::parse("3.4.0");
  subject.platform = "android";
  subject.start = k_now - 1h;
  subject.now = k_now;
  return subject;
}

Signal proportion_at(const std::string& url) {
  Signal signal;
  signal.name = "crashes";
  signal.source = "prometheus";
  signal.url = url;
  signal.events = R"(sum(app_crashed_sessions_total{app="$app",version="$version"}))";
  signal.exposures = R"(sum(app_sessions_total{app="$app",version="$version"}))";
  return signal;
}

Signal level_at(const std::string& url) {
  Signal signal;
  signal.name = "response_p95";
  signal.kind = SignalKind::level;
  signal.url = url;
  signal.value = R"(max(app_response_seconds{quantile="0.95",app="$app"}))";
  return signal;
}

std::string vector_of(const std::string& value, const std::string& at = "1796032800") {
  return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[)" + at + ",\"" + value +
         "\"]}]}}";
}
const std::string k_empty = R"({"status":"success","data":{"resultType":"vector","result":[]}})";

Measurement measure(const Signal& signal) {
  PrometheusSettings settings;
  return make_prometheus(std::move(settings))->measure(signal, the_subject());
}

// ---- one number --------------------------------------------------------------------------------------------------

struct LevelCase {
  const char* name;
  Reply reply;
  State state;
  const char* says;
  double value = 0;
  std::size_t requests = 1;
};
class Level : public ::testing::TestWithParam<LevelCase> {};

TEST_P(Level, IsReadStrictly) {
  ScriptedServer server(std::vector<Reply>(GetParam().requests, GetParam().reply));
  const Measurement seen = measure(level_at(server.url("")));
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_EQ(seen.value, GetParam().value);
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  EXPECT_EQ(server.request_count(), GetParam().requests);
  EXPECT_EQ(seen.detail.empty(), seen.state == State::measured);
}

const std::string k_two_series =
    R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"1"},"value":[1796032800,"1"]},{"metric":{"a":"2"},"value":[1796032800,"2"]}]}})";
const std::string k_bad_data =
    R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:5: parse error: unclosed left parenthesis"})";
const std::string k_execution =
    R"({"status":"error","errorType":"execution","error":"found duplicate series for the match group"})";

INSTANTIATE_TEST_SUITE_P(
    , Level,
    ::testing::Values(
        LevelCase{"number", answer(200, vector_of("0.8")), State::measured, "", 0.8},
        LevelCase{"zero", answer(200, vector_of("0")), State::measured, "", 0},
        LevelCase{"exponent", answer(200, vector_of("1.5e+06")), State::measured, "", 1.5e6},
        LevelCase{"scalar",
                  answer(200, R"({"status":"success","data":{"resultType":"scalar","result":[1796032800,"2"]}})"),
                  State::measured, "", 2},
        LevelCase{"fraction_of_a_second", answer(200, vector_of("3", "1796032799.781")), State::measured, "", 3},
        LevelCase{"no_series", answer(200, k_empty), State::no_data, "the value query found no series"},
        LevelCase{"two_series", answer(200, k_two_series), State::failed, "found 2 series"},
        LevelCase{"nan", answer(200, vector_of("NaN")), State::failed, "NaN, not a number"},
        LevelCase{"infinite", answer(200, vector_of("+Inf")), State::failed, "+Inf"},
        LevelCase{"minus_infinite", answer(200, vector_of("-Inf")), State::failed, "-Inf"},
        LevelCase{"inf_in_lower_case", answer(200, vector_of("inf")), State::failed, "inf"},
        LevelCase{"negative", answer(200, vector_of("-1")), State::failed, "negative"},
        LevelCase{"words", answer(200, vector_of("fast")), State::failed, "fast"},
        LevelCase{"number_then_words", answer(200, vector_of("1 second")), State::failed, "1 second"},
        LevelCase{"empty_value", answer(200, vector_of("")), State::failed, "not a number"},
        LevelCase{"hexadecimal", answer(200, vector_of("0x10")), State::failed, "0x10"},
        LevelCase{"too_large", answer(200, vector_of("1e999")), State::failed, "1e999"},
        LevelCase{
            "bare_number",
            answer(
                200,
                R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1796032800,1]}]}})"),
            State::failed, "not [time, \"value\"]"},
        LevelCase{"no_value",
                  answer(200, R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{}}]}})"),
                  State::failed, "not [time"},
        LevelCase{
            "matrix",
            answer(
                200,
                R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}]}})"),
            State::failed, "matrix"},
        LevelCase{"string",
                  answer(200, R"({"status":"success","data":{"resultType":"string","result":[1796032800,"x"]}})"),
                  State::failed, "string"},
        LevelCase{"no_data_member", answer(200, R"({"status":"success"})"), State::failed, "without a result"},
        LevelCase{
            "partial",
            answer(
                200,
                R"({"status":"success","warnings":["remote read: 1 of 2 failed"],"data":{"resultType":"vector","result":[]}})"),
            State::failed, "incomplete: remote read: 1 of 2 failed"},
        LevelCase{"as_old_as_allowed", answer(200, vector_of("1", "1796029200")), State::measured, "", 1},
        LevelCase{"too_old", answer(200, vector_of("1", "1796029199")), State::stale, "newest sample is 1h"},
        LevelCase{"from_the_future", answer(200, vector_of("1", "1796040000")), State::failed, "future"},
        LevelCase{"impossible_time", answer(200, vector_of("1", "1e300")), State::failed, "impossible time"},
        LevelCase{"bad_query", answer(400, k_bad_data), State::failed, "bad_data: invalid parameter \"query\": 1:5"},
        LevelCase{"execution", answer(422, k_execution), State::failed, "execution: found duplicate series"},
        LevelCase{"error_with_200", answer(200, k_execution), State::failed, "execution: found duplicate series"},
        LevelCase{"html_200", answer(200, "<html>Sign in</html>", "text/html"), State::failed, "an HTML or XML page"},
        LevelCase{"html_401", answer(401, "<html>Sign in</html>", "text/html"), State::failed, "401"},
        LevelCase{"empty_200", answer(200, ""), State::failed, "answered 200"},
        LevelCase{"half_json", answer(200, "{\"status\":\"succ"), State::failed, "answered 200"},
        LevelCase{"not_an_object", answer(200, "[1,2]"), State::failed, "answered 200"},
        LevelCase{"nested", answer(200, std::string(100000, '[')), State::failed, "answered 200"},
        LevelCase{"redirect", answer(302, "", "text/plain", "Location: https://sso.example.com/\r\n"), State::failed,
                  "302"},
        LevelCase{"busy", answer(503, R"({"status":"error","errorType":"timeout","error":"query timed out"})"),
                  State::failed, "timeout: query timed out", 0, 3},
        LevelCase{"limited", answer(429, ""), State::failed, "429", 0, 3},
        LevelCase{"closed", {"", Reply::Then::close}, State::failed, "no answer came back", 0, 3},
        LevelCase{"control_characters", answer(400, R"({"status":"error","errorType":"\u001b[31m","error":"x"})"),
                  State::failed, "\\u{1b}[31m"}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- events out of exposures -------------------------------------------------------------------------------------

enum class Absent { is_zero, is_no_data };
struct ProportionCase {
  const char* name;
  std::string exposures;
  std::string events;
  Absent absent;
  State state;
  Counts counts;
  const char* says;
};
class Proportion : public ::testing::TestWithParam<ProportionCase> {};

TEST_P(Proportion, NeedsBothOfItsNumbers) {
  ScriptedServer server({answer(200, GetParam().exposures), answer(200, GetParam().events)});
  Signal signal = proportion_at(server.url(""));
  signal.absent_is_zero = GetParam().absent == Absent::is_zero;
  const Measurement seen = measure(signal);
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_EQ(seen.counts, GetParam().counts);
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
}

INSTANTIATE_TEST_SUITE_P(
    , Proportion,
    ::testing::Values(
        ProportionCase{"both", vector_of("1000"), vector_of("12"), Absent::is_no_data, State::measured, {12, 1000}, ""},
        ProportionCase{
            "fractions", vector_of("996.4"), vector_of("1.2"), Absent::is_no_data, State::measured, {1.2, 996.4}, ""},
        ProportionCase{"all_of_them", vector_of("7"), vector_of("7"), Absent::is_no_data, State::measured, {7, 7}, ""},
        ProportionCase{
            "zero_series", vector_of("1000"), vector_of("0"), Absent::is_no_data, State::measured, {0, 1000}, ""},
        ProportionCase{
            "absent_events", vector_of("1000"), k_empty, Absent::is_no_data, State::no_data, {}, "absent_is_zero"},
        ProportionCase{
            "absent_events_are_zero", vector_of("1000"), k_empty, Absent::is_zero, State::measured, {0, 1000}, ""},
        ProportionCase{"absent_exposures", k_empty, vector_of("0"), Absent::is_zero, State::no_data, {}, "exposures"},
        ProportionCase{"both_absent", k_empty, k_empty, Absent::is_zero, State::no_data, {}, "exposures"},
        ProportionCase{
            "more_events", vector_of("10"), vector_of("11"), Absent::is_no_data, State::failed, {}, "more events"},
        ProportionCase{"nan_events", vector_of("10"), vector_of("NaN"), Absent::is_zero, State::failed, {}, "events: "},
        ProportionCase{"old_events",
                       vector_of("10"),
                       vector_of("1", "1796000000"),
                       Absent::is_zero,
                       State::stale,
                       {},
                       "events: the newest sample"},
        ProportionCase{"two_exposures",
                       k_two_series,
                       vector_of("1"),
                       Absent::is_zero,
                       State::failed,
                       {},
                       "exposures: the query found 2 series"}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- buckets -----------------------------------------------------------------------------------------------------

struct HistogramCase {
  const char* name;
  std::vector<std::pair<std::string, std::string>> buckets;  // le, count
  State state;
  Counts counts;
  std::optional<CountSpan> between;
  const char* says;
};
void PrintTo(const HistogramCase& row, std::ostream* out) { *out << row.name; }
class Histogram : public ::testing::TestWithParam<HistogramCase> {};
TEST_P(Histogram, CountsWhatTookLonger) {
  std::string series;
  for (const auto& [le, count] : GetParam().buckets) {
    series += std::string(series.empty() ? "" : ",") + R"({"metric":{"le":")" + le + R"("},"value":[1796032800,")" +
              count + "\"]}";
  }
  ScriptedServer server(
      {answer(200, R"({"status":"success","data":{"resultType":"vector","result":[)" + series + "]}}")});
  Signal signal = proportion_at(server.url(""));
  signal.events.clear();
  signal.exposures.clear();
  signal.options = {{"histogram", "sum by (le) (x_bucket)"}, {"slower_than", "2"}};
  const Measurement seen = measure(signal);
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_EQ(seen.counts, GetParam().counts);
  EXPECT_EQ(seen.between, GetParam().between);
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
}
INSTANTIATE_TEST_SUITE_P(
    , Histogram,
    ::testing::Values(
        HistogramCase{
            "edge_at_the_limit", {{"+Inf", "100"}, {"0.5", "60"}, {"2.0", "97"}}, State::measured, {3, 100}, {}, ""},
        HistogramCase{"only_all",
                      {{"+Inf", "100"}},
                      State::measured,
                      {100, 100},
                      CountSpan{{0, 100}, {100, 100}},
                      "no bucket ends at 2 s: 100 took longer than nothing, 0 longer than +Inf"},
        HistogramCase{"between_edges",
                      {{"1", "90"}, {"2.5", "98"}, {"+Inf", "100"}},
                      State::measured,
                      {10, 100},
                      CountSpan{{2, 100}, {10, 100}},
                      "no bucket ends at 2 s: 10 took longer than 1 s, 2 longer than 2.5 s"},
        HistogramCase{"all_below",
                      {{"1", "90"}, {"+Inf", "100"}},
                      State::measured,
                      {10, 100},
                      CountSpan{{0, 100}, {10, 100}},
                      "longer than +Inf"},
        HistogramCase{"a_hair", {{"1", "90.0000001"}, {"2", "90"}, {"+Inf", "90"}}, State::measured, {0, 90}, {}, ""},
        HistogramCase{"none", {}, State::no_data, {}, {}, "the histogram query found no series"},
        HistogramCase{"no_infinity", {{"2", "90"}}, State::failed, {}, {}, "no bucket le=\"+Inf\""},
        HistogramCase{"no_label", {{"", "90"}}, State::failed, {}, {}, "no label `le` with a number: put sum by (le)"},
        HistogramCase{
            "twice", {{"2", "90"}, {"2.0", "9"}, {"+Inf", "99"}}, State::failed, {}, {}, "several series for le=2 s"},
        HistogramCase{
            "not_cumulative", {{"1", "90"}, {"2", "9"}, {"+Inf", "99"}}, State::failed, {}, {}, "must be cumulative"},
        HistogramCase{
            "nan", {{"2", "NaN"}, {"+Inf", "99"}}, State::failed, {}, {}, "histogram: the query's value is NaN"}),
    [](const auto& row) { return std::string(row.param.name); });

// The live version's buckets a week back, and the release's.
struct SlowerCase {
  const char* name;
  std::vector<std::pair<std::string, std::string>> live;
  State state;
  Counts counts;
  const char* says;
};
void PrintTo(const SlowerCase& row, std::ostream* out) { *out << row.name; }

testbed::Reply buckets_answer(const std::vector<std::pair<std::string, std::string>>& buckets) {
  std::string series;
  for (const auto& [le, count] : buckets) {
    series += std::string(series.empty() ? "" : ",") + R"({"metric":{"le":")" + le + R"("},"value":[1796032800,")" +
              count + "\"]}";
  }
  return answer(200, R"({"status":"success","data":{"resultType":"vector","result":[)" + series + "]}}");
}

class SlowerThanLive : public ::testing::TestWithParam<SlowerCase> {};
TEST_P(SlowerThanLive, CountsWhatTookSoMuchLonger) {
  const auto release = buckets_answer({{"1", "800"}, {"1.5", "900"}, {"2", "970"}, {"+Inf", "1000"}});
  ScriptedServer server({buckets_answer(GetParam().live), release});
  Signal signal = proportion_at(server.url(""));
  signal.events.clear();
  signal.exposures.clear();
  signal.options = {{"histogram", R"(sum by (le) (increase(x_bucket{version="$version"}[$window_ss])))"},
                    {"slower_than_live", "20%"},
                    {"quantile", "95%"}};
  Subject subject = the_subject();
  subject.baseline_version = *VersionName::parse("3.3.0");
  const Measurement seen = make_prometheus({[](std::chrono::milliseconds) {}, {}})->measure(signal, subject);
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_EQ(seen.counts, GetParam().counts);
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  const auto asked = server.requests().at(0).body;
  EXPECT_NE(asked.find("3.3.0"), std::string::npos) << asked;
  EXPECT_NE(asked.find("604800s"), std::string::npos) << "a week: " << asked;
  EXPECT_NE(asked.find("&time=" + std::to_string(subject.start.time_since_epoch().count())), std::string::npos)
      << "as it was when the release went out, at every look: " << asked;
}
INSTANTIATE_TEST_SUITE_P(
    , SlowerThanLive,
    ::testing::Values(
        // 95 % of live took up to 1 + 0.5 * (950 - 900) / 100 = 1.25 s; 1.2 times that is an edge.
        SlowerCase{"an_edge",
                   {{"1", "900"}, {"1.5", "1000"}, {"2", "1000"}, {"+Inf", "1000"}},
                   State::measured,
                   {100, 1000},
                   "slower than 1.5 s: 95 % of 3.3.0 took up to 1.25 s, and 20 % more is allowed"},
        SlowerCase{"the_next_edge",
                   {{"1", "900"}, {"1.5", "960"}, {"2", "1000"}, {"+Inf", "1000"}},
                   State::measured,
                   {30, 1000},
                   "slower than 2 s: 95 % of 3.3.0 took up to 1.42 s"},
        SlowerCase{"no_edge_above",
                   {{"1", "900"}, {"1.5", "910"}, {"2", "1000"}, {"+Inf", "1000"}},
                   State::failed,
                   {},
                   "live version: no bucket ends at"},
        SlowerCase{"beyond_the_last_edge",
                   {{"1", "90"}, {"2", "94"}, {"+Inf", "100"}},
                   State::failed,
                   {},
                   "more than 5 % took longer than the histogram's last edge, 2 s"},
        SlowerCase{"nobody_on_live", {{"1", "0"}, {"+Inf", "0"}}, State::no_data, {}, "has no requests"},
        SlowerCase{"no_series", {}, State::no_data, {}, "live version: the histogram query found no series"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Prometheus, NothingIsSlowerThanALiveVersionThatIsNotThere) {
  ScriptedServer server({});
  Signal signal = proportion_at(server.url(""));
  signal.options = {{"histogram", "x"}, {"slower_than_live", "20%"}, {"quantile", "95%"}};
  Subject subject = the_subject();
  subject.baseline_version.reset();
  const Measurement seen = make_prometheus({[](std::chrono::milliseconds) {}, {}})->measure(signal, subject);
  EXPECT_EQ(seen.state, State::no_data);
  EXPECT_NE(seen.detail.find("no live version"), std::string::npos) << seen.detail;
}

TEST(Prometheus, AsksByFormAtTheGivenTimeOnOneConnection) {
  ScriptedServer server({answer(200, vector_of("1000")), answer(200, vector_of("1", "1796032790"))});
  PrometheusSettings settings;
  settings.token = Secret("canary-token");
  const auto source = make_prometheus(std::move(settings));
  const Measurement seen = source->measure(proportion_at(server.url("/prometheus/")), the_subject());
  ASSERT_EQ(seen.state, State::measured) << seen.detail;
  EXPECT_EQ(seen.as_of, k_now - 10s) << "the older of the two";
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/prometheus/api/v1/query");
  EXPECT_EQ(requests[0].header("authorization"), "Bearer canary-token");
  EXPECT_EQ(requests[0].body,
            "query=sum%28app_sessions_total%7Bapp%3D%22android%22%2Cversion%3D%223.4.0%22%7D%29&time=1796032800");
  EXPECT_EQ(requests[1].connection, 1);
}

TEST(Prometheus, RefusedCredentialsAreToldFromAProblemOfItsOwn) {
  ScriptedServer refuses({answer(401, "<html>Sign in</html>", "text/html")});
  EXPECT_TRUE(measure(level_at(refuses.url(""))).unauthorized);
  ScriptedServer broken({answer(400, k_bad_data)});
  EXPECT_FALSE(measure(level_at(broken.url(""))).unauthorized);
}

TEST(Prometheus, WaitsAsLongAsItIsTold) {
  ScriptedServer server(
      {answer(429, "", "text/plain", "Retry-After: 9\r\n"), answer(503, ""), answer(200, vector_of("1"))});
  std::vector<std::chrono::milliseconds> waits;
  PrometheusSettings settings;
  settings.sleep = [&](std::chrono::milliseconds wait) { waits.push_back(wait); };
  const auto source = make_prometheus(std::move(settings));
  EXPECT_EQ(source->measure(level_at(server.url("")), the_subject()).state, State::measured);
  EXPECT_EQ(waits, (std::vector<std::chrono::milliseconds>{9s, 2s}));
}

TEST(Prometheus, ThatIsNotThereOrNotAllowedOnlyHolds) {
  const auto absent = measure(level_at("http://127.0.0.1:" + std::to_string(testbed::refused_port())));
  EXPECT_EQ(absent.state, State::failed);
  EXPECT_NE(absent.detail.find("nothing was sent"), std::string::npos) << absent.detail;
  const auto plain = measure(level_at("http://prometheus.example.com:9090"));
  EXPECT_EQ(plain.state, State::failed);
  EXPECT_NE(plain.detail.find("loopback"), std::string::npos) << plain.detail;
}

}  // namespace
}  // namespace train::signals
