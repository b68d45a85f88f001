// Numbers behind any URL.
#include <map>

#include "odd_answers.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using testbed::answer;
using testbed::ScriptedServer;

Signal counts_behind(const std::string& url) {
  Signal signal;
  signal.name = "crashes";
  signal.source = "http";
  signal.url = url + "/health";
  signal.events = "/crashes";
  signal.exposures = "/sessions/0/n";
  signal.options = {{"method", "GET"}};
  return signal;
}

Signal value_behind(const std::string& url) {
  Signal signal = counts_behind(url);
  signal.kind = SignalKind::level;
  signal.events.clear();
  signal.exposures.clear();
  signal.value = "/p95";
  return signal;
}

Measurement ask_http(const Signal& signal, Link link = {}) {
  return make_http_source(std::move(link), Secret("canary"), {{"X-Key", Secret("canary-2")}})
      ->measure(signal, asked_subject());
}

TEST(HttpSource, HoldsOnOddAnswers) {
  expect_odd_answers_to_hold(
      [](const std::string& url, Link link) { return ask_http(counts_behind(url), std::move(link)); });
}

class HttpCounts : public ::testing::TestWithParam<AskedCase> {};
TEST_P(HttpCounts, AreReadStrictly) {
  expect_case(GetParam(), [](const std::string& url) { return ask_http(counts_behind(url)); });
}
AskedCase http_counts(const char* name, const std::string& crashes, State state, const char* says, Counts counts = {}) {
  return {name, {answer(200, R"({"crashes":)" + crashes + R"(,"sessions":[{"n":1000}]})")}, state, says, counts};
}
INSTANTIATE_TEST_SUITE_P(
    , HttpCounts,
    ::testing::Values(
        http_counts("numbers", "12", State::measured, "", {12, 1000}),
        http_counts("fraction", "1.5", State::measured, "", {1.5, 1000}),
        http_counts("numeric_text", "\"12\"", State::measured, "", {12, 1000}),
        http_counts("nan", "\"NaN\"", State::failed, "events: what stands at /crashes is \"NaN\", not a number"),
        http_counts("infinite", "1e999", State::failed, "JSON"),
        http_counts("infinite_text", "\"inf\"", State::failed, "not a number"),
        http_counts("negative", "-1", State::failed, "events: what stands at /crashes is negative: -1"),
        http_counts("truth", "true", State::failed, "not a number"),
        http_counts("object", "{}", State::failed, "not a number"),
        http_counts("null", "null", State::no_data, "the events pointer leads nowhere in the answer; if that means"),
        http_counts("more_than_exposures", "1001", State::failed, "more events (1001) than exposures (1000)"),
        AskedCase{"no_exposures", {answer(200, R"({"crashes":1,"sessions":[]})")}, State::no_data, "the exposures"},
        AskedCase{"list", {answer(200, "[]")}, State::no_data, "the exposures pointer leads nowhere"},
        AskedCase{"created", {answer(201, R"({"crashes":1,"sessions":[{"n":2}]})")}, State::failed, "201"},
        AskedCase{"error_with_200", {answer(200, R"({"error":"down"})")}, State::no_data, "leads nowhere"}),
    [](const auto& row) { return std::string(row.param.name); });

