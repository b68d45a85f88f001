// App Store Connect's answers in the forms they come in, and what each becomes. Only a clean number is a measurement.
#include "train/signals/app_store.hpp"

#include <gtest/gtest.h>

#include "../auth/test_keys.hpp"
#include "support/scripted_server.hpp"

namespace train::signals {
namespace {

using AppleState = Measurement::State;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;
using namespace std::chrono_literals;

const Instant k_apple_now = *parse_rfc3339("2026-12-05T10:00:00Z");

Subject apple_subject() {
  Subject subject;
  subject.app = "ios";
  subject.version = *VersionName::parse("3.4.0");
  subject.build = BuildNumber::from(340);
  subject.platform = "ios";
  subject.start = k_apple_now - 72h;
  subject.now = k_apple_now;
  return subject;
}

AppStoreReaders readers_at(const std::string& endpoint) {
  static const std::string pem = auth::private_pem(auth::make_ec_key("P-256").get());
  auth::AppStoreKey key{"KEY1234567", "69a6de70-03db-47e3-e053-5b8c7c11a4d1", Secret(pem)};
  auto reader =
      open_app_store_reader({"com.example.charge", endpoint, std::move(key)}, [](std::chrono::milliseconds) {});
  EXPECT_TRUE(reader);
  return {{"ios", *reader}};
}

Signal reviews_signal() {
  Signal signal;
  signal.name = "stars";
  signal.source = "app_store_reviews";
  return signal;
}

Signal metric_signal(const std::string& metric) {
  Signal signal;
  signal.name = "launch";
  signal.source = "app_store_metrics";
  signal.kind = metric == "beta_crashes" ? SignalKind::proportion : SignalKind::level;
  signal.options["metric"] = metric;
  return signal;
}

const Reply k_app = answer(
    200, R"({"data":[{"type":"apps","id":"16","attributes":{"bundleId":"com.example.charge"}}],"links":{"self":"x"}})");
const Reply k_version = answer(
    200,
    R"({"data":[{"type":"appStoreVersions","id":"V34","attributes":{"versionString":"3.4"},"relationships":{"build":{"data":{"type":"builds","id":"B340"}}}}],"links":{"self":"x"}})");

struct AnswerCase {
  const char* name;
  std::vector<Reply> replies;
  AppleState state;
  std::string says;
  double events = 0;     // of a level: the value
  double exposures = 0;  // of a proportion
};
void PrintTo(const AnswerCase& row, std::ostream* out) { *out << row.name; }

Measurement measured_by(SignalSource& source, const Signal& signal, const AnswerCase& row) {
  const auto seen = source.measure(signal, apple_subject());
  EXPECT_EQ(seen.state, row.state) << seen.detail;
  EXPECT_NE(seen.detail.find(row.says), std::string::npos) << seen.detail;
  return seen;
}

// ---- reviews ------------------------------------------------------------------------------------------------------

std::string review(const std::string& id, const std::string& rating) {
  return R"({"type":"customerReviews","id":")" + id + R"(","attributes":{"rating":)" + rating + "}}";
}
Reply reviews(const std::string& rows, const std::string& next = "") {
  return answer(200, R"({"data":[)" + rows + R"(],"links":{"self":"x")" +
                         (next.empty() ? "" : R"(,"next":")" + next + "\"") + "}}");
}
Reply refused(int status, const std::string& code, const std::string& detail) {
  return answer(status, R"({"errors":[{"status":")" + std::to_string(status) + R"(","code":")" + code +
                            R"(","title":"t","detail":")" + detail + "\"}]}");
}

