// One row with one number, out of GraphQL whose errors come with 200.
#include "odd_answers.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;

Signal new_relic_level(const std::string& url) {
  Signal signal;
  signal.source = "new_relic";
  signal.url = url;
  signal.kind = SignalKind::level;
  signal.value = "SELECT percentile(duration, 95) FROM Mobile WHERE appVersion = '$version' AND app = '$app'";
  signal.options = {{"account", "7"}};
  return signal;
}

Measurement ask_new_relic(const Signal& signal, Link link = {}, const Subject& subject = asked_subject()) {
  return make_new_relic(std::move(link), Secret("canary"))->measure(signal, subject);
}

Reply nrql_results(const std::string& results) {
  return answer(200, R"({"data":{"actor":{"account":{"nrql":{"results":)" + results + "}}}}}");
}

TEST(NewRelic, HoldsOnOddAnswers) {
  expect_odd_answers_to_hold(
      [](const std::string& url, Link link) { return ask_new_relic(new_relic_level(url), std::move(link)); });
}

class NewRelicLevel : public ::testing::TestWithParam<AskedCase> {};
TEST_P(NewRelicLevel, IsOneNumberInOneRow) {
  expect_case(GetParam(), [](const std::string& url) { return ask_new_relic(new_relic_level(url)); });
}
AskedCase nrql_case(const char* name, Reply reply, State state, const char* says, double value = 0) {
  return {name, {std::move(reply)}, state, says, {}, value};
}
INSTANTIATE_TEST_SUITE_P(
    , NewRelicLevel,
    ::testing::Values(
        nrql_case("count", nrql_results(R"([{"count":12}])"), State::measured, "", 12),
        nrql_case("percentile", nrql_results(R"([{"percentile.duration":{"95":1.5}}])"), State::measured, "", 1.5),
        nrql_case("null", nrql_results(R"([{"average.duration":null}])"), State::no_data, "value query found no data"),
        nrql_case("no_rows", nrql_results("[]"), State::no_data, "the value query found no data"),
        nrql_case("two_rows", nrql_results(R"([{"count":1},{"count":2}])"), State::failed, "found 2 rows"),
        nrql_case("facet", nrql_results(R"([{"facet":"3.4.0","appVersion":"3.4.0","count":1}])"), State::failed,
                  "has 3 numbers, and one is wanted: SELECT one, without FACET"),
        nrql_case("empty_row", nrql_results("[{}]"), State::failed, "has 0 numbers"),
        nrql_case("bare_row", nrql_results("[1]"), State::failed, "one is wanted"),
        nrql_case("nan", nrql_results(R"([{"average":"NaN"}])"), State::failed, "not a number"),
        nrql_case("negative", nrql_results(R"([{"average":-1}])"), State::failed, "negative"),
        nrql_case("words", nrql_results(R"([{"latest":"fast"}])"), State::failed, "\"fast\", not a number"),
        nrql_case("syntax",
                  answer(200, R"({"data":{"actor":{"account":{"nrql":null}}},"errors":[{"message":"NRQL Syntax Error: )"
                              R"(Error at line 1 position 8","extensions":{"errorClass":"TIMEOUT"}}]})"),
                  State::failed, "New Relic refused the query: NRQL Syntax Error: Error at line 1"),
        nrql_case("errors_beside_a_number",
                  answer(200, R"({"data":{"actor":{"account":{"nrql":{"results":[{"count":0}]}}}},)"
                              R"("errors":[{"message":"partial"}]})"),
                  State::failed, "partial"),
        nrql_case("account", answer(200, R"({"data":{"actor":{"account":null}}})"), State::failed, "no such account"),
        nrql_case("no_results", answer(200, R"({"data":{"actor":{"account":{"nrql":{}}}}})"), State::failed,
                  "without results")),
    [](const auto& row) { return std::string(row.param.name); });

TEST(NewRelic, CountsSinceTheVersionWentOutUnlessTheQuerySays) {
  ScriptedServer server({nrql_results(R"([{"count":1}])"), nrql_results(R"([{"count":1}])")});
  Signal signal = new_relic_level(server.url(""));
  Subject subject = asked_subject();
  subject.app = "it's \"x\"";
  EXPECT_EQ(ask_new_relic(signal, {}, subject).as_of, k_asked_at);
  signal.value = "SELECT count(*) FROM Mobile Since 1 day ago";
  EXPECT_EQ(ask_new_relic(signal).value, 1);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/graphql");
  EXPECT_EQ(requests[0].header("api-key"), "canary");
  EXPECT_EQ(requests[0].body,
            R"x({"query":"{actor{account(id:7){nrql(query:\"SELECT percentile(duration, 95) FROM Mobile WHERE )x"
            R"x(appVersion = '3.4.0' AND app = 'it\\\\'s \\\"x\\\"' SINCE 1796022000000 UNTIL 1796032800000\",)x"
            R"x(timeout:25){results}}}}"})x");
  EXPECT_NE(requests[1].body.find(R"(FROM Mobile Since 1 day ago\")"), std::string::npos) << requests[1].body;
}

}  // namespace
}  // namespace train::signals
