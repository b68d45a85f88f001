// The recipes of docs/signals/http.md, each loaded as it stands there and asked of a server that answers in the
// service's shape.
#include <gtest/gtest.h>

#include "compose/catalog.hpp"
#include "support/recipes.hpp"
#include "support/scripted_server.hpp"
#include "train/definition/load.hpp"
#include "train/signals/catalog.hpp"

namespace train::signals {
namespace {

using testbed::answer;

constexpr const char* k_apps =
    "version: 1\ntrain: t\napps:\n  android: { store: google_play, package: com.example.charge, credentials: { "
    "service_account: env:C } }\n";

struct RecipeCase {
  const char* name;
  const char* host;  // in the recipe, in whose place the server stands
  std::vector<std::string> answers;
  std::vector<std::string> targets;  // what each request asks for
  const char* authorization;
  Counts counts;
  double value = 0;
};
void PrintTo(const RecipeCase& row, std::ostream* out) { *out << row.name; }

Subject out_since_three_hours() {
  Subject subject;
  subject.app = "android";
  subject.store_id = "com.example.charge";
  subject.version = *VersionName::parse("3.4.0");
  subject.build = BuildNumber::from(341);
  subject.platform = "android";
  subject.now = Instant(Duration(1796032800));
  subject.start = subject.now - Duration(3 * 3600);
  return subject;
}

class Recipe : public testing::TestWithParam<RecipeCase> {};
TEST_P(Recipe, IsAskedAndReadAsThePageSays) {
  std::vector<testbed::Reply> replies;
  for (const auto& body : GetParam().answers) replies.push_back(answer(200, body));
  testbed::ScriptedServer server(replies);
  const std::string yaml = testbed::with(testbed::recipe("http.md", GetParam().name), GetParam().host, server.url(""));
  const auto loaded = definition::load_text(k_apps + yaml, "/trains/train.yaml", cli::catalog());
  ASSERT_TRUE(loaded) << loaded.error().front().format();
  const Signal& signal = loaded->signals.at(0);
  Site site;
  site.resolve = [](const SecretRef& ref) -> Result<Secret> { return Secret("value of " + ref.value); };
  const auto source = find(signal.source)->make(signal, site);
  ASSERT_TRUE(source) << source.error().text();
  const auto seen = (*source)->measure(signal, out_since_three_hours());
  EXPECT_EQ(seen.state, Measurement::State::measured) << seen.detail;
  EXPECT_EQ(seen.counts, GetParam().counts);
  EXPECT_EQ(seen.value, GetParam().value);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), GetParam().targets.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_NE((requests[i].target + " " + requests[i].body).find(GetParam().targets[i]), std::string::npos)
        << requests[i].target << " " << requests[i].body;
    EXPECT_EQ(requests[i].header("authorization"), GetParam().authorization);
  }
}

std::string series_of(const std::string& value) {
  return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1796032800,")" + value +
         "\"]}]}}";
}

INSTANTIATE_TEST_SUITE_P(
    , Recipe,
    testing::Values(
        RecipeCase{"bugsnag",
                   "https://api.bugsnag.com",
                   {R"([{"id":"a","app_version":"3.4.0","release_stage_name":"production","total_sessions_count":9000,)"
                    R"("unhandled_sessions_count":30,"accumulative_daily_users_seen":5000,)"
                    R"("accumulative_daily_users_with_unhandled":12},{"id":"b","app_version":"3.3.0",)"
                    R"("accumulative_daily_users_seen":90000,"accumulative_daily_users_with_unhandled":200}])"},
                   {"/projects/50baee119bf39431431b004b/release_groups?release_stage_name=production&per_page=30"},
                   "value of BUGSNAG_AUTHORIZATION",
                   {12, 5000}},
        RecipeCase{"embrace",
                   "https://api.embrace.io",
                   {series_of("5000"), series_of("12")},
                   {"hourly_sessions_total", "hourly_crashes_total%7Bapp_id%3D%22a1b2C%22%2Capp_version%3D%223.4.0%22"},
                   "Bearer value of EMBRACE_METRICS_TOKEN",
                   {12, 5000}},
        RecipeCase{"luciq",
                   "https://export.example.com",
                   {R"({"until":"2026-11-30T09:55:00Z","metrics":{"sessions":5000,"crashed_sessions":12}})"},
                   {"/luciq/app-health?app=com.example.charge&version=3.4.0&from=1796022000&to=1796032800"},
                   "Bearer value of LUCIQ_TOKEN",
                   {12, 5000}},
        RecipeCase{
            "dynatrace",
            "https://abc12345.live.dynatrace.com",
            {R"({"totalCount":2,"nextPageKey":null,"resolution":"Inf","result":[{"metricId":"a","data":[{)"
             R"("dimensions":[],"dimensionMap":{},"timestamps":[1796032800000],"values":[12]}]},{"metricId":"b",)"
             R"("data":[{"dimensions":[],"dimensionMap":{},"timestamps":[1796032800000],"values":[5000]}]}]})"},
            {"from=1796022000000&metricSelector=builtin:apps.other.crashAffectedUsers.osAndVersion-std:filter(eq("
             "%22App%20Version%22,%223.4.0%22)):splitBy(),builtin:apps.other.userCount"},
            "value of DYNATRACE_AUTHORIZATION",
            {12, 5000}},
        RecipeCase{"tickets",
                   "https://acme.zendesk.com",
                   {R"({"count":7})"},
                   {"tags:app-3.4.0"},
                   "value of ZENDESK_AUTHORIZATION",
                   {},
                   7}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::signals