class AppleReviews : public testing::TestWithParam<AnswerCase> {};
TEST_P(AppleReviews, AreCountedOrSayWhyNot) {
  std::vector<Reply> script{k_app, k_version};
  script.insert(script.end(), GetParam().replies.begin(), GetParam().replies.end());
  ScriptedServer server(std::move(script));
  const auto source = make_app_store_reviews(readers_at(server.url("")));
  const auto seen = measured_by(*source, reviews_signal(), GetParam());
  EXPECT_EQ(seen.counts, (Counts{GetParam().events, GetParam().exposures}));
  EXPECT_EQ(server.request_count(), 2 + GetParam().replies.size());
}
INSTANTIATE_TEST_SUITE_P(
    , AppleReviews,
    testing::Values(
        AnswerCase{
            "some",
            {reviews(review("a", "1") + "," + review("b", "2") + "," + review("c", "3") + "," + review("d", "5"))},
            AppleState::measured,
            "Apple tells no ratings without words",
            2,
            4},
        AnswerCase{"none_yet", {reviews("")}, AppleState::measured, "written reviews", 0, 0},
        AnswerCase{
            "twice_the_same", {reviews(review("a", "1") + "," + review("a", "1"))}, AppleState::measured, "", 1, 1},
        AnswerCase{"no_rating",
                   {reviews(R"({"type":"customerReviews","id":"a","attributes":{}})")},
                   AppleState::failed,
                   "not 1 to 5: null"},
        AnswerCase{"rating_six", {reviews(review("a", "6"))}, AppleState::failed, "not 1 to 5: 6"},
        AnswerCase{"rating_half", {reviews(review("a", "1.5"))}, AppleState::failed, "not 1 to 5: 1.5"},
        AnswerCase{"rating_nan", {reviews(review("a", "NaN"))}, AppleState::failed, "no JSON object"},
        AnswerCase{"rating_text", {reviews(review("a", "\"1\""))}, AppleState::failed, "not 1 to 5"},
        AnswerCase{"no_id", {reviews(R"({"attributes":{"rating":1}})")}, AppleState::failed, "without an id"},
        AnswerCase{"no_list", {answer(200, R"({"data":{"id":"a"},"links":{}})")}, AppleState::failed, "has no list"},
        AnswerCase{
            "html", {answer(200, "<html>Sign in</html>", "text/html")}, AppleState::failed, "no JSON object: <html>"},
        AnswerCase{"empty", {answer(200, "")}, AppleState::failed, "no JSON object"},
        AnswerCase{"next_elsewhere",
                   {reviews(review("a", "1"), "https://evil.example/v1/x")},
                   AppleState::failed,
                   "next page is elsewhere"},
        AnswerCase{"gone", {refused(404, "NOT_FOUND", "no")}, AppleState::failed, "no such list (404)"},
        AnswerCase{"narrow_role",
                   {refused(403, "FORBIDDEN_ERROR", "This request is forbidden")},
                   AppleState::failed,
                   "403 FORBIDDEN_ERROR (This request is forbidden): the key's role does not allow it"},
        AnswerCase{"agreement",
                   {refused(403, "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "sign")},
                   AppleState::failed,
                   "the Account Holder must accept an agreement first"},
        AnswerCase{"refused_twice",
                   {refused(401, "NOT_AUTHORIZED", "no"), refused(401, "NOT_AUTHORIZED", "no")},
                   AppleState::failed,
                   "the key was refused"},
        AnswerCase{"refused_once",
                   {refused(401, "NOT_AUTHORIZED", "no"), reviews(review("a", "1"))},
                   AppleState::measured,
                   "",
                   1,
                   1},
        AnswerCase{"broken_for_a_while",
                   {answer(500, "<html>"), answer(502, ""), reviews(review("a", "4"))},
                   AppleState::measured,
                   "",
                   0,
                   1},
        AnswerCase{"broken",
                   {answer(500, ""), answer(500, ""), answer(500, "")},
                   AppleState::failed,
                   "App Store Connect has a problem of its own"},
        AnswerCase{"cut",
                   {Reply{"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"data\":[", Reply::Then::close},
                    Reply{"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"data\":[", Reply::Then::close},
                    Reply{"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"data\":[", Reply::Then::close}},
                   AppleState::failed,
                   ""}),
    [](const auto& row) { return row.param.name; });

TEST(AppleRefusal, OfTheKeyIsToldFromAStoreInTrouble) {
  const auto refused_by = [](std::vector<Reply> replies) {
    replies.insert(replies.begin(), {k_app, k_version});
    ScriptedServer server(std::move(replies));
    return make_app_store_reviews(readers_at(server.url("")))->measure(reviews_signal(), apple_subject()).unauthorized;
  };
  EXPECT_TRUE(refused_by({refused(403, "FORBIDDEN_ERROR", "no")}));
  EXPECT_FALSE(refused_by({refused(404, "NOT_FOUND", "no")}));
}

TEST(AppleIds, AreLookedUpOnce) {
  ScriptedServer server({k_app, k_version, reviews(""), reviews(review("a", "2"))});
  const auto readers = readers_at(server.url(""));
  const auto source = make_app_store_reviews(readers);
  auto signal = reviews_signal();
  signal.options["territory"] = "DEU\nFRA";
  EXPECT_EQ(source->measure(signal, apple_subject()).counts.exposures, 0);
  EXPECT_EQ(make_app_store_reviews(readers)->measure(signal, apple_subject()).counts.exposures, 1);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_NE(requests[1].target.find("filter%5BversionString%5D=3.4.0%2C3.4"), std::string::npos) << requests[1].target;
  EXPECT_NE(requests[2].target.find("filter%5Bterritory%5D=DEU%2CFRA"), std::string::npos) << requests[2].target;
  EXPECT_EQ(requests[3].target.substr(0, 9), "/v1/appSt");
}

struct MissingCase {
  const char* name;
  std::vector<Reply> replies;
  AppleState state;
  std::string says;
};
void PrintTo(const MissingCase& row, std::ostream* out) { *out << row.name; }

class AppleMissing : public testing::TestWithParam<MissingCase> {};
TEST_P(AppleMissing, IsSaid) {
  ScriptedServer server(GetParam().replies);
  const auto source = make_app_store_metrics(readers_at(server.url("")));
  const auto seen = source->measure(metric_signal("launch"), apple_subject());
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
}
INSTANTIATE_TEST_SUITE_P(
    , AppleMissing,
    testing::Values(
        MissingCase{"app", {answer(200, R"({"data":[],"links":{}})")}, AppleState::failed, "no app with the bundle id"},
        MissingCase{"other_app",
                    {answer(200, R"({"data":[{"id":"9","attributes":{"bundleId":"com.example.other"}}]})")},
                    AppleState::failed,
                    "no app with the bundle id"},
        MissingCase{"version", {k_app, answer(200, R"({"data":[]})")}, AppleState::no_data, "no version 3.4.0"},
        MissingCase{"other_version",
                    {k_app, answer(200, R"({"data":[{"id":"V","attributes":{"versionString":"3.5.0"}}]})")},
                    AppleState::no_data,
                    "no version 3.4.0"},
        MissingCase{
            "build",
            {k_app,
             answer(
                 200,
                 R"({"data":[{"id":"V","attributes":{"versionString":"3.4.0"},"relationships":{"build":{"data":null}}}]})")},
            AppleState::no_data,
            "has no build"}),
    [](const auto& row) { return row.param.name; });

TEST(AppleMissingApp, AnAppElsewhereIsNotAsked) {
  auto subject = apple_subject();
  subject.app = "android";
  const auto seen = make_app_store_reviews({})->measure(reviews_signal(), subject);
  EXPECT_EQ(seen.state, AppleState::failed);
  EXPECT_EQ(seen.detail, "android is not on the App Store");
}

// ---- metrics ------------------------------------------------------------------------------------------------------

std::string dataset(const std::string& percentile, const std::string& device, const std::string& points) {
  return R"({"filterCriteria":{"percentile":")" + percentile + R"(","device":")" + device +
         R"(","deviceMarketingName":"x"},"points":[)" + points + "]}";
}
std::string metric(const std::string& name, const std::string& datasets) {
  return R"({"identifier":")" + name +
         R"(","unit":{"identifier":"milliseconds","displayName":"ms"},"goalKeys":[],"datasets":[)" + datasets + "]}";
}
Reply metrics(const std::string& rows, const std::string& category = "LAUNCH") {
  return answer(
      200,
      R"({"version":"1.0","insights":{},"productData":[{"platform":"iOS","metricCategories":[{"identifier":")" +
          category + R"(","metrics":[)" + rows + "]}]}]}",
      "application/vnd.apple.xcode-metrics+json");
}
Reply launch(const std::string& points) {
  return metrics(metric("launchTime", dataset("percentile.fifty", "all_iphones", R"({"version":"3.4.0","value":400})") +
                                          "," + dataset("percentile.ninety", "all_iphones", points)));
}

