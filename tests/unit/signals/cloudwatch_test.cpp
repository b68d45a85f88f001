// Answers as CloudWatch gives them, its bad days among them, and what each becomes.
#include "train/signals/cloudwatch.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/scripted_server.hpp"

namespace train::signals {
namespace {

using CloudJson = nlohmann::json;
using CloudState = Measurement::State;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;
using namespace std::chrono_literals;

const Instant k_cloud_now =
    *parse_rfc3339("2026-11-30T10:02:00Z");  // 1796032920; the last whole period ends 1796032800

Subject cloud_subject() {
  Subject subject;
  subject.app = "android";
  subject.version = *VersionName::parse("3.4.0");
  subject.platform = "android";
  subject.start = k_cloud_now - 1h;
  subject.now = k_cloud_now;
  return subject;
}

using Waits = std::vector<std::chrono::milliseconds>;
AwsAccess cloud_access(Waits* waits = nullptr) {
  AwsAccess access;
  access.region = "eu-west-1";
  access.credentials = {"AKIDEXAMPLE", Secret("canary-secret"), Secret("canary-token")};
  access.sleep = [waits](std::chrono::milliseconds length) {
    if (waits != nullptr) waits->push_back(length);
  };
  return access;
}

Signal cloud_level(const std::string& url) {
  Signal signal;
  signal.name = "p95";
  signal.kind = SignalKind::level;
  signal.url = url;
  signal.value = R"(Latency{AppVersion="$version"} p95)";
  signal.options = {{"namespace", "App"}};
  return signal;
}

Signal cloud_proportion(const std::string& url) {
  Signal signal;
  signal.name = "crashes";
  signal.url = url;
  signal.events = R"(Crashes{App="$app",AppVersion="$version"} Sum)";
  signal.exposures = R"(Sessions{App="$app",AppVersion="$version"} Sum)";
  signal.options = {{"namespace", "App"}};
  return signal;
}

std::string result_of(const std::string& id, const std::string& values, const std::string& times = "[1796032500]",
                      const std::string& status = "Complete") {
  return R"({"Id":")" + id + R"(","Label":"l","Timestamps":)" + times + R"(,"Values":)" + values +
         R"(,"StatusCode":")" + status + R"("})";
}
std::string page_of(const std::string& results, const std::string& rest = "") {
  return R"({"MetricDataResults":[)" + results + "]" + rest + "}";
}
Reply value_reply(const std::string& values, const std::string& times = "[1796032500]",
                  const std::string& status = "Complete") {
  return answer(200, page_of(result_of("value", values, times, status)), "application/x-amz-json-1.0");
}
Reply refusal(int status, const std::string& code, const std::string& message, const std::string& headers = "") {
  return answer(status, R"({"__type":"com.amazonaws.cloudwatch#)" + code + R"(","message":")" + message + "\"}",
                "application/x-amz-json-1.0", headers);
}

struct CloudCase {
  const char* name;
  std::vector<Reply> replies;
  CloudState state;
  const char* says;
  double value = 0;
  std::chrono::milliseconds timeout{30000};
};
void PrintTo(const CloudCase& row, std::ostream* out) { *out << row.name; }

// ---- one number ----------------------------------------------------------------------------------------------------

class CloudLevel : public ::testing::TestWithParam<CloudCase> {};
void expect_level(const CloudCase& row) {
  ScriptedServer server(row.replies);
  AwsAccess access = cloud_access();
  access.timeout = row.timeout;
  const auto seen = make_cloudwatch(std::move(access))->measure(cloud_level(server.url("")), cloud_subject());
  EXPECT_EQ(seen.state, row.state) << seen.detail;
  EXPECT_EQ(seen.value, row.value);
  EXPECT_NE(seen.detail.find(row.says), std::string::npos) << seen.detail;
  EXPECT_EQ(seen.detail.find("canary"), std::string::npos) << seen.detail;
  EXPECT_EQ(server.request_count(), row.replies.size());
}
TEST_P(CloudLevel, IsReadStrictly) { expect_level(GetParam()); }

std::vector<CloudCase> level_values() {
  return {
      {"number", {value_reply("[0.8]")}, CloudState::measured, "", 0.8},
      {"zero", {value_reply("[0]")}, CloudState::measured, "", 0},
      {"newest_counts", {value_reply("[9,2]", "[1796032500,1796032200]")}, CloudState::measured, "", 9},
      {"times_as_floats", {value_reply("[3.0]", "[1.7960325E9]")}, CloudState::measured, "", 3},
      {"empty", {value_reply("[]", "[]")}, CloudState::no_data, "value: no value from 2026-11-30T09:00:00Z"},
      {"no_results", {answer(200, page_of(""))}, CloudState::no_data, "no value"},
      {"nan_text", {value_reply(R"(["NaN"])")}, CloudState::failed, "\"NaN\", not a number"},
      {"null_value", {value_reply("[null]")}, CloudState::failed, "null, not a number"},
      {"infinite", {value_reply("[1e999]")}, CloudState::failed, ""},
      {"negative", {value_reply("[-1]")}, CloudState::failed, "negative"},
      {"fewer_times", {value_reply("[1,2]")}, CloudState::failed, "as many times as values"},
      {"impossible_time", {value_reply("[1]", "[-5]")}, CloudState::failed, "impossible time"},
      {"from_the_future", {value_reply("[1]", "[1796040000]")}, CloudState::failed, "future"},
      {"old", {value_reply("[1]", "[1796028600]")}, CloudState::stale, "ended 1h"},
      {"two_series",
       {answer(200, page_of(result_of("value", "[1]") + "," + result_of("value", "[2]")))},
       CloudState::failed,
       "2 series came back"},
      {"internal_error", {value_reply("[1]", "[1796032500]", "InternalError")}, CloudState::failed, "InternalError"},
      {"forbidden", {value_reply("[1]", "[1796032500]", "Forbidden")}, CloudState::failed, "Forbidden"},
      {"new_status", {value_reply("[1]", "[1796032500]", "Sampled")}, CloudState::failed, "Sampled"},
      {"partial_without_rest",
       {value_reply("[1]", "[1796032500]", "PartialData")},
       CloudState::failed,
       "no page with the rest"},
      {"warned",
       {answer(200, page_of(result_of("value", "[1]"),
                            R"(,"Messages":[{"Code":"MaxQueryTimeRangeExceeded","Value":"x"}])"))},
       CloudState::failed,
       "MaxQueryTimeRangeExceeded: x"},
      {"two_pages",
       {answer(200, page_of(result_of("value", "[1]", "[1796032200]", "PartialData"), R"(,"NextToken":"t")")),
        answer(200, page_of(result_of("value", "[4]")))},
       CloudState::measured,
       "",
       4},
      {"empty_token",
       {answer(200, page_of(result_of("value", "[1]"), R"(,"NextToken":"")"))},
       CloudState::measured,
       "",
       1},
      {"odd_token", {answer(200, page_of("", R"(,"NextToken":7)"))}, CloudState::failed, "NextToken that is no text"}};
}
INSTANTIATE_TEST_SUITE_P(Values, CloudLevel, ::testing::ValuesIn(level_values()),
                         [](const auto& row) { return std::string(row.param.name); });

std::vector<CloudCase> level_troubles() {
  const Reply throttled = refusal(400, "ThrottlingException", "Rate exceeded");
  const std::string behind = "Date: Mon, 30 Nov 2026 10:14:00 GMT\r\n";
  const std::string equal = "Date: Mon, 30 Nov 2026 10:02:03 GMT\r\n";
  return {
      {"bad_query",
       {refusal(400, "ValidationError", "Error in expression")},
       CloudState::failed,
       "GetMetricData: Amazon answered 400 ValidationError (Error in expression)"},
      {"error_inside_200", {refusal(200, "InternalFailure", "oops")}, CloudState::failed, "200 InternalFailure (oops)"},
      {"header_error",
       {answer(400, R"({"Message":"m"})", "application/json", "x-amzn-ErrorType: AccessDenied:http://x/\r\n")},
       CloudState::failed,
       "must allow cloudwatch:GetMetricData"},
      {"denied",
       {refusal(400, "AccessDeniedException", "User is not authorized")},
       CloudState::failed,
       "policy of these credentials must allow cloudwatch:GetMetricData"},
      {"token_refused",
       {refusal(403, "UnrecognizedClientException", "x")},
       CloudState::failed,
       "knows no such access key"},
      {"token_expired", {refusal(403, "ExpiredToken", "x")}, CloudState::failed, "session token has expired"},
      {"clock_behind",
       {refusal(403, "InvalidSignatureException", "Signature expired", behind)},
       CloudState::failed,
       "clock is 12m behind Amazon's"},
      {"wrong_secret",
       {refusal(403, "SignatureDoesNotMatch", "x", equal)},
       CloudState::failed,
       "secret access key does not belong"},
      {"throttled_once", {throttled, value_reply("[1]")}, CloudState::measured, "", 1},
      {"throttled", {throttled, throttled, throttled}, CloudState::failed, "limits how often it is asked"},
      {"broken",
       {refusal(500, "InternalServiceFault", "x"), refusal(500, "InternalServiceFault", "x"),
        refusal(503, "ServiceUnavailable", "x")},
       CloudState::failed,
       "503 ServiceUnavailable"},
      {"redirect",
       {answer(302, "", "text/plain", "Location: https://sso.example.com/\r\n")},
       CloudState::failed,
       "302"},
      {"login_page", {answer(200, "<html>Sign in</html>", "text/html")}, CloudState::failed, "no JSON object"},
      {"nothing", {answer(200, "")}, CloudState::failed, "no JSON object"},
      {"half", {answer(200, R"({"MetricDataResults":[)")}, CloudState::failed, "no JSON object"},
      {"a_list", {answer(200, "[1]")}, CloudState::failed, "no JSON object"},
      {"another_object", {answer(200, "{}")}, CloudState::failed, "without MetricDataResults"},
      {"nested", {answer(200, std::string(100000, '['))}, CloudState::failed, "nested too deep"},
      {"control_characters", {refusal(400, "A\\u001b[31m", "x")}, CloudState::failed, "A\\u{1b}[31m"},
      {"never_answers",
       {{"", Reply::Then::hang}, {"", Reply::Then::hang}, {"", Reply::Then::hang}},
       CloudState::failed,
       "",
       0,
       200ms}};
}
INSTANTIATE_TEST_SUITE_P(Troubles, CloudLevel, ::testing::ValuesIn(level_troubles()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CloudWatch, RefusedKeysAndPoliciesAreToldFromABadQuery) {
  const auto refused_by = [](Reply reply) {
    ScriptedServer server({std::move(reply)});
    return make_cloudwatch(cloud_access())->measure(cloud_level(server.url("")), cloud_subject()).unauthorized;
  };
  EXPECT_TRUE(refused_by(refusal(403, "UnrecognizedClientException", "x")));
  EXPECT_TRUE(refused_by(refusal(400, "AccessDeniedException", "not authorized")));
  EXPECT_FALSE(refused_by(refusal(400, "ValidationError", "Error in expression")));
}

// Not a row above: rows are made and copied in every process that runs any one test of this program.
TEST(CloudWatch, AnAnswerOfSixteenMegabytesIsNotRead) {
  const auto answered = answer(200, R"({"MetricDataResults":[")" + std::string(16u << 20, 'x') + "\"]}");
  expect_level({"too_much", {answered}, CloudState::failed, "16"});
}

// ---- events out of exposures ---------------------------------------------------------------------------------------

Measurement cloud_counts(const std::string& results, bool absent_is_zero = false) {
  ScriptedServer server({answer(200, page_of(results))});
  Signal signal = cloud_proportion(server.url(""));
  signal.absent_is_zero = absent_is_zero;
  return make_cloudwatch(cloud_access())->measure(signal, cloud_subject());
}

TEST(CloudWatch, AddsUpThePeriods) {
  const auto seen = cloud_counts(result_of("exposures", "[600,400]", "[1796032200,1796032500]") + "," +
                                 result_of("events", "[12]", "[1796029500]"));
  ASSERT_EQ(seen.state, CloudState::measured) << seen.detail;
  EXPECT_EQ(seen.counts, (Counts{12, 1000}));
  EXPECT_EQ(seen.as_of, *parse_rfc3339("2026-11-30T10:00:00Z")) << "rare events are not old data";
}

TEST(CloudWatch, AbsentEventsAreZeroOnlyWhenAskedFor) {
  const auto exposures = result_of("exposures", "[10]");
  const auto none = result_of("events", "[]", "[]");
  EXPECT_EQ(cloud_counts(exposures + "," + none).state, CloudState::no_data);
  EXPECT_EQ(cloud_counts(exposures + "," + none, true).counts, (Counts{0, 10}));
  EXPECT_EQ(cloud_counts(result_of("events", "[1]"), true).state, CloudState::no_data);
  EXPECT_EQ(cloud_counts(result_of("exposures", "[1]") + "," + result_of("events", "[2]")).state, CloudState::failed);
}

TEST(CloudWatch, AsksAsAmazonsOwnClientsDo) {
  ScriptedServer server({answer(200, page_of(result_of("exposures", "[10]") + "," + result_of("events", "[1]")))});
  (void)make_cloudwatch(cloud_access())->measure(cloud_proportion(server.url("")), cloud_subject());
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/");
  EXPECT_EQ(request.header("x-amz-target"), "GraniteServiceVersion20100801.GetMetricData");
  EXPECT_EQ(request.header("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(request.header("x-amzn-query-mode"), "true");
  EXPECT_EQ(request.header("x-amz-date"), "20261130T100200Z");
  EXPECT_EQ(request.header("x-amz-security-token"), "canary-token");
  EXPECT_NE(request.header("authorization").find("/20261130/eu-west-1/monitoring/aws4_request"), std::string::npos);
  const auto body = CloudJson::parse(request.body);
  EXPECT_EQ(body["StartTime"], 1796029200);
  EXPECT_EQ(body["EndTime"], 1796032800);
  EXPECT_EQ(body["MetricDataQueries"][0]["MetricStat"]["Stat"], "Sum");
  const auto& metric = body["MetricDataQueries"][0]["MetricStat"]["Metric"];
  EXPECT_EQ(metric["MetricName"], "Sessions");
  EXPECT_EQ(metric["Dimensions"][1]["Value"], "3.4.0");
}

struct PeriodCase {
  const char* name;
  const char* written;
  Duration age;
  int seconds;
};
class CloudPeriod : public ::testing::TestWithParam<PeriodCase> {};
TEST_P(CloudPeriod, IsOneThatAmazonStillKeeps) {
  ScriptedServer server({value_reply("[1]")});
  Signal signal = cloud_level(server.url(""));
  signal.options = {{"period", GetParam().written}};
  signal.value = "SELECT MAX(Latency) FROM \"App\" WHERE AppVersion = '$version'";
  Subject subject = cloud_subject();
  subject.start = subject.now - GetParam().age;
  (void)make_cloudwatch(cloud_access())->measure(signal, subject);
  const auto query = CloudJson::parse(server.requests().at(0).body)["MetricDataQueries"][0];
  EXPECT_EQ(query["Period"], GetParam().seconds);
  EXPECT_EQ(query["Expression"], "SELECT MAX(Latency) FROM \"App\" WHERE AppVersion = '3.4.0'");
}
INSTANTIATE_TEST_SUITE_P(, CloudPeriod,
                         ::testing::Values(PeriodCase{"as_written", "1m", 24h, 60},
                                           PeriodCase{"minutes_after_weeks", "1m", 24h * 15, 300},
                                           PeriodCase{"minutes_after_months", "10m", 24h * 63, 3600},
                                           PeriodCase{"a_day", "1d", 24h * 90, 86400}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CloudWatch, SendsNothingThatItCannotSay) {
  const auto source = make_cloudwatch(cloud_access());
  Signal signal = cloud_level("http://127.0.0.1:" + std::to_string(testbed::refused_port()));
  Subject fresh = cloud_subject();
  fresh.start = fresh.now;
  EXPECT_EQ(source->measure(signal, fresh).state, CloudState::no_data);
  for (const char* text : {"Latency", "Latency{a=b", "Latency{a} p95", "SELECT SUM(x)", "{a=b} Sum", "Latency Summe"}) {
    signal.value = text;
    const auto seen = source->measure(signal, cloud_subject());
    EXPECT_NE(seen.detail.find("beside `namespace`"), std::string::npos) << text << ": " << seen.detail;
  }
  Subject odd = cloud_subject();
  odd.app = "a\"b";
  EXPECT_NE(source->measure(signal, odd).detail.find("value of $app"), std::string::npos);
}

// ---- alarms --------------------------------------------------------------------------------------------------------

std::string alarm(const std::string& name, const std::string& state, const std::string& rest = "") {
  return R"({"AlarmName":")" + name + R"(","StateValue":")" + state + "\"" + rest + "}";
}
std::string alarms(const std::string& metric, const std::string& composite = "", const std::string& rest = "") {
  return R"({"MetricAlarms":[)" + metric + R"(],"CompositeAlarms":[)" + composite + "]" + rest + "}";
}

struct AlarmCase {
  const char* name;
  std::vector<std::string> pages;
  CloudState state;
  bool raised;
  const char* says;
};
class CloudAlarm : public ::testing::TestWithParam<AlarmCase> {};
TEST_P(CloudAlarm, ObjectsOrHoldsOrIsQuiet) {
  std::vector<Reply> replies;
  for (const auto& page : GetParam().pages) replies.push_back(answer(200, page));
  ScriptedServer server(replies);
  Signal signal;
  signal.kind = SignalKind::alarm;
  signal.url = server.url("");
  signal.options = {{"alarms", "a\nb"}};
  const auto seen = make_cloudwatch_alarm(cloud_access())->measure(signal, cloud_subject());
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_EQ(seen.raised, GetParam().raised);
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  EXPECT_EQ(CloudJson::parse(server.requests().back().body)["AlarmTypes"].size(), 2u);
  EXPECT_EQ(server.request_count(), GetParam().pages.size());
}
INSTANTIATE_TEST_SUITE_P(
    , CloudAlarm,
    ::testing::Values(
        AlarmCase{"quiet", {alarms(alarm("a", "OK"), alarm("b", "OK"))}, CloudState::measured, false, ""},
        AlarmCase{"raised", {alarms(alarm("a", "OK"), alarm("b", "ALARM"))}, CloudState::measured, true, "in alarm: b"},
        AlarmCase{"raised_beside_absent", {alarms(alarm("a", "ALARM"))}, CloudState::measured, true, "in alarm: a"},
        AlarmCase{"absent",
                  {alarms(alarm("a", "OK"))},
                  CloudState::failed,
                  false,
                  "no such alarm in this account and region: b"},
        AlarmCase{"unsure",
                  {alarms(alarm("a", "INSUFFICIENT_DATA") + "," + alarm("b", "OK"))},
                  CloudState::no_data,
                  false,
                  "a is INSUFFICIENT_DATA"},
        AlarmCase{
            "new_state", {alarms(alarm("a", "MUTED"), alarm("b", "OK"))}, CloudState::no_data, false, "a is MUTED"},
        AlarmCase{"not_evaluated",
                  {alarms(alarm("a", "OK", R"(,"EvaluationState":"EVALUATION_ERROR")"), alarm("b", "OK"))},
                  CloudState::no_data,
                  false,
                  "a is OK, but EVALUATION_ERROR"},
        AlarmCase{"two_pages",
                  {alarms(alarm("a", "OK"), "", R"(,"NextToken":"t")"), alarms("", alarm("b", "OK"))},
                  CloudState::measured,
                  false,
                  ""},
        AlarmCase{"odd", {R"({"MetricAlarms":{}})"}, CloudState::failed, false, "no list"},
        AlarmCase{"refused", {R"({"__type":"AccessDenied"})"}, CloudState::failed, false, "cloudwatch:DescribeAlarms"}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- logs ----------------------------------------------------------------------------------------------------------

const std::string k_started = R"({"queryId":"q-1"})";
std::string logs(const std::string& status, const std::string& rows = "[]") {
  return R"({"status":")" + status + R"(","results":)" + rows + "}";
}
std::string row_of(const std::string& value) {
  return R"([[{"field":"n","value":)" + value + R"(},{"field":"@ptr","value":"p"}]])";
}
Signal logs_level(const std::string& url) {
  Signal signal;
  signal.kind = SignalKind::level;
  signal.url = url;
  signal.value = "filter appVersion = '$version' | stats max(ms) as n";
  signal.options = {{"log_group", "/app"}};
  return signal;
}

struct LogsCase {
  const char* name;
  std::vector<std::string> answers;
  CloudState state;
  const char* says;
  double value = 0;
};
class CloudLogs : public ::testing::TestWithParam<LogsCase> {};
TEST_P(CloudLogs, AreAskedUntilTheQueryEnds) {
  std::vector<Reply> replies;
  for (const auto& body : GetParam().answers) {
    replies.push_back(answer(body.find("__type") == std::string::npos ? 200 : 400, body, "application/x-amz-json-1.1"));
  }
  ScriptedServer server(replies);
  const auto seen = make_cloudwatch_logs(cloud_access())->measure(logs_level(server.url("")), cloud_subject());
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_EQ(seen.value, GetParam().value);
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  EXPECT_EQ(server.request_count(), GetParam().answers.size());
}
INSTANTIATE_TEST_SUITE_P(
    , CloudLogs,
    ::testing::Values(
        LogsCase{"at_once", {k_started, logs("Complete", row_of("\"7\""))}, CloudState::measured, "", 7},
        LogsCase{"later",
                 {k_started, logs("Scheduled"), logs("Running"), logs("Complete", row_of("\"7.5\""))},
                 CloudState::measured,
                 "",
                 7.5},
        LogsCase{"no_rows", {k_started, logs("Complete")}, CloudState::no_data, "found nothing"},
        LogsCase{"nan", {k_started, logs("Complete", row_of("\"NaN\""))}, CloudState::failed, "NaN, not a number"},
        LogsCase{"negative", {k_started, logs("Complete", row_of("\"-7\""))}, CloudState::failed, "negative"},
        LogsCase{"bare_number", {k_started, logs("Complete", row_of("7"))}, CloudState::failed, "not a number"},
        LogsCase{"two_rows",
                 {k_started, logs("Complete", R"([[{"field":"n","value":"1"}],[{"field":"n","value":"2"}]])")},
                 CloudState::failed,
                 "2 rows, and one number is wanted"},
        LogsCase{"two_fields",
                 {k_started, logs("Complete", R"([[{"field":"n","value":"1"},{"field":"m","value":"2"}]])")},
                 CloudState::failed,
                 "2 fields"},
        LogsCase{"failed", {k_started, logs("Failed"), "{}"}, CloudState::failed, "ended as Failed"},
        LogsCase{"cancelled", {k_started, logs("Cancelled"), "{}"}, CloudState::failed, "ended as Cancelled"},
        LogsCase{"timeout", {k_started, logs("Timeout"), "{}"}, CloudState::failed, "ended as Timeout"},
        LogsCase{"unknown", {k_started, logs("Unknown"), "{}"}, CloudState::failed, "ended as Unknown"},
        LogsCase{"new_status", {k_started, logs("Paused"), "{}"}, CloudState::failed, "ended as Paused"},
        LogsCase{"no_id", {"{}"}, CloudState::failed, "without a queryId"},
        LogsCase{"malformed",
                 {R"({"__type":"MalformedQueryException","message":"unexpected symbol"})"},
                 CloudState::failed,
                 "MalformedQueryException (unexpected symbol): try the query in"},
        LogsCase{"no_group", {R"({"__type":"ResourceNotFoundException"})"}, CloudState::failed, "look at `log_group`"},
        LogsCase{"crowded",
                 {R"({"__type":"LimitExceededException"})", k_started, logs("Complete", row_of("\"1\""))},
                 CloudState::measured,
                 "",
                 1}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CloudWatchLogs, StopsAQueryThatTakesLongerThanAMinute) {
  std::vector<Reply> replies(61, answer(200, logs("Running")));
  replies[0] = answer(200, k_started);
  replies.push_back(answer(200, R"({"success":true})"));
  ScriptedServer server(replies);
  Waits waits;
  const auto seen = make_cloudwatch_logs(cloud_access(&waits))->measure(logs_level(server.url("")), cloud_subject());
  EXPECT_EQ(seen.state, CloudState::failed);
  EXPECT_NE(seen.detail.find("after 60 seconds the query still is Running"), std::string::npos) << seen.detail;
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 62u);
  EXPECT_EQ(requests.back().header("x-amz-target"), "Logs_20140328.StopQuery");
  EXPECT_EQ(requests.back().header("x-amz-date"), "20261130T100300Z") << "signed for when it is sent";
  EXPECT_EQ(waits.size(), 60u);
  const auto asked = CloudJson::parse(requests[0].body);
  EXPECT_EQ(asked["queryString"], "filter appVersion = '3.4.0' | stats max(ms) as n");
  EXPECT_EQ(asked["startTime"], 1796029320);
  EXPECT_EQ(asked["endTime"], 1796032920);
}

Measurement distinct(const std::string& exposures, const std::string& events) {
  ScriptedServer server({answer(200, k_started), answer(200, logs("Complete", row_of("\"" + exposures + "\""))),
                         answer(200, k_started), answer(200, logs("Complete", row_of("\"" + events + "\"")))});
  Signal signal = logs_level(server.url(""));
  signal.kind = SignalKind::proportion;
  signal.exposures = "stats count_distinct(user) as n";
  signal.events = "filter crashed = 1 | stats count(*) as n";
  return make_cloudwatch_logs(cloud_access())->measure(signal, cloud_subject());
}

TEST(CloudWatchLogs, SayHowFarAnEstimateMayBeOff) {
  const auto seen = distinct("1000", "20");
  ASSERT_EQ(seen.state, CloudState::measured) << seen.detail;
  EXPECT_EQ(seen.counts, (Counts{20, 1000}));
  ASSERT_TRUE(seen.between);
  EXPECT_EQ(seen.between->least, (Counts{20, 970}));
  EXPECT_EQ(seen.between->most, (Counts{20, 1030}));
  EXPECT_EQ(distinct("1000", "1010").counts, (Counts{1000, 1000})) << "the estimate may be that far off";
  EXPECT_EQ(distinct("1000", "1100").state, CloudState::failed);
}

}  // namespace
}  // namespace train::signals
