// Sentry's sessions, as its own documentation writes them, and oddly.
#include "odd_answers.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using testbed::answer;
using testbed::ScriptedServer;

Signal sentry_signal(const std::string& url, const std::string& metric = "sessions") {
  Signal signal;
  signal.name = "crashes";
  signal.source = "sentry";
  signal.url = url;
  signal.options = {{"organization", "acme inc"},
                    {"project", "42"},
                    {"metric", metric},
                    {"release", "com.example.charge@$version+$build"}};
  return signal;
}

Measurement ask_sentry(const Signal& signal, Link link = {}, const Subject& subject = asked_subject()) {
  return make_sentry(std::move(link), Secret("canary"))->measure(signal, subject);
}

const std::string k_three_hours = R"(["2026-11-30T07:00:00Z","2026-11-30T08:00:00Z","2026-11-30T09:00:00Z"])";
std::string sentry_group(const std::string& status, const std::string& series, const std::string& users = "0") {
  return R"x({"by":{"session.status":")x" + status + R"x("},"totals":{"sum(session)":99,"count_unique(user)":)x" +
         users + R"x(},"series":{"sum(session)":)x" + series + "}}";
}
std::string sentry_answer(const std::string& groups, const std::string& intervals = k_three_hours) {
  return R"({"start":"2026-11-30T07:00:00Z","end":"2026-11-30T10:00:00Z","intervals":)" + intervals + R"(,"groups":[)" +
         groups + "]}";
}
const std::string k_healthy = sentry_group("healthy", "[100,200,300]", "500");
const std::string k_crashed = sentry_group("crashed", "[1,2,3]", "5");

TEST(Sentry, HoldsOnOddAnswers) {
  expect_odd_answers_to_hold(
      [](const std::string& url, Link link) { return ask_sentry(sentry_signal(url), std::move(link)); });
}

class SentrySessions : public ::testing::TestWithParam<AskedCase> {};
TEST_P(SentrySessions, AreReadStrictly) {
  expect_case(GetParam(), [](const std::string& url) { return ask_sentry(sentry_signal(url)); });
}
AskedCase sentry_case(const char* name, const std::string& body, State state, const char* says, Counts counts = {}) {
  return {name, {answer(200, body)}, state, says, counts};
}
INSTANTIATE_TEST_SUITE_P(
    , SentrySessions,
    ::testing::Values(
        sentry_case("sums", sentry_answer(k_healthy + "," + k_crashed), State::measured, "", {6, 606}),
        sentry_case("every_status",
                    sentry_answer(k_healthy + "," + k_crashed + "," + sentry_group("errored", "[1,1,1]") + "," +
                                  sentry_group("abnormal", "[0,0,1]") + "," + sentry_group("unhandled", "[0,1,0]")),
                    State::measured, "", {6, 611}),
        sentry_case("none_yet",
                    sentry_answer(sentry_group("healthy", "[0,0,0]") + "," + sentry_group("crashed", "[0,0,0]")),
                    State::measured, "", {0, 0}),
        sentry_case("open_hour",
                    sentry_answer(sentry_group("healthy", "[1,1,1,50]") + "," + sentry_group("crashed", "[0,0,0,50]"),
                                  R"(["2026-11-30T07:00:00Z","2026-11-30T08:00:00Z","2026-11-30T09:00:00Z",)"
                                  R"("2026-11-30T10:00:00Z"])"),
                    State::measured, "", {0, 3}),
        sentry_case("no_groups", sentry_answer(""), State::no_data, "no session of this release yet; is `release`"),
        sentry_case("no_crashed", sentry_answer(k_healthy), State::no_data, "nothing about crashed sessions"),
        sentry_case("twice", sentry_answer(k_crashed + "," + k_crashed), State::failed, "twice"),
        sentry_case("unknown_status", sentry_answer(k_crashed + "," + sentry_group("melted", "[1,1,1]")), State::failed,
                    "a status that is not known here: melted"),
        sentry_case("no_status", sentry_answer(R"({"by":{},"totals":{},"series":{}})"), State::failed, "status"),
        sentry_case("short_series", sentry_answer(sentry_group("crashed", "[1,2]")), State::failed, "for each hour"),
        sentry_case("null_in_series", sentry_answer(sentry_group("crashed", "[1,null,2]")), State::failed,
                    "null, not a number"),
        sentry_case("nan", sentry_answer(sentry_group("crashed", R"([1,"NaN",2])")), State::failed, "NaN"),
        sentry_case("negative", sentry_answer(sentry_group("crashed", "[1,-1,2]")), State::failed, "negative"),
        sentry_case("no_intervals", R"({"groups":[]})", State::failed, "no intervals"),
        sentry_case("odd_interval", sentry_answer(k_crashed, R"(["noon"])"), State::failed, "no time: \"noon\""),
        sentry_case("error_with_200", R"({"detail":"Internal Error"})", State::failed, "no intervals")),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Sentry, TakesItsTotalOfUsersWhoComeInSeveralHours) {
  ScriptedServer server({answer(200, sentry_answer(k_healthy + "," + k_crashed))});
  const Measurement seen = ask_sentry(sentry_signal(server.url(""), "users"));
  EXPECT_EQ(seen.counts, (Counts{5, 505})) << seen.detail;
  EXPECT_NE(server.requests()[0].target.find("field=count_unique%28user%29"), std::string::npos);
}

TEST(Sentry, AsksForWholeHoursOfOneRelease) {
  ScriptedServer server({answer(200, sentry_answer(k_healthy + "," + k_crashed))});
  Signal signal = sentry_signal(server.url(""));
  signal.options["environment"] = "prod";
  Subject subject = asked_subject();
  subject.now += Duration(1799);
  subject.start += Duration(60);
  const Measurement seen = ask_sentry(signal, {}, subject);
  ASSERT_EQ(seen.state, State::measured) << seen.detail;
  EXPECT_EQ(seen.as_of, k_asked_at) << "the open hour is not counted";
  EXPECT_NE(seen.link.find("/organizations/acme%20inc/releases/com.example.charge%403.4.0%2B341/?project=42"),
            std::string::npos);
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.target,
            "/api/0/organizations/acme%20inc/sessions/?project=42&field=sum%28session%29&groupBy=session.status"
            "&query=release%3A%22com.example.charge%403.4.0%2B341%22&start=2026-11-30T07%3A00%3A00Z"
            "&end=2026-11-30T10%3A00%3A00Z&interval=1h&environment=prod");
  EXPECT_EQ(request.header("authorization"), "Bearer canary");
}

TEST(Sentry, AsksNothingItCannotAskRightly) {
  ScriptedServer server({});
  Subject subject = asked_subject();
  subject.start = subject.now;
  EXPECT_NE(ask_sentry(sentry_signal(server.url("")), {}, subject).detail.find("first is not over"), std::string::npos);
  subject = asked_subject();
  subject.build.reset();
  EXPECT_EQ(ask_sentry(sentry_signal(server.url("")), {}, subject).state, State::no_data);
  Signal signal = sentry_signal(server.url(""));
  signal.options["release"] = "app@*";
  EXPECT_NE(ask_sentry(signal).detail.find("takes for its own"), std::string::npos);
  EXPECT_EQ(server.request_count(), 0u);
}

}  // namespace
}  // namespace train::signals