class AppleMetrics : public testing::TestWithParam<AnswerCase> {};
TEST_P(AppleMetrics, AreReadStrictly) {
  std::vector<Reply> script{k_app, k_version};
  script.insert(script.end(), GetParam().replies.begin(), GetParam().replies.end());
  ScriptedServer server(std::move(script));
  const auto source = make_app_store_metrics(readers_at(server.url("")));
  const auto seen = measured_by(*source, metric_signal("launch"), GetParam());
  EXPECT_EQ(seen.value, GetParam().events);
  EXPECT_NE(server.requests().at(2).header("Accept").find("application/vnd.apple.xcode-metrics+json"),
            std::string::npos);
}
const std::string k_point = R"({"version":"3.4.0","value":912.5,"errorMargin":12.25})";
INSTANTIATE_TEST_SUITE_P(
    , AppleMetrics,
    testing::Values(
        AnswerCase{
            "value", {launch(k_point)}, AppleState::measured, "launchTime p90 on all_iphones, in ms, ± 12.25", 912.5},
        AnswerCase{"beside_other_versions",
                   {launch(R"({"version":"3.3.0","value":700},)" + k_point)},
                   AppleState::measured,
                   "",
                   912.5},
        AnswerCase{"short_form", {launch(R"({"version":"3.4","value":7})")}, AppleState::measured, "in ms", 7},
        AnswerCase{"no_products",
                   {answer(200, R"({"version":"1.0","productData":[]})")},
                   AppleState::no_data,
                   "no LAUNCH metrics of 3.4.0 yet"},
        AnswerCase{
            "not_found", {refused(404, "NOT_FOUND", "no")}, AppleState::no_data, "no LAUNCH metrics of 3.4.0 yet"},
        AnswerCase{
            "other_category", {metrics(metric("hangRate", ""), "HANG")}, AppleState::no_data, "no LAUNCH metrics"},
        AnswerCase{"only_other_versions",
                   {launch(R"({"version":"3.3.0","value":700})")},
                   AppleState::no_data,
                   "no point for 3.4.0 yet"},
        AnswerCase{"other_device",
                   {metrics(metric("launchTime", dataset("percentile.ninety", "all_ipads", k_point)))},
                   AppleState::no_data,
                   "no p90 on all_iphones yet"},
        AnswerCase{"other_percentile",
                   {metrics(metric("launchTime", dataset("percentile.fifty", "all_iphones", k_point)))},
                   AppleState::no_data,
                   "no p90 on all_iphones yet"},
        AnswerCase{"no_points", {launch("")}, AppleState::no_data, "no point for 3.4.0"},
        AnswerCase{"two_points", {launch(k_point + "," + k_point)}, AppleState::failed, "two points"},
        AnswerCase{"two_metrics",
                   {metrics(metric("launchTime", "") + "," + metric("resumeTime", ""))},
                   AppleState::failed,
                   "name one as CATEGORY/METRIC: launchTime, resumeTime"},
        AnswerCase{"no_value", {launch(R"({"version":"3.4.0","errorMargin":1})")}, AppleState::failed, "value is null"},
        AnswerCase{"text_value", {launch(R"({"version":"3.4.0","value":"fast"})")}, AppleState::failed, "not a number"},
        AnswerCase{"negative", {launch(R"({"version":"3.4.0","value":-1})")}, AppleState::failed, "value is -1"},
        AnswerCase{"nan", {launch(R"({"version":"3.4.0","value":NaN})")}, AppleState::failed, "no JSON object"},
        AnswerCase{"too_large", {launch(R"({"version":"3.4.0","value":1e999})")}, AppleState::failed, ""},
        AnswerCase{"html", {answer(200, "<html></html>")}, AppleState::failed, "no JSON object"},
        AnswerCase{
            "narrow_role", {refused(403, "FORBIDDEN_ERROR", "no")}, AppleState::failed, "role does not allow it"}),
    [](const auto& row) { return row.param.name; });

