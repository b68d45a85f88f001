// Google's answers in the forms they come in, and what each becomes. Only a clean number is a measurement, and a row
// that is missing is none.
#include "train/signals/google_play.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "../../../src/signals/play_rows.hpp"
#include "support/scripted_server.hpp"

namespace train::signals::play_answers {
namespace {

using PlayState = Measurement::State;
using PlayJson = nlohmann::json;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;
using namespace std::chrono_literals;

const Instant k_play_now = *parse_rfc3339("2026-12-05T15:00:00Z");
const Reply k_token = answer(200, R"({"access_token":"t","expires_in":3600,"token_type":"Bearer"})");

PlayReaders play_readers_at(const ScriptedServer& server) {
  const auth::AuthorizedUser user{"id", Secret("secret"), Secret("refresh"), server.url("/token")};
  const std::string endpoint = server.url("");
  return {{"android",
           open_play_reader({"com.example.charge", endpoint, endpoint, user}, [](std::chrono::milliseconds) {})}};
}

Subject play_subject() {
  Subject subject;
  subject.app = "android";
  subject.version = *VersionName::parse("3.4.0");
  subject.build = BuildNumber::from(340);
  subject.platform = "android";
  subject.start = k_play_now - 72h;
  subject.now = k_play_now;
  return subject;
}

Signal vital(const std::string& metric, const std::string& period = "daily") {
  Signal signal;
  signal.name = "vital";
  signal.source = "play_vitals";
  const bool level = metric == "errorReportCount" || metric == "anomalies";
  signal.kind = level ? SignalKind::level : SignalKind::proportion;
  signal.options = {{"metric", metric}, {"period", period}};
  signal.fresh_within = Duration(72h);
  return signal;
}

// ---- the pieces -----------------------------------------------------------------------------------------------------

TEST(PlayDecimals, AreReadInGooglesForms) {
  const std::pair<const char*, std::optional<double>> rows[] = {{"", 0.0},
                                                                {"0.0123", 0.0123},
                                                                {".5", 0.5},
                                                                {"+2.5", 2.5},
                                                                {"1.5E-3", 0.0015},
                                                                {"2e2", 200.0},
                                                                {"-1", -1.0},
                                                                {"1,5", std::nullopt},
                                                                {"nan", std::nullopt},
                                                                {"inf", std::nullopt},
                                                                {"1 ", std::nullopt},
                                                                {"0x1", std::nullopt},
                                                                {"1e999", std::nullopt},
                                                                {"+", std::nullopt},
                                                                {"1.2.3", std::nullopt}};
  for (const auto& [text, wanted] : rows) EXPECT_EQ(google_play::parse_decimal(text), wanted) << text;
}

TEST(PlayUsers, AreTheFewestThatRoundSo) {
  const std::pair<double, double> rows[] = {{0, 0},      {7, 7},       {10, 5},          {960, 955},
                                            {1000, 500}, {4100, 4050}, {98'000, 97'500}, {2'000'000, 1'500'000},
                                            {1234, 1234}};
  for (const auto& [rounded, fewest] : rows) EXPECT_EQ(google_play::fewest_users(rounded), fewest) << rounded;
}

TEST(PlayUsers, AnIntervalSpeaksForThoseWhoMakeItThatWide) {
  const auto wilson = [](double p, double n) {
    const double z = 1.959963984540054;
    const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return google_play::Value{p, middle - half, middle + half};
  };
  for (const double n : {30.0, 955.0, 50'000.0}) {
    for (const double p : {0.0, 0.002, 0.05, 0.5, 1.0}) {
      EXPECT_NEAR(google_play::users_behind(wilson(p, n)) / n, 1, 1e-6) << p << " of " << n;
    }
  }
  EXPECT_TRUE(std::isinf(google_play::users_behind({0.01, std::nullopt, std::nullopt})));
  EXPECT_TRUE(std::isinf(google_play::users_behind({0.01, 0.01, 0.01})));
  EXPECT_EQ(google_play::users_behind({0.5, 0.0, 1.0}), 1);
  // A wide interval counts for fewer users than Google names.
  google_play::Point point;
  point.rate = wilson(0.02, 500);
  point.users = 4100;
  EXPECT_NEAR(google_play::counts_of(point).exposures, 500, 0.01);
  EXPECT_NEAR(google_play::counts_of(point).events, 10, 0.001);
}

PlayJson day(int month, int date, const std::string& zone = "America/Los_Angeles") {
  return {{"year", 2026}, {"month", month}, {"day", date}, {"timeZone", {{"id", zone}}}};
}

struct TimeCase {
  const char* name;
  google_play::Period period;
  PlayJson at;
  std::string wanted;  // empty: refused
};
void PrintTo(const TimeCase& row, std::ostream* out) { *out << row.name; }

PlayJson with(PlayJson date, const char* key, PlayJson value) {
  date[key] = std::move(value);
  return date;
}

class PlayFreshness : public testing::TestWithParam<TimeCase> {};
TEST_P(PlayFreshness, IsReadInItsOwnZone) {
  const bool daily = GetParam().period == google_play::Period::daily;
  const PlayJson set = {
      {"freshnessInfo",
       {{"freshnesses", {{{"aggregationPeriod", daily ? "DAILY" : "HOURLY"}, {"latestEndTime", GetParam().at}}}}}}};
  const auto until = google_play::fresh_until(set, GetParam().period, k_play_now);
  ASSERT_EQ(until.has_value(), !GetParam().wanted.empty());
  if (until) {
    EXPECT_EQ(format_rfc3339(*until), GetParam().wanted);
  }
  const auto other = daily ? google_play::Period::hourly : google_play::Period::daily;
  EXPECT_EQ(google_play::fresh_until(set, other, k_play_now).error().state, PlayState::no_data);
}
INSTANTIATE_TEST_SUITE_P(
    , PlayFreshness,
    testing::Values(TimeCase{"winter", google_play::Period::daily, day(12, 4), "2026-12-04T08:00:00Z"},
                    TimeCase{"summer", google_play::Period::daily, day(10, 31), "2026-10-31T07:00:00Z"},
                    TimeCase{"zone_untold", google_play::Period::daily, with(day(12, 4), "timeZone", nullptr),
                             "2026-12-04T08:00:00Z"},
                    TimeCase{"other_zone", google_play::Period::daily, day(12, 4, "UTC"), ""},
                    TimeCase{"offset", google_play::Period::daily, with(day(12, 4), "utcOffset", "-28800s"), ""},
                    TimeCase{"part_of_a_day", google_play::Period::daily, with(day(12, 4), "hours", 3), ""},
                    TimeCase{"no_such_day", google_play::Period::daily, day(11, 31), ""},
                    TimeCase{"no_month", google_play::Period::daily, with(day(12, 4), "month", nullptr), ""},
                    TimeCase{"text", google_play::Period::daily, with(day(12, 4), "year", "2026"), ""},
                    TimeCase{"future", google_play::Period::daily, day(12, 6), ""},
                    TimeCase{"hour", google_play::Period::hourly, with(day(12, 5, "UTC"), "hours", 12),
                             "2026-12-05T12:00:00Z"},
                    TimeCase{"midnight", google_play::Period::hourly, day(12, 5, "UTC"), "2026-12-05T00:00:00Z"},
                    TimeCase{"hour_elsewhere", google_play::Period::hourly, with(day(12, 4), "hours", 12), ""},
                    TimeCase{"half_an_hour", google_play::Period::hourly, with(day(12, 5, "UTC"), "minutes", 30), ""},
                    TimeCase{"hour_24", google_play::Period::hourly, with(day(12, 4, "UTC"), "hours", 24), ""}),
    [](const auto& row) { return row.param.name; });

// ---- vitals ---------------------------------------------------------------------------------------------------------

Reply fresh(const PlayJson& until, const std::string& period = "DAILY") {
  const PlayJson freshness = {{"aggregationPeriod", period}, {"latestEndTime", until}};
  return answer(200, PlayJson{{"name", "apps/com.example.charge/crashRateMetricSet"},
                              {"freshnessInfo", {{"freshnesses", {freshness}}}}}
                         .dump());
}
const Reply k_fresh = fresh(day(12, 4));

PlayJson metric(const std::string& name, const std::string& value) {
  return {{"metric", name}, {"decimalValue", {{"value", value}}}};
}
PlayJson row(const PlayJson& start, const std::vector<PlayJson>& metrics, const std::string& code = "340") {
  return {{"aggregationPeriod", "DAILY"},
          {"startTime", start},
          {"dimensions", {{{"dimension", "versionCode"}, {"int64Value", code}}}},
          {"metrics", metrics}};
}
PlayJson crash_row(int date, const std::string& rate, const std::string& users) {
  return row(day(12, date), {metric("crashRate", rate), metric("distinctUsers", users)});
}
Reply rows(const std::vector<PlayJson>& all, const std::string& next = "") {
  PlayJson body = {{"rows", all}};
  if (!next.empty()) body["nextPageToken"] = next;
  return answer(200, body.dump());
}
Reply google_refuses(int status, const std::string& word, const std::string& message) {
  return answer(status, PlayJson{{"error", {{"code", status}, {"status", word}, {"message", message}}}}.dump());
}

struct VitalCase {
  const char* name;
  std::vector<Reply> replies;
  PlayState state;
  std::string says;
  double events = 0;
  double exposures = 0;
};
void PrintTo(const VitalCase& row, std::ostream* out) { *out << row.name; }

class PlayCrashes : public testing::TestWithParam<VitalCase> {};
TEST_P(PlayCrashes, BecomeWhatTheyAre) {
  std::vector<Reply> script{k_token};
  script.insert(script.end(), GetParam().replies.begin(), GetParam().replies.end());
  ScriptedServer server(std::move(script));
  const auto seen = make_play_vitals(play_readers_at(server))->measure(vital("crashRate"), play_subject());
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  EXPECT_NEAR(seen.counts.events, GetParam().events, 1e-9);
  EXPECT_NEAR(seen.counts.exposures, GetParam().exposures, 1e-9);
  EXPECT_EQ(server.request_count(), 1 + GetParam().replies.size());
}

const PlayJson k_bounds = {{"lowerBound", {{"value", "0.01"}}}, {"upperBound", {{"value", "0.03"}}}};
PlayJson bounded(const std::string& rate) {
  return row(day(12, 3), {with(metric("crashRate", rate), "decimalValueConfidenceInterval", k_bounds),
                          metric("distinctUsers", "960")});
}

INSTANTIATE_TEST_SUITE_P(
    , PlayCrashes,
    testing::Values(
        VitalCase{"two_days",
                  {k_fresh, rows({crash_row(2, "0.002", "960"), crash_row(3, "0.04", "4100")})},
                  PlayState::measured,
                  "crashRate of version code 340, newest 4 %, up to 2026-12-04T08:00:00Z",
                  0.002 * 955 + 0.04 * 4050,
                  955 + 4050},
        VitalCase{"two_pages",
                  {k_fresh, rows({crash_row(2, "0.002", "960")}, "p2"), rows({crash_row(3, "", "960")})},
                  PlayState::measured,
                  "newest 0 %",
                  0.002 * 955,
                  1910},
        VitalCase{"no_rows",
                  {k_fresh, answer(200, "{}")},
                  PlayState::no_data,
                  "has no row of version code 340 up to 2026-12"},
        VitalCase{"no_freshness", {answer(200, "{}")}, PlayState::no_data, "tells no freshness for DAILY"},
        VitalCase{
            "stalled", {fresh(day(12, 2))}, PlayState::stale, "ends 2026-12-02T08:00:00Z, 3d 7h ago; allowed are 3d"},
        VitalCase{"same_page_again",
                  {k_fresh, rows({crash_row(2, "0", "960")}, "p"), rows({crash_row(3, "0", "960")}, "p")},
                  PlayState::failed,
                  "was read already"},
        VitalCase{"same_day_twice",
                  {k_fresh, rows({crash_row(2, "0", "960"), crash_row(2, "0", "960")})},
                  PlayState::failed,
                  "the same time twice"},
        VitalCase{"another_version",
                  {k_fresh, rows({row(day(12, 3), {metric("crashRate", "0"), metric("distinctUsers", "10")}, "330")})},
                  PlayState::failed,
                  "asked about version code 340, Google answered about 330"},
        VitalCase{"beyond_what_is_fresh",
                  {k_fresh, rows({crash_row(4, "0", "960")})},
                  PlayState::failed,
                  "of another time than was asked for"},
        VitalCase{"more_than_all", {k_fresh, rows({crash_row(3, "1.5", "960")})}, PlayState::failed, "at most 1"},
        VitalCase{"negative", {k_fresh, rows({crash_row(3, "-0.1", "960")})}, PlayState::failed, "no decimal from 0"},
        VitalCase{"no_number", {k_fresh, rows({crash_row(3, "many", "960")})}, PlayState::failed, "no decimal from 0"},
        VitalCase{"no_users",
                  {k_fresh, rows({row(day(12, 3), {metric("crashRate", "0.01")})})},
                  PlayState::failed,
                  "Google's row has no distinctUsers"},
        VitalCase{"within_bounds",
                  {k_fresh, rows({bounded("0.02")})},
                  PlayState::measured,
                  "newest 2 % (1 to 3 %)",
                  0.02 * google_play::users_behind({0.02, 0.01, 0.03}),
                  google_play::users_behind({0.02, 0.01, 0.03})},
        VitalCase{
            "outside_its_bounds", {k_fresh, rows({bounded("0.05")})}, PlayState::failed, "outside of its own bounds"},
        VitalCase{"html", {k_fresh, answer(200, "<html>", "text/html")}, PlayState::failed, "no JSON object: <html>"},
        VitalCase{"rows_no_list", {k_fresh, answer(200, R"({"rows":{}})")}, PlayState::failed, "rows are no list"},
        VitalCase{"api_off",
                  {google_refuses(403, "PERMISSION_DENIED",
                                  "Google Play Developer Reporting API has not been used in project 7 before")},
                  PlayState::failed,
                  "enable the API in the account's Cloud project"},
        VitalCase{"no_grant",
                  {google_refuses(403, "PERMISSION_DENIED", "The caller does not have permission")},
                  PlayState::failed,
                  "View app information"},
        VitalCase{"scope",
                  {google_refuses(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")},
                  PlayState::failed,
                  "must be allowed the scope"},
        VitalCase{"bad_question",
                  {k_fresh, google_refuses(400, "INVALID_ARGUMENT", "cannot be used together")},
                  PlayState::failed,
                  "Google answered 400 INVALID_ARGUMENT (cannot be used together)"},
        VitalCase{"no_app", {google_refuses(404, "NOT_FOUND", "no")}, PlayState::failed, "sees no such app"},
        VitalCase{"refused_once",
                  {google_refuses(401, "UNAUTHENTICATED", "no"), k_token, k_fresh, rows({crash_row(3, "0.1", "960")})},
                  PlayState::measured,
                  "",
                  95.5,
                  955},
        VitalCase{"refused_twice",
                  {google_refuses(401, "UNAUTHENTICATED", "no"), k_token, google_refuses(401, "UNAUTHENTICATED", "no")},
                  PlayState::failed,
                  "the account was refused"},
        VitalCase{
            "broken", {answer(500, ""), answer(500, ""), answer(500, "")}, PlayState::failed, "problem of its own"},
        VitalCase{"broken_for_a_while",
                  {answer(503, ""), k_fresh, answer(502, ""), rows({crash_row(3, "0", "960")})},
                  PlayState::measured,
                  "",
                  0,
                  955}),
    [](const auto& row) { return row.param.name; });

TEST(PlayVitals, ARefusedAccountIsToldFromAStoreInTrouble) {
  const auto refused_by = [](std::vector<Reply> replies) {
    replies.insert(replies.begin(), k_token);
    ScriptedServer server(std::move(replies));
    return make_play_vitals(play_readers_at(server))->measure(vital("crashRate"), play_subject()).unauthorized;
  };
  EXPECT_TRUE(refused_by({google_refuses(403, "PERMISSION_DENIED", "no")}));
  EXPECT_FALSE(refused_by({google_refuses(404, "NOT_FOUND", "no")}));
}

TEST(PlayVitals, TheNewestRowDatesTheCountNotTheFreshness) {
  ScriptedServer server({k_token, k_fresh, rows({crash_row(1, "0", "960")})});
  const auto seen = make_play_vitals(play_readers_at(server))->measure(vital("crashRate"), play_subject());
  EXPECT_EQ(format_rfc3339(seen.as_of), "2026-12-02T08:00:00Z");
}

TEST(PlayVitals, NeverAsksPastWhatIsFresh) {
  ScriptedServer server({k_token, k_fresh, rows({})});
  make_play_vitals(play_readers_at(server))->measure(vital("slowStartRate"), play_subject());
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].target, "/v1beta1/apps/com.example.charge/slowStartRateMetricSet");
  EXPECT_EQ(requests[2].target, "/v1beta1/apps/com.example.charge/slowStartRateMetricSet:query");
  EXPECT_EQ(requests[2].method, "POST");
  const auto body = PlayJson::parse(requests[2].body);
  EXPECT_EQ(body["timelineSpec"]["endTime"], day(12, 4));
  EXPECT_EQ(body["timelineSpec"]["startTime"], day(9, 5)) << "90 days, over the end of summer time";
  EXPECT_EQ(body["filter"], "versionCode = 340 AND startType = \"COLD\"");
  EXPECT_EQ(body["dimensions"], (PlayJson{"versionCode", "startType"}));
}

TEST(PlayVitals, HoursAreAskedInUtc) {
  const auto at = with(day(12, 5, "UTC"), "hours", 12);
  auto hour = row(with(day(12, 5, "UTC"), "hours", 11), {metric("anrRate", "0.01"), metric("distinctUsers", "200")});
  hour["aggregationPeriod"] = "HOURLY";
  ScriptedServer server({k_token, fresh(at, "HOURLY"), rows({hour})});
  const auto seen = make_play_vitals(play_readers_at(server))->measure(vital("anrRate", "hourly"), play_subject());
  EXPECT_EQ(seen.state, PlayState::measured) << seen.detail;
  EXPECT_EQ(seen.counts.exposures, 150);
  EXPECT_EQ(format_rfc3339(seen.as_of), "2026-12-05T12:00:00Z");
  const auto body = PlayJson::parse(server.requests().at(2).body);
  EXPECT_EQ(body["timelineSpec"]["aggregationPeriod"], "HOURLY");
  EXPECT_EQ(body["timelineSpec"]["endTime"], at);
}

PlayJson error_row(const std::string& type, const std::string& reports) {
  auto one = row(day(12, 3), {metric("errorReportCount", reports)});
  one["dimensions"].push_back({{"dimension", "reportType"}, {"stringValue", type}});
  return one;
}

TEST(PlayErrors, AreReportsForEachUserOfTheNewestDay) {
  ScriptedServer server({k_token, fresh(day(12, 5)), k_fresh, rows({error_row("CRASH", "90"), error_row("ANR", "5.5")}),
                         rows({crash_row(3, "0.01", "960")})});
  const auto seen = make_play_vitals(play_readers_at(server))->measure(vital("errorReportCount"), play_subject());
  EXPECT_EQ(seen.state, PlayState::measured) << seen.detail;
  EXPECT_NEAR(seen.value, 0.1, 1e-12);
  EXPECT_EQ(format_rfc3339(seen.as_of), "2026-12-04T08:00:00Z") << "the older of the two sets";
}

TEST(PlayErrors, NoRowIsNotNoError) {
  ScriptedServer server({k_token, k_fresh, k_fresh, rows({})});
  const auto seen = make_play_vitals(play_readers_at(server))->measure(vital("errorReportCount"), play_subject());
  EXPECT_EQ(seen.state, PlayState::no_data) << seen.detail;
}

struct AnomaliesCase {
  const char* name;
  std::vector<Reply> replies;
  PlayState state;
  std::string says;
  double value = 0;
};
void PrintTo(const AnomaliesCase& row, std::ostream* out) { *out << row.name; }

PlayJson anomaly(const std::string& code) {
  return {{"name", "apps/com.example.charge/anomalies/1"},
          {"metric", metric("crashRate", "0.05")},
          {"dimensions", {{{"dimension", "versionCode"}, {"int64Value", code}}}}};
}
Reply anomalies(const std::vector<PlayJson>& list, const std::string& next = "") {
  PlayJson body = {{"anomalies", list}};
  if (!next.empty()) body["nextPageToken"] = next;
  return answer(200, body.dump());
}

class PlayAnomalies : public testing::TestWithParam<AnomaliesCase> {};
TEST_P(PlayAnomalies, AreCountedForTheVersionCode) {
  std::vector<Reply> script{k_token};
  script.insert(script.end(), GetParam().replies.begin(), GetParam().replies.end());
  ScriptedServer server(std::move(script));
  const auto seen = make_play_vitals(play_readers_at(server))->measure(vital("anomalies"), play_subject());
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  EXPECT_EQ(seen.value, GetParam().value);
  EXPECT_EQ(server.request_count(), 1 + GetParam().replies.size());
}
INSTANTIATE_TEST_SUITE_P(
    , PlayAnomalies,
    testing::Values(
        AnomaliesCase{"none", {answer(200, "{}")}, PlayState::measured, "0 of version code 340 since 2026-12-02"},
        AnomaliesCase{"ours", {anomalies({anomaly("340")})}, PlayState::measured, ": crashRate 0.05", 1},
        AnomaliesCase{"another_version", {anomalies({anomaly("339")})}, PlayState::measured, "0 of version code 340"},
        AnomaliesCase{
            "of_the_whole_app", {anomalies({PlayJson{{"name", "x"}}})}, PlayState::measured, "0 of version code 340"},
        AnomaliesCase{"two_pages",
                      {anomalies({anomaly("340")}, "b"), anomalies({anomaly("340")})},
                      PlayState::measured,
                      "2 of version code 340",
                      2},
        AnomaliesCase{
            "same_page_twice", {anomalies({}, "b"), anomalies({}, "b")}, PlayState::failed, "was read already"},
        AnomaliesCase{"no_list", {answer(200, R"({"anomalies":"x"})")}, PlayState::failed, "no list"},
        AnomaliesCase{"no_object", {anomalies({PlayJson("x")})}, PlayState::failed, "no object"},
        AnomaliesCase{"no_grant",
                      {google_refuses(403, "PERMISSION_DENIED", "The caller does not have permission")},
                      PlayState::failed,
                      "View app information"}),
    [](const auto& row) { return row.param.name; });

TEST(PlayVitals, WhatCannotBeAskedIsNotAsked) {
  ScriptedServer server({});
  const auto source = make_play_vitals(play_readers_at(server));
  auto unbuilt = play_subject();
  unbuilt.build.reset();
  EXPECT_EQ(source->measure(vital("crashRate"), unbuilt).state, PlayState::no_data);
  auto other = play_subject();
  other.app = "ios";
  EXPECT_EQ(source->measure(vital("crashRate"), other).state, PlayState::failed);
  EXPECT_EQ(source->measure(vital("wakeups"), play_subject()).state, PlayState::failed);
  EXPECT_EQ(server.request_count(), 0u);
}

// ---- reviews --------------------------------------------------------------------------------------------------------

PlayJson review_of(int id, PlayJson stars, PlayJson code = 340) {
  PlayJson comment = {{"text", "x"}, {"starRating", std::move(stars)}};
  if (!code.is_null()) comment["appVersionCode"] = std::move(code);
  return {{"reviewId", std::to_string(id)},
          {"comments", {{{"developerComment", {{"text", "sorry"}}}}, {{"userComment", comment}}}}};
}
std::vector<PlayJson> many(int first, int count, int stars) {
  std::vector<PlayJson> all;
  for (int i = 0; i < count; ++i) all.push_back(review_of(first + i, stars));
  return all;
}
Reply listed(std::vector<PlayJson> all, const std::vector<PlayJson>& more = {}, const std::string& next = "") {
  all.insert(all.end(), more.begin(), more.end());
  PlayJson body = {{"reviews", all}};
  if (!next.empty()) body["tokenPagination"] = {{"nextPageToken", next}};
  return answer(200, body.dump());
}

class PlayStars : public testing::TestWithParam<VitalCase> {};
TEST_P(PlayStars, BecomeAShare) {
  std::vector<Reply> script{k_token};
  script.insert(script.end(), GetParam().replies.begin(), GetParam().replies.end());
  ScriptedServer server(std::move(script));
  Signal signal;
  signal.kind = SignalKind::level;
  const auto seen = make_play_reviews(play_readers_at(server))->measure(signal, play_subject());
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  EXPECT_NEAR(seen.value, GetParam().events, 1e-9);
  EXPECT_EQ(server.request_count(), 1 + GetParam().replies.size());
}

std::vector<Reply> endless_pages() {
  std::vector<Reply> pages;
  for (int page = 0; page < 10; ++page)
    pages.push_back(listed(many(page * 100, 100, page % 2 == 0 ? 1 : 5), {}, "p" + std::to_string(page)));
  return pages;
}

INSTANTIATE_TEST_SUITE_P(
    , PlayStars,
    testing::Values(
        VitalCase{"some",
                  {listed(many(0, 5, 2), many(10, 20, 5))},
                  PlayState::measured,
                  "5 of 25 reviews of version code 340 with one or two stars, among the 25 that Google lists",
                  20},
        VitalCase{"few", {listed(many(0, 19, 1))}, PlayState::no_data, "fewer than 20 say nothing"},
        VitalCase{"none", {answer(200, "{}")}, PlayState::no_data, "0 of 0"},
        VitalCase{
            "pages", {listed(many(0, 10, 1), {}, "n x"), listed(many(5, 20, 4))}, PlayState::measured, "10 of 25", 40},
        VitalCase{"others",
                  {listed(many(0, 20, 5), {review_of(90, 1, 330), review_of(91, 1, nullptr)})},
                  PlayState::measured,
                  "0 of 20 reviews of version code 340 with one or two stars, among the 22"},
        VitalCase{"endless", endless_pages(), PlayState::measured, "among the newest 1000", 50},
        VitalCase{"same_page_again",
                  {listed(many(0, 20, 5), {}, "p"), listed(many(20, 20, 5), {}, "p")},
                  PlayState::failed,
                  "was read already"},
        VitalCase{"six", {listed({review_of(1, 6)})}, PlayState::failed, "not 1 to 5: 6"},
        VitalCase{"half", {listed({review_of(1, 1.5)})}, PlayState::failed, "not 1 to 5: 1.5"},
        VitalCase{"no_comment", {listed({PlayJson{{"reviewId", "a"}}})}, PlayState::failed, "not 1 to 5: null"},
        VitalCase{"no_id", {listed({PlayJson{{"comments", PlayJson::array()}}})}, PlayState::failed, "without an id"},
        VitalCase{"no_list", {answer(200, R"({"reviews":{}})")}, PlayState::failed, "has no list"},
        VitalCase{"no_grant",
                  {google_refuses(403, "PERMISSION_DENIED", "The caller does not have permission")},
                  PlayState::failed,
                  "Reply to reviews"}),
    [](const auto& row) { return row.param.name; });

TEST(PlayReaders, TheReportingApiHasAnAddressOfItsOwn) {
  EXPECT_EQ(reporting_beside("https://androidpublisher.googleapis.com"),
            "https://playdeveloperreporting.googleapis.com");
  EXPECT_EQ(reporting_beside("http://127.0.0.1:7070/play"), "http://127.0.0.1:7070/play");
}

}  // namespace
}  // namespace train::signals::play_answers
