// Frames of Grafana's data sources, and its alert rules.
#include "odd_answers.hpp"
#include "train/signals/prometheus.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;

Signal grafana_level(const std::string& url) {
  Signal signal;
  signal.source = "grafana";
  signal.url = url;
  signal.kind = SignalKind::level;
  signal.value = R"(max(app_response_seconds{version="$version"}))";
  signal.options = {{"datasource", "P1"}};
  return signal;
}

Signal grafana_counts(const std::string& url) {
  Signal signal = grafana_level(url);
  signal.kind = SignalKind::proportion;
  signal.events = "crashes";
  signal.exposures = "sessions";
  return signal;
}

Signal grafana_alarm(const std::string& url) {
  Signal signal = grafana_level(url);
  signal.kind = SignalKind::alarm;
  signal.options = {{"alarms", "High crash rate\nSlow start"}};
  return signal;
}

Measurement ask_grafana(const Signal& signal, Link link = {}) {
  return make_grafana(std::move(link), Secret("canary"))->measure(signal, asked_subject());
}

std::string grafana_frame(const std::string& times, const std::string& values) {
  return R"({"schema":{"fields":[{"name":"Time","type":"time"},{"name":"Value","type":"number","labels":{}}]},)"
         R"("data":{"values":[)" +
         times + "," + values + "]}}";
}
Reply grafana_frames(const std::string& frames) {
  return answer(200, R"({"results":{"A":{"status":200,"frames":[)" + frames + "]}}}");
}
const std::string k_now_ms = "[1796032800000]";

TEST(Grafana, HoldsOnOddAnswers) {
  expect_odd_answers_to_hold(
      [](const std::string& url, Link link) { return ask_grafana(grafana_level(url), std::move(link)); });
  expect_odd_answers_to_hold(
      [](const std::string& url, Link link) { return ask_grafana(grafana_alarm(url), std::move(link)); });
}

class GrafanaLevel : public ::testing::TestWithParam<AskedCase> {};
TEST_P(GrafanaLevel, IsOneNumberInOneFrame) {
  expect_case(GetParam(), [](const std::string& url) { return ask_grafana(grafana_level(url)); });
}
AskedCase frame_case(const char* name, Reply reply, State state, const char* says, double value = 0) {
  return {name, {std::move(reply)}, state, says, {}, value};
}
INSTANTIATE_TEST_SUITE_P(
    , GrafanaLevel,
    ::testing::Values(
        frame_case("instant", grafana_frames(grafana_frame(k_now_ms, "[0.8]")), State::measured, "", 0.8),
        frame_case("newest_of_a_range",
                   grafana_frames(grafana_frame("[1796032600000,1796032700000,1796032800000]", "[5,7,null]")),
                   State::measured, "", 7),
        frame_case("no_time",
                   grafana_frames(R"({"schema":{"fields":[{"name":"n","type":"number"}]},"data":{"values":[[3]]}})"),
                   State::measured, "", 3),
        frame_case("rows_without_time",
                   grafana_frames(R"({"schema":{"fields":[{"name":"n","type":"number"}]},"data":{"values":[[3,4]]}})"),
                   State::failed, "gives 2 rows"),
        frame_case("null", grafana_frames(grafana_frame(k_now_ms, "[null]")), State::no_data, "found no data"),
        frame_case("no_rows", grafana_frames(grafana_frame("[]", "[]")), State::no_data, "found no data"),
        frame_case("no_frames", grafana_frames(""), State::no_data, "the value query found no data"),
        frame_case("no_fields", grafana_frames(R"({"schema":{"fields":[]},"data":{"values":[]}})"), State::no_data, ""),
        frame_case("two_frames", grafana_frames(grafana_frame(k_now_ms, "[1]") + "," + grafana_frame(k_now_ms, "[2]")),
                   State::failed, "found 2 series, and one number is wanted"),
        frame_case("lengths", grafana_frames(grafana_frame(k_now_ms, "[1,2]")), State::failed, "different lengths"),
        frame_case("columns", grafana_frames(R"({"schema":{"fields":[{"type":"number"}]},"data":{"values":[]}})"),
                   State::failed, "do not fit its fields"),
        frame_case("nan", grafana_frames(grafana_frame(k_now_ms, R"(["NaN"])")), State::failed,
                   "\"NaN\", not a number"),
        frame_case("negative", grafana_frames(grafana_frame(k_now_ms, "[-1]")), State::failed, "negative"),
        frame_case("old", grafana_frames(grafana_frame("[1796000000000]", "[1]")), State::stale, "9h 6m old"),
        frame_case("future", grafana_frames(grafana_frame("[1796090000000]", "[1]")), State::failed, "future"),
        frame_case("error_with_200",
                   answer(200, R"({"results":{"A":{"error":"parse error","status":400,"frames":[]}}})"), State::failed,
                   "the data source refused the query (400): parse error"),
        frame_case("error_with_400", answer(400, R"({"results":{"A":{"error":"parse error","status":400}}})"),
                   State::failed, "Grafana answered 400 (parse error)"),
        frame_case("status_alone", answer(200, R"({"results":{"A":{"status":500}}})"), State::failed, "(500)"),
        frame_case("other_query", answer(200, R"({"results":{"B":{"frames":[]}}})"), State::failed, "without a result"),
        frame_case("partly", answer(207, R"({"results":{"A":{"error":"down"}}})"), State::failed, "207 (down)"),
        frame_case("no_datasource", answer(404, R"({"message":"Data source not found"})"), State::failed,
                   "404 (Data source not found): there is nothing of that name; check `url` and `datasource`")),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Grafana, DoesNotAddUpRowsOfCounts) {
  const Reply two = grafana_frames(grafana_frame("[1796032700000,1796032800000]", "[5,7]"));
  ScriptedServer server(
      {two, grafana_frames(grafana_frame(k_now_ms, "[10]")), grafana_frames(grafana_frame(k_now_ms, "[2]"))});
  EXPECT_NE(ask_grafana(grafana_counts(server.url(""))).detail.find("exposures: the query gives 2 rows"),
            std::string::npos);
  EXPECT_EQ(ask_grafana(grafana_counts(server.url(""))).counts, (Counts{2, 10}));
}