TEST(AppleMetricChoice, NamesItsMetricPercentileDeviceAndUnit) {
  const auto both =
      metrics(metric("launchTime", dataset("percentile.fifty", "all_ipads", k_point)) + "," +
              metric("resumeTime", dataset("percentile.fifty", "all_ipads", R"({"version":"3.4.0","value":80})")));
  ScriptedServer server({k_app, k_version, both, both, both});
  const auto source = make_app_store_metrics(readers_at(server.url("")));
  auto signal = metric_signal("launch/resumeTime");
  signal.options["percentile"] = "p50";
  signal.options["device"] = "all_ipads";
  signal.unit = "ms";
  EXPECT_EQ(source->measure(signal, apple_subject()).value, 80);
  EXPECT_NE(server.requests().at(2).target.find("filter%5BmetricType%5D=LAUNCH&filter%5BdeviceType%5D=all_ipads"),
            std::string::npos);
  signal.unit = "s";
  EXPECT_EQ(source->measure(signal, apple_subject()).detail, "Apple measures in ms, the definition's `unit` is s");
  signal.unit = "";
  signal.options["metric"] = "launch/coldTime";
  EXPECT_EQ(source->measure(signal, apple_subject()).detail,
            "Apple's LAUNCH has no metric coldTime, only launchTime, resumeTime");
}

