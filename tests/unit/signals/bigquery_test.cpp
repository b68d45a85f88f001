// BigQuery's rows, its reasons, and variables in its SQL.
#include "../../../src/signals/bigquery_sql.hpp"

#include <nlohmann/json.hpp>

#include "odd_answers.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;
using Sql = nlohmann::json;

const Reply k_bigquery_token = answer(200, R"({"access_token":"canary","expires_in":3600,"token_type":"Bearer"})");

Signal bigquery_signal(const std::string& url, const std::string& query = "SELECT 1 AS events, 2 AS exposures") {
  Signal signal;
  signal.source = "bigquery";
  signal.url = url;
  signal.options = {{"project", "charge-prod"}, {"query", query}, {"maximum_gb_billed", "10"}};
  return signal;
}

struct BigQueryAsked {
  Signal signal;
  Subject subject = asked_subject();
};

Measurement ask_bigquery(const BigQueryAsked& asked, Link link = {}) {
  ScriptedServer tokens({k_bigquery_token});
  const auth::AuthorizedUser user{"id", Secret("secret"), Secret("refresh"), tokens.url("/token")};
  return make_bigquery(std::move(link), user)->measure(asked.signal, asked.subject);
}

// A whole answer: columns, and rows of values as they stand in JSON.
std::string answered(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& rows,
                     const std::string& more = "") {
  std::string fields, lines;
  for (const auto& name : columns) fields += (fields.empty() ? "" : ",") + (R"({"name":")" + name + R"("})");
  for (const auto& row : rows) {
    std::string values;
    for (const auto& value : row) values += (values.empty() ? "" : ",") + (R"({"v":)" + value + "}");
    lines += (lines.empty() ? "" : ",") + (R"({"f":[)" + values + "]}");
  }
  return R"({"jobComplete":true,"totalRows":")" + std::to_string(rows.size()) + R"(","schema":{"fields":[)" + fields +
         R"(]},"rows":[)" + lines + "]" + more + "}";
}
std::string counted(const std::string& events, const std::string& exposures) {
  return answered({"events", "exposures"}, {{events, exposures}});
}
std::string refused(const std::string& reason, const std::string& message) {
  return R"({"error":{"code":400,"message":")" + message + R"(","errors":[{"reason":")" + reason + R"("}]}})";
}

TEST(BigQuery, HoldsOnOddAnswers) {
  expect_odd_answers_to_hold(
      [](const std::string& url, Link link) { return ask_bigquery({bigquery_signal(url)}, std::move(link)); });
}

class BigQueryRows : public ::testing::TestWithParam<AskedCase> {};
TEST_P(BigQueryRows, AreReadStrictly) {
  expect_case(GetParam(), [](const std::string& url) { return ask_bigquery({bigquery_signal(url)}); });
}
AskedCase row_case(const char* name, const std::string& body, State state, const char* says, Counts counts = {}) {
  return {name, {answer(200, body)}, state, says, counts};
}
AskedCase refused_case(const char* name, int status, const std::string& reason, const char* says) {
  return {name, {answer(status, refused(reason, "Google's words"))}, State::failed, says, {}};
}
INSTANTIATE_TEST_SUITE_P(
    , BigQueryRows,
    ::testing::Values(
        row_case("one_row", counted("\"3\"", "\"1000\""), State::measured, "", {3, 1000}),
        row_case("a_row_of_zeros", counted("\"0\"", "\"0\""), State::measured, ""),
        row_case("no_row", answered({"events", "exposures"}, {}), State::no_data, "gives no row"),
        row_case("two_rows", answered({"events", "exposures"}, {{"\"1\"", "\"2\""}, {"\"1\"", "\"2\""}}), State::failed,
                 "gives 2 rows, and one is wanted"),
        row_case("no_exposures", counted("\"3\"", "null"), State::no_data, "`exposures` is NULL"),
        row_case("no_events", counted("null", "\"3\""), State::no_data, "set absent_is_zero"),
        row_case("other_columns", answered({"crashes", "exposures"}, {{"\"1\"", "\"2\""}}), State::failed,
                 "no column `events`"),
        row_case("words", counted("\"many\"", "\"3\""), State::failed, "`events` is \"many\", not a number"),
        row_case("nan", counted("\"NaN\"", "\"3\""), State::failed, "not a number"),
        row_case("negative", counted("\"-1\"", "\"3\""), State::failed, "negative"),
        row_case("more_events", counted("\"4\"", "\"3\""), State::failed, "more events (4) than exposures (3)"),
        row_case("too_short", answered({"events", "exposures"}, {{"\"1\""}}), State::failed, "another width"),
        row_case("no_schema", R"({"jobComplete":true,"totalRows":"1","rows":[{"f":[]}]})", State::failed,
                 "without the names"),
        row_case("no_total", R"({"jobComplete":true})", State::failed, "totalRows"),
        row_case("no_job", R"({"jobComplete":false})", State::failed, "names no job"),
        row_case("old", answered({"events", "exposures", "as_of"}, {{"\"1\"", "\"2\"", "\"1.796E9\""}}), State::stale,
                 "the newest sample is"),
        refused_case("bytes", 400, "bytesBilledLimitExceeded", "more than `maximum_gb_billed` allows"),
        refused_case("quota", 403, "quotaExceeded", "a quota of the project is used up"),
        refused_case("rights", 403, "accessDenied", "the role BigQuery Job User"),
        refused_case("api_off", 403, "accessNotConfigured", "the BigQuery API is not enabled"),
        refused_case("no_table", 404, "notFound", "(Google's words): there is nothing of that name there"),
        refused_case("syntax", 400, "invalidQuery", "BigQuery does not accept the query")),
    [](const auto& row) { return std::string(row.param.name); });