TEST(Grafana, AsksThroughTheDataSource) {
  const Reply one = grafana_frames(grafana_frame(k_now_ms, "[1]"));
  ScriptedServer server({one, one});
  Signal signal = grafana_level(server.url(""));
  EXPECT_EQ(ask_grafana(signal).value, 1);
  signal.value = R"({"rawSql": "select n from x where v = '$version'", "format": "table"})";
  EXPECT_EQ(ask_grafana(signal).value, 1);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].target, "/api/ds/query");
  EXPECT_EQ(requests[0].header("authorization"), "Bearer canary");
  EXPECT_EQ(requests[0].body,
            R"x({"from":"1796022000000","queries":[{"datasource":{"uid":"P1"},)x"
            R"x("expr":"max(app_response_seconds{version=\"3.4.0\"})","instant":true,"intervalMs":1000,)x"
            R"x("maxDataPoints":100,"range":false,"refId":"A"}],"to":"1796032800000"})x");
  EXPECT_NE(requests[1].body.find(R"("rawSql":"select n from x where v = '3.4.0'","refId":"A")"), std::string::npos)
      << requests[1].body;
  EXPECT_EQ(requests[1].body.find("expr"), std::string::npos);
}

// ---- alert rules, Prometheus's too -------------------------------------------------------------------------------