// ---- TestFlight -----------------------------------------------------------------------------------------------------

Reply usage(const std::string& points) {
  return answer(200, R"({"data":[{"dataPoints":[)" + points + R"(]}],"links":{}})");
}
std::string point(const std::string& end, const std::string& values) {
  return R"({"start":"2026-12-01T00:00:00Z","end":")" + end + R"(","values":{)" + values + "}}";
}

class AppleBeta : public testing::TestWithParam<AnswerCase> {};
TEST_P(AppleBeta, CountsCrashesOutOfSessions) {
  std::vector<Reply> script{k_app, k_version};
  script.insert(script.end(), GetParam().replies.begin(), GetParam().replies.end());
  ScriptedServer server(std::move(script));
  const auto source = make_app_store_metrics(readers_at(server.url("")));
  const auto seen = measured_by(*source, metric_signal("beta_crashes"), GetParam());
  EXPECT_EQ(seen.counts, (Counts{GetParam().events, GetParam().exposures}));
  EXPECT_LE(seen.as_of, k_apple_now);
}
INSTANTIATE_TEST_SUITE_P(
    , AppleBeta,
    testing::Values(AnswerCase{"one_point",
                               {usage(point("2026-12-05T00:00:00Z", R"("crashCount":2,"sessionCount":140)"))},
                               AppleState::measured,
                               "TestFlight sessions only",
                               2,
                               140},
                    AnswerCase{"days",
                               {usage(point("2026-12-04T00:00:00Z", R"("crashCount":2,"sessionCount":140)") + "," +
                                      point("2026-12-06T00:00:00Z", R"("crashCount":0,"sessionCount":60)"))},
                               AppleState::measured,
                               "",
                               2,
                               200},
                    AnswerCase{"nothing",
                               {answer(200, R"({"data":[],"links":{}})")},
                               AppleState::no_data,
                               "no usage of this build yet"},
                    AnswerCase{"no_points", {usage("")}, AppleState::no_data, "no usage of this build yet"},
                    AnswerCase{"no_crash_count",
                               {usage(point("2026-12-05T00:00:00Z", R"("sessionCount":140)"))},
                               AppleState::failed,
                               "crashCount is null"},
                    AnswerCase{"no_sessions",
                               {usage(point("2026-12-05T00:00:00Z", R"("crashCount":1)"))},
                               AppleState::failed,
                               "sessionCount is null"},
                    AnswerCase{"fraction",
                               {usage(point("2026-12-05T00:00:00Z", R"("crashCount":0.5,"sessionCount":1)"))},
                               AppleState::failed,
                               "crashCount is 0.5"},
                    AnswerCase{"negative",
                               {usage(point("2026-12-05T00:00:00Z", R"("crashCount":-1,"sessionCount":1)"))},
                               AppleState::failed,
                               "crashCount is -1"},
                    AnswerCase{"more_crashes",
                               {usage(point("2026-12-05T00:00:00Z", R"("crashCount":3,"sessionCount":1)"))},
                               AppleState::failed,
                               "more crashes (3) than sessions (1)"},
                    AnswerCase{"not_found", {refused(404, "NOT_FOUND", "no")}, AppleState::failed, "(404)"},
                    AnswerCase{"html", {answer(200, "<html>")}, AppleState::failed, "no JSON object"}),
    [](const auto& row) { return row.param.name; });

TEST(AppleBetaAge, IsThatOfTheNewestPoint) {
  ScriptedServer server(
      {k_app, k_version, usage(point("2026-12-05T00:00:00Z", R"("crashCount":2,"sessionCount":140)"))});
  const auto source = make_app_store_metrics(readers_at(server.url("")));
  EXPECT_EQ(source->measure(metric_signal("beta_crashes"), apple_subject()).as_of, k_apple_now - 10h);
}

}  // namespace
}  // namespace train::signals