TEST(BigQuery, OnlyRightsAreAMatterOfRights) {
  for (const auto& [reason, rights] : {std::pair("quotaExceeded", false), std::pair("accessDenied", true)}) {
    ScriptedServer server({answer(403, refused(reason, "no"))});
    EXPECT_EQ(ask_bigquery({bigquery_signal(server.url(""))}).unauthorized, rights) << reason;
  }
}

TEST(BigQuery, TellsLagAndDesignEffectWhereTheQueryDoes) {
  const std::string row = answered({"events", "exposures", "lag_seconds", "design_effect", "as_of"},
                                   {{"\"3\"", "\"1000\"", "\"5400.2\"", "\"2.5\"", "\"1.796031E9\""}});
  ScriptedServer server({answer(200, row)});
  const auto seen = ask_bigquery({bigquery_signal(server.url(""))});
  ASSERT_EQ(seen.state, State::measured) << seen.detail;
  EXPECT_EQ(seen.lag, Duration(5401));
  EXPECT_EQ(seen.design_effect, 2.5);
  EXPECT_EQ(seen.as_of, Instant(Duration(1796031000)));
}

TEST(BigQuery, SendsParametersAndBounds) {
  ScriptedServer server({answer(200, counted("\"3\"", "\"1000\""))});
  auto signal =
      bigquery_signal(server.url(""), "SELECT 1 AS events, 2 AS exposures FROM t WHERE v = $version AND $start");
  signal.options["dataset"] = "other-project.firebase";
  signal.options["location"] = "EU";
  signal.options["maximum_gb_billed"] = "0.5";
  ASSERT_EQ(ask_bigquery({signal}).state, State::measured);
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.target, "/bigquery/v2/projects/charge-prod/queries");
  EXPECT_EQ(request.header("authorization"), "Bearer canary");
  const auto body = Sql::parse(request.body);
  EXPECT_EQ(body["query"], "SELECT 1 AS events, 2 AS exposures FROM t WHERE v = @version AND @start");
  EXPECT_EQ(body["useLegacySql"], false);
  EXPECT_EQ(body["maximumBytesBilled"], "500000000");
  EXPECT_EQ(body["location"], "EU");
  EXPECT_EQ(body["defaultDataset"], (Sql{{"projectId", "other-project"}, {"datasetId", "firebase"}}));
  EXPECT_EQ(body["queryParameters"].dump(),
            R"([{"name":"version","parameterType":{"type":"STRING"},"parameterValue":{"value":"3.4.0"}},)"
            R"({"name":"start","parameterType":{"type":"INT64"},"parameterValue":{"value":"1796022000"}}])");
}

TEST(BigQuery, WaitsForItsJobWhereItRunsAndReadsTheNextPage) {
  const std::string job = R"("jobReference":{"projectId":"charge-prod","jobId":"j 1","location":"EU"})";
  ScriptedServer server({answer(200, R"({"jobComplete":false,)" + job + "}"),
                         answer(200, R"({"jobComplete":true,"totalRows":"1","pageToken":"p",)" + job + "}"),
                         answer(200, counted("\"3\"", "\"1000\""))});
  const auto seen = ask_bigquery({bigquery_signal(server.url(""))});
  EXPECT_EQ(seen.counts, (Counts{3, 1000})) << seen.detail;
  EXPECT_EQ(server.requests().at(1).target,
            "/bigquery/v2/projects/charge-prod/queries/j%201?maxResults=2&timeoutMs=5000&location=EU");
  EXPECT_EQ(server.requests().at(2).target,
            "/bigquery/v2/projects/charge-prod/queries/j%201?maxResults=2&timeoutMs=5000&location=EU&pageToken=p");
}

TEST(BigQuery, GivesUpOnAQueryThatDoesNotEnd) {
  const Reply running = answer(200, R"({"jobComplete":false,"jobReference":{"jobId":"j"}})");
  ScriptedServer server({}, [&](const testbed::SeenRequest&) { return running; });
  const auto seen = ask_bigquery({bigquery_signal(server.url(""))});
  EXPECT_EQ(seen.state, State::failed);
  EXPECT_NE(seen.detail.find("still runs after a minute"), std::string::npos) << seen.detail;
  EXPECT_EQ(server.request_count(), 11u);
}