struct RuleCase {
  const char* name;
  std::string rules;
  State state;
  bool raised;
  const char* says;
};
void PrintTo(const RuleCase& row, std::ostream* out) { *out << row.name; }
class AlertRules : public ::testing::TestWithParam<RuleCase> {};
TEST_P(AlertRules, ObjectOrCannotTell) {
  const Reply reply =
      answer(200, R"({"status":"success","data":{"groups":[{"rules":[]},{"rules":[)" + GetParam().rules + "]}]}}");
  ScriptedServer server({reply, reply});
  Signal signal = grafana_alarm(server.url(""));
  const Measurement grafana = ask_grafana(signal);
  const Measurement prometheus = make_prometheus({{}, Secret("canary")})->measure(signal, asked_subject());
  for (const auto& seen : {grafana, prometheus}) {
    EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
    EXPECT_EQ(seen.raised, GetParam().raised);
    EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  }
  EXPECT_EQ(server.requests()[0].target, "/api/prometheus/grafana/api/v1/rules");
  EXPECT_EQ(server.requests()[1].target, "/api/v1/rules?type=alert");
  EXPECT_EQ(server.requests()[1].header("authorization"), "Bearer canary");
}
std::string rule_called(const std::string& name, const std::string& state, const std::string& health = "ok",
                        const std::string& more = "", const std::string& evaluated = "2026-11-30T09:59:30.123Z") {
  return R"({"name":")" + name + R"(","type":"alerting","state":")" + state + R"(","health":")" + health +
         R"(","lastEvaluation":")" + evaluated + "\"" + more + "}";
}
const std::string k_quiet_start = "," + rule_called("Slow start", "inactive");
INSTANTIATE_TEST_SUITE_P(
    , AlertRules,
    ::testing::Values(
        RuleCase{"quiet", rule_called("High crash rate", "inactive") + k_quiet_start, State::measured, false, ""},
        RuleCase{"firing", rule_called("High crash rate", "firing") + k_quiet_start, State::measured, true,
                 "firing: High crash rate"},
        RuleCase{"firing_beside_a_missing_one", rule_called("Slow start", "firing"), State::measured, true,
                 "firing: Slow start"},
        RuleCase{"firing_alert", rule_called("High crash rate", "firing", "ok", R"(,"alerts":[{"state":"Alerting"}])"),
                 State::measured, true, "firing"},
        RuleCase{"firing_for_want_of_data",
                 rule_called("High crash rate", "firing", "nodata", R"x(,"alerts":[{"state":"Alerting (NoData)"}])x") +
                     k_quiet_start,
                 State::failed, false, "High crash rate cannot tell: its health is nodata"},
        RuleCase{
            "same_name_twice",
            rule_called("High crash rate", "inactive") + k_quiet_start + "," + rule_called("High crash rate", "firing"),
            State::measured, true, "firing"},
        RuleCase{"pending", rule_called("High crash rate", "pending") + k_quiet_start, State::no_data, false,
                 "High crash rate is pending"},
        RuleCase{"error",
                 rule_called("High crash rate", "inactive", "err", R"(,"lastError":"many-to-many matching")") +
                     k_quiet_start,
                 State::failed, false, "its health is err: many-to-many matching"},
        RuleCase{"unknown_health", rule_called("High crash rate", "inactive", "unknown") + k_quiet_start, State::failed,
                 false, "its health is unknown"},
        RuleCase{"unknown_state", rule_called("High crash rate", "recovering") + k_quiet_start, State::failed, false,
                 "its state is recovering"},
        RuleCase{"paused", rule_called("High crash rate", "inactive", "ok", R"(,"isPaused":true)") + k_quiet_start,
                 State::no_data, false, "is paused"},
        RuleCase{"never_evaluated",
                 rule_called("High crash rate", "inactive", "ok", "", "0001-01-01T00:00:00Z") + k_quiet_start,
                 State::no_data, false, "has not been evaluated yet"},
        RuleCase{"evaluated_long_ago",
                 rule_called("High crash rate", "inactive", "ok", "", "2026-11-30T07:00:00Z") + k_quiet_start,
                 State::stale, false, "High crash rate: the newest sample is 3h old"},
        RuleCase{"missing", rule_called("High crash rate", "inactive"), State::failed, false,
                 "there is no alert rule named Slow start; is `alarms` spelt"},
        RuleCase{"none_at_all", "", State::failed, false, "there is no alert rule named High crash rate"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AlertRulesList, ThatIsNoneHolds) {
  const Reply error = answer(200, R"({"status":"error","errorType":"server_error","error":"rules are loading"})");
  const Reply nothing = answer(200, R"({"status":"success","data":{}})");
  ScriptedServer server({error, error, nothing, nothing});
  const Signal signal = grafana_alarm(server.url(""));
  for (const char* says : {"rules are loading", "no groups of alert rules"}) {
    const auto grafana = ask_grafana(signal);
    const auto prometheus = make_prometheus({})->measure(signal, asked_subject());
    EXPECT_EQ(grafana.state, State::failed);
    EXPECT_EQ(prometheus.state, State::failed);
    EXPECT_NE(grafana.detail.find(says), std::string::npos) << grafana.detail;
    EXPECT_NE(prometheus.detail.find(says), std::string::npos) << prometheus.detail;
  }
}

}  // namespace
}  // namespace train::signals
