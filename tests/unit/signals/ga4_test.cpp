// Google Analytics' daily rows, in the property's own zone, and what it leaves out.
#include "odd_answers.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;

const Reply k_analytics_token = answer(200, R"({"access_token":"canary","expires_in":3600,"token_type":"Bearer"})");

Signal analytics_signal(const std::string& url) {
  Signal signal;
  signal.source = "ga4";
  signal.url = url;
  signal.options = {{"property", "123"}, {"metric", "crashAffectedUsers/activeUsers"}};
  signal.fresh_within = Duration(3 * 86400);
  return signal;
}

// Out since the morning of the 27th in New York.
Subject analytics_subject() {
  Subject subject = asked_subject();
  subject.start = *parse_rfc3339("2026-11-27T15:00:00Z");
  return subject;
}

Measurement ask_analytics(const std::string& url, Link link = {}) {
  ScriptedServer tokens({k_analytics_token});
  const auth::AuthorizedUser user{"id", Secret("secret"), Secret("refresh"), tokens.url("/token")};
  return make_ga4(std::move(link), user)->measure(analytics_signal(url), analytics_subject());
}

std::string analytics_row(const std::string& date, const std::string& users, const std::string& struck,
                          const std::string& version = "3.4.0") {
  return R"({"dimensionValues":[{"value":")" + version + R"("},{"value":")" + date +
         R"("}],"metricValues":[{"value":")" + users + R"("},{"value":")" + struck + R"("}]})";
}
std::string analytics_report(const std::string& rows, const std::string& more = "",
                             const std::string& zone = "America/New_York") {
  return R"({"dimensionHeaders":[{"name":"appVersion"},{"name":"date"}],"metricHeaders":[{"name":"activeUsers",)"
         R"("type":"TYPE_INTEGER"},{"name":"crashAffectedUsers","type":"TYPE_INTEGER"}],"rows":[)" +
         rows + R"(],"rowCount":2,"metadata":{"timeZone":")" + zone + "\"" + more + R"(},"kind":"x"})";
}
const std::string k_two_days = analytics_row("20261127", "100", "1") + "," + analytics_row("20261128", "200", "3");

TEST(Analytics, HoldsOnOddAnswers) {
  expect_odd_answers_to_hold([](const std::string& url, Link link) { return ask_analytics(url, std::move(link)); });
}