TEST(BigQuery, TakesAQueryForEachNumberToo) {
  ScriptedServer server({answer(200, answered({"n"}, {{"\"1000\""}})), answer(200, answered({"n"}, {{"\"3\""}})),
                         answer(200, answered({"a", "b"}, {{"\"1\"", "\"2\""}}))});
  auto signal = bigquery_signal(server.url(""));
  signal.options.erase("query");
  signal.exposures = "SELECT COUNT(*) FROM t";
  signal.events = "SELECT COUNTIF(crashed) FROM t";
  EXPECT_EQ(ask_bigquery({signal}).counts, (Counts{3, 1000}));
  EXPECT_NE(ask_bigquery({signal}).detail.find("gives 2 columns, and one number is wanted"), std::string::npos);
}

TEST(BigQuery, SaysWhatALookCostsByADryRun) {
  ScriptedServer server({k_bigquery_token, answer(200, R"({"jobComplete":true,"totalBytesProcessed":"2480000000"})"),
                         answer(404, refused("notFound", "Not found: Table t"))});
  const auth::AuthorizedUser user{"id", Secret("secret"), Secret("refresh"), server.url("/token")};
  const auto source = make_bigquery({}, user);
  EXPECT_EQ(source->cost(bigquery_signal(server.url("")), asked_subject()),
            "one look reads 2.48 GB; 10 GB are billed at most");
  EXPECT_EQ(Sql::parse(server.requests().at(1).body)["dryRun"], true);
  const auto failed = source->cost(bigquery_signal(server.url("")), asked_subject());
  EXPECT_EQ(failed.find("the dry run fails: dry run: BigQuery answered 404 (Not found: Table t)"), 0u) << failed;
}

struct SqlCase {
  const char* name;
  const char* query;
  const char* filled;  // or what is wrong with it
  std::size_t parameters = 0;
  const char* app = "android";
};
void PrintTo(const SqlCase& row, std::ostream* out) { *out << row.name; }

class FillSql : public ::testing::TestWithParam<SqlCase> {};
TEST_P(FillSql, KeepsValuesOutOfTheLanguage) {
  Subject subject = asked_subject();
  subject.app = GetParam().app;
  subject.store_id = "com.example.charge";
  const auto filled = fill_sql(GetParam().query, subject);
  if (!filled) {
    EXPECT_NE(filled.error().detail.find(GetParam().filled), std::string::npos) << filled.error().detail;
    return;
  }
  EXPECT_EQ(filled->text, GetParam().filled);
  EXPECT_EQ(filled->parameters.size(), GetParam().parameters);
}
INSTANTIATE_TEST_SUITE_P(
    , FillSql,
    ::testing::Values(SqlCase{"parameters", "$version = ${build} OR $version", "@version = @build OR @version", 2},
                      SqlCase{"in_a_string", "a = '$app' AND b = \"v$version\"", "a = 'android' AND b = \"v3.4.0\""},
                      SqlCase{"quotes_are_escaped", "a = '$app'", R"(a = '\' OR 1=1 -- \\')", 0, R"(' OR 1=1 -- \)"},
                      SqlCase{"a_triple_quote", "a = '''it's $app''' AND $version", "a = '''it's x\\'y''' AND @version",
                              1, "x'y"},
                      SqlCase{"a_raw_string_takes_plain_values", "r'$version\\' $build'", "r'3.4.0\\' 341'"},
                      SqlCase{"and_no_others", "r'$app'", "cannot stand in the query", 0, "x'y"},
                      SqlCase{"a_tables_name", "FROM `p.firebase_sessions.${firebase_table}_REALTIME`",
                              "FROM `p.firebase_sessions.com_example_charge_ANDROID_REALTIME`"},
                      SqlCase{"no_way_out_of_a_name", "FROM `$app`", "cannot stand in the query", 0, "x` UNION"},
                      SqlCase{"comments_stay", "-- it's $app\n# '$app\n/* ' $app */ $app",
                              "-- it's $app\n# '$app\n/* ' $app */ @app", 1},
                      SqlCase{"an_escaped_quote", R"('\'$app' $app)", R"('\'android' @app)", 1},
                      SqlCase{"the_stores_id", "$bundle_id '$bundle_id'", "@bundle_id 'com.example.charge'", 1},
                      SqlCase{"a_decorator_is_none", "`t$20260101`", "`t$20260101`"},
                      SqlCase{"an_unknown_one", "$bundle", "unknown variable $bundle; allowed are $app $bundle_id"},
                      SqlCase{"an_open_string", "'$version", "'3.4.0"},
                      SqlCase{"an_open_comment", "/* $version", "/* $version"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::signals