struct AsOfCase {
  const char* name;
  const char* as_of;
  State state;
  const char* says;
  std::int64_t seconds_before = 0;
};
class HttpAsOf : public ::testing::TestWithParam<AsOfCase> {};
TEST_P(HttpAsOf, IsATimeInAnyOfThreeForms) {
  ScriptedServer server({answer(200, std::string(R"({"p95":0.8,"at":)") + GetParam().as_of + "}")});
  Signal signal = value_behind(server.url(""));
  signal.options["as_of"] = "/at";
  const Measurement seen = ask_http(signal);
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  if (seen.state == State::measured) {
    EXPECT_EQ(seen.as_of, k_asked_at - Duration(GetParam().seconds_before));
  }
}
INSTANTIATE_TEST_SUITE_P(
    , HttpAsOf,
    ::testing::Values(AsOfCase{"rfc3339", R"("2026-11-30T09:59:00Z")", State::measured, "", 60},
                      AsOfCase{"seconds", "1796032700", State::measured, "", 100},
                      AsOfCase{"seconds_in_text", "\"1796032700\"", State::measured, "", 100},
                      AsOfCase{"milliseconds", "1796032700000", State::measured, "", 100},
                      AsOfCase{"old", "1796000000", State::stale, "the newest sample is 9h 6m old, allowed are 1h"},
                      AsOfCase{"future", "1796040000", State::failed, "from the future; compare the clocks"},
                      AsOfCase{"words", "\"yesterday\"", State::failed, "as_of is no time: \"yesterday\""},
                      AsOfCase{"huge", "1e200", State::failed, "no time"},
                      AsOfCase{"null", "null", State::no_data, "as_of pointer leads nowhere"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HttpSource, FillsInVariablesForWhereTheyStand) {
  ScriptedServer server({answer(200, R"({"v3.4.0":7})"), answer(200, R"({"v3.4.0":7})")});
  Signal signal = value_behind(server.url(""));
  signal.url = server.url("/apps/$app/health?v=$version&to=$end");
  signal.value = "/v$version";
  signal.options = {{"method", "POST"}, {"body", R"({"app": "$app", "from": $start, "price": "5 $"})"}};
  Subject subject = asked_subject();
  subject.app = "a/b \"c\"";
  const auto source = make_http_source({}, Secret("canary"), {{"X-Key", Secret("canary-2")}});
  EXPECT_EQ(source->measure(signal, subject).value, 7);
  signal.options["body"] = "app=$app&v=$version";
  EXPECT_EQ(source->measure(signal, subject).value, 7);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/apps/a%2Fb%20%22c%22/health?v=3.4.0&to=1796032800");
  EXPECT_EQ(requests[0].body, R"({"app": "a/b \"c\"", "from": 1796022000, "price": "5 $"})");
  EXPECT_EQ(requests[0].header("authorization"), "Bearer canary");
  EXPECT_EQ(requests[0].header("x-key"), "canary-2");
  EXPECT_EQ(requests[0].header("content-type"), "application/json");
  EXPECT_EQ(requests[1].body, "app=a%2Fb%20%22c%22&v=3.4.0");
  EXPECT_EQ(requests[1].header("content-type"), "application/x-www-form-urlencoded");
}

TEST(HttpSource, SendsNoBodyThatItsVariablesBreak) {
  ScriptedServer server({});
  Signal signal = value_behind(server.url(""));
  signal.options = {{"method", "POST"}, {"body", R"({"v": $version})"}};
  EXPECT_NE(ask_http(signal).detail.find("must stand inside quotes"), std::string::npos);
  signal.options["body"] = R"({"app": $app})";
  EXPECT_NE(ask_http(signal).detail.find("no JSON once its variables"), std::string::npos);
  signal.options["body"] = R"({"v": "$baseline_version"})";
  EXPECT_EQ(ask_http(signal).state, State::no_data);
  EXPECT_EQ(server.request_count(), 0u);
}

TEST(HttpSource, ReadsPointersAsTheirStandardSays) {
  ScriptedServer server(
      {answer(200, R"({"a/b":[0,{"m~n":3}]})"), answer(200, R"({"a/b":[0,{"m~n":3}]})"), answer(200, R"([5])")});
  Signal signal = value_behind(server.url(""));
  signal.value = "/a~1b/1/m~0n";
  EXPECT_EQ(ask_http(signal).value, 3);
  signal.value = "/a~1b/01/m~0n";
  EXPECT_EQ(ask_http(signal).state, State::no_data);
  signal.value = "/0";
  EXPECT_EQ(ask_http(signal).value, 5);
}

TEST(HttpSource, FindsTheOneElementOfAListThatIsMeant) {
  const std::string list =
      R"({"releases":[{"v":"3.3.0","n":1},{"v":"3.4.0","n":2},{"v":7,"n":3},{"v":"x","n":4},{"v":"x"}]})";
  ScriptedServer server(std::vector<testbed::Reply>(5, answer(200, list)));
  Signal signal = value_behind(server.url(""));
  for (const auto& [pointer, value] :
       std::map<std::string, double>{{"/releases/[v=$version]/n", 2}, {"/releases/[v=7]/n", 3}}) {
    signal.value = pointer;
    EXPECT_EQ(ask_http(signal).value, value) << pointer;
  }
  for (const char* pointer : {"/releases/[v=9]/n", "/releases/[v=x]/n", "/releases/[w=1]/n"}) {
    signal.value = pointer;
    EXPECT_EQ(ask_http(signal).state, State::no_data) << pointer;
  }
}

// ---- whose token is sent ------------------------------------------------------------------------------------------

auth::OAuthClient oauth_client(const std::string& url) {
  auth::OAuthClient mine;
  mine.token_url = url + "/token";
  mine.client_id = "train";
  mine.client_secret = Secret("s3:cret");
  mine.scope = "storage:read metrics:read";
  return mine;
}
const testbed::Reply k_oauth_token = answer(200, R"({"access_token":"canary","expires_in":300,"token_type":"Bearer"})");
const testbed::Reply k_seven = answer(200, R"({"p95":7})");

TEST(HttpSource, GetsATokenForItsClientAndKeepsIt) {
  ScriptedServer server({k_oauth_token, k_seven, k_seven, k_oauth_token, k_seven});
  const auto source = make_http_source({}, oauth_client(server.url("")), {});
  const Signal signal = value_behind(server.url(""));
  Subject subject = asked_subject();
  EXPECT_EQ(source->measure(signal, subject).value, 7);
  subject.now += Duration(200);
  EXPECT_EQ(source->measure(signal, subject).value, 7);
  subject.now += Duration(60);  // 40 seconds before its end
  EXPECT_EQ(source->measure(signal, subject).value, 7);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 5u);
  EXPECT_EQ(requests[0].body, "grant_type=client_credentials&scope=storage%3Aread%20metrics%3Aread");
  EXPECT_EQ(requests[0].header("authorization"), "Basic dHJhaW46czMlM0FjcmV0") << "train:s3%3Acret";
  EXPECT_EQ(requests[1].header("authorization"), "Bearer canary");
}