class AnalyticsDays : public ::testing::TestWithParam<AskedCase> {};
TEST_P(AnalyticsDays, AreReadStrictly) {
  expect_case(GetParam(), [](const std::string& url) { return ask_analytics(url); });
}
AskedCase days_case(const char* name, const std::string& body, State state, const char* says, Counts counts = {}) {
  return {name, {answer(200, body)}, state, says, counts};
}
INSTANTIATE_TEST_SUITE_P(
    , AnalyticsDays,
    ::testing::Values(
        days_case("sum", analytics_report(k_two_days), State::measured, "", {4, 300}),
        days_case("an_open_day", analytics_report(k_two_days + "," + analytics_row("20261130", "9", "9")),
                  State::measured, "", {4, 300}),
        days_case("a_day_before", analytics_report(k_two_days + "," + analytics_row("20261126", "9", "9")),
                  State::measured, "", {4, 300}),
        days_case("only_open",
                  analytics_report(analytics_row("20261130", "9", "9") + "," + analytics_row("20261126", "9", "9")),
                  State::no_data, "no whole day of version 3.4.0 yet; days in America/New_York"),
        days_case("no_rows",
                  R"({"dimensionHeaders":[{"name":"appVersion"},{"name":"date"}],"metricHeaders":[)"
                  R"({"name":"activeUsers"},{"name":"crashAffectedUsers"}],"metadata":{"timeZone":"UTC"}})",
                  State::no_data, "no whole day"),
        days_case("thresholds", analytics_report(k_two_days, R"(,"subjectToThresholding":true)"), State::no_data,
                  "withholds small numbers"),
        days_case("other_row", analytics_report(k_two_days, R"(,"dataLossFromOtherRow":true)"), State::no_data,
                  "the row (other)"),
        days_case("sampled", analytics_report(k_two_days, R"(,"samplingMetadatas":[{"samplesReadCount":"1"}])"),
                  State::no_data, "a sample only"),
        days_case("restricted",
                  analytics_report(k_two_days,
                                   R"(,"schemaRestrictionResponse":{"activeMetricRestrictions":[{"metricName":"x"}]})"),
                  State::no_data, "may not see every metric"),
        days_case("more_rows", analytics_report(analytics_row("20261127", "100", "1")), State::failed, "more rows"),
        days_case("old",
                  analytics_report(analytics_row("20261125", "1", "0") + "," + analytics_row("20261126", "1", "0")),
                  State::no_data, "no whole day"),
        days_case("same_day",
                  analytics_report(analytics_row("20261127", "1", "0") + "," + analytics_row("20261127", "1", "0")),
                  State::failed, "the same day twice"),
        days_case("no_day", analytics_report(analytics_row("(other)", "1", "0") + "," + k_two_days), State::failed,
                  "a row of no day: (other)"),
        days_case("other_version", analytics_report(analytics_row("20261127", "1", "0", "3.3.0") + "," + k_two_days),
                  State::failed, "answered about another"),
        days_case("nan", analytics_report(analytics_row("20261127", "NaN", "0") + "," + k_two_days), State::failed,
                  "\"NaN\", not a number"),
        days_case("negative", analytics_report(analytics_row("20261127", "1", "-1") + "," + k_two_days), State::failed,
                  "negative"),
        days_case("more_events",
                  analytics_report(analytics_row("20261127", "1", "2") + "," + analytics_row("20261128", "1", "2")),
                  State::failed, "more events (4) than exposures (2)"),
        days_case("no_zone", analytics_report(k_two_days, "", ""), State::failed, "a time zone that is not known"),
        days_case("odd_zone", analytics_report(k_two_days, "", "Mars/Olympus"), State::failed, "Mars/Olympus"),
        days_case("other_columns", R"({"rows":[]})", State::failed, "other columns than were asked for"),
        AskedCase{
            "quota",
            {answer(429,
                    R"({"error":{"code":429,"message":"Exhausted property tokens","status":"RESOURCE_EXHAUSTED"}})"),
             answer(429, "{}"), answer(429, R"({"error":{"message":"Exhausted property tokens"}})")},
            State::failed,
            "429 (Exhausted property tokens): too many requests"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Analytics, AsksForOneVersionDayByDay) {
  ScriptedServer server({k_analytics_token, answer(200, analytics_report(k_two_days))});
  const auth::AuthorizedUser user{"id", Secret("secret"), Secret("refresh"), server.url("/token")};
  const auto seen = make_ga4({}, user)->measure(analytics_signal(server.url("")), analytics_subject());
  ASSERT_EQ(seen.state, State::measured) << seen.detail;
  EXPECT_EQ(format_rfc3339(seen.as_of), "2026-11-29T05:00:00Z") << "the end of the 28th in New York";
  const auto request = server.requests().at(1);
  EXPECT_EQ(request.target, "/v1beta/properties/123:runReport");
  EXPECT_EQ(request.header("authorization"), "Bearer canary");
  EXPECT_EQ(
      request.body,
      R"x({"dateRanges":[{"endDate":"2026-12-01","startDate":"2026-11-26"}],"dimensionFilter":{"andGroup":)x"
      R"x({"expressions":[{"filter":{"fieldName":"appVersion","stringFilter":{"matchType":"EXACT","value":"3.4.0"}}},)x"
      R"x({"filter":{"fieldName":"platform","stringFilter":{"matchType":"EXACT","value":"Android"}}}]}},)x"
      R"x("dimensions":[{"name":"appVersion"},{"name":"date"}],"keepEmptyRows":true,"limit":"10000",)x"
      R"x("metrics":[{"name":"activeUsers"},{"name":"crashAffectedUsers"}]})x");
}

TEST(Analytics, ThatRefusesToSignInHolds) {
  ScriptedServer tokens({answer(400, R"({"error":"invalid_grant","error_description":"Token has been revoked."})")});
  const auth::AuthorizedUser user{"id", Secret("secret"), Secret("refresh"), tokens.url("/token")};
  const auto seen = make_ga4({}, user)->measure(analytics_signal(tokens.url("")), analytics_subject());
  EXPECT_EQ(seen.state, State::failed);
  EXPECT_NE(seen.detail.find("invalid_grant"), std::string::npos) << seen.detail;
}

}  // namespace
}  // namespace train::signals