TEST(HttpSource, PutsTheClientIntoTheFormWhereTheServiceWantsThat) {
  ScriptedServer server({k_oauth_token, k_seven});
  auto mine = oauth_client(server.url(""));
  mine.in_header = false;
  mine.parameters = "resource=urn%3Ax";
  EXPECT_EQ(make_http_source({}, mine, {})->measure(value_behind(server.url("")), asked_subject()).value, 7);
  EXPECT_EQ(server.requests().at(0).body,
            "grant_type=client_credentials&scope=storage%3Aread%20metrics%3Aread&resource=urn%3Ax&client_id=train"
            "&client_secret=s3%3Acret");
  EXPECT_EQ(server.requests().at(0).header("authorization"), "");
}

TEST(HttpSource, AsksForANewTokenWhenTheOldOneIsRefused) {
  ScriptedServer server({k_oauth_token, answer(401, "{}"), k_oauth_token, k_seven});
  const auto source = make_http_source({}, oauth_client(server.url("")), {});
  EXPECT_TRUE(source->measure(value_behind(server.url("")), asked_subject()).unauthorized);
  EXPECT_EQ(source->measure(value_behind(server.url("")), asked_subject()).value, 7);
}

TEST(HttpSource, SaysWhyItsClientGetsNoToken) {
  ScriptedServer server({answer(400, R"({"error":"invalid_scope","error_description":"No such scope"})"),
                         answer(200, "<html>"), answer(200, R"({"access_token":"a b"})")});
  const auto source = make_http_source({}, oauth_client(server.url("")), {});
  for (const char* says : {"it answered 400): invalid_scope: No such scope", "it answered 200)", "it answered 200)"}) {
    const auto seen = source->measure(value_behind(server.url("")), asked_subject());
    EXPECT_EQ(seen.state, State::failed);
    EXPECT_TRUE(seen.unauthorized);
    EXPECT_NE(seen.detail.find(says), std::string::npos) << seen.detail;
    EXPECT_EQ(seen.detail.find("cret"), std::string::npos) << seen.detail;
  }
}

TEST(HttpSource, SendsGooglesTokenToo) {
  ScriptedServer server({answer(200, R"({"access_token":"canary","expires_in":3600})"), k_seven});
  const auth::AuthorizedUser user{"id", Secret("secret"), Secret("refresh"), server.url("/token")};
  const auto source = make_http_source({}, GoogleScope{user, "https://www.googleapis.com/auth/monitoring.read"}, {});
  EXPECT_EQ(source->measure(value_behind(server.url("")), asked_subject()).value, 7);
  EXPECT_EQ(server.requests().at(1).header("authorization"), "Bearer canary");
}

}  // namespace
}  // namespace train::signals
