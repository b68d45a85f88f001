// What the built-in Google Play counts and hears back: the Reporting API's rows and freshness, and written reviews.
#include <gtest/gtest.h>

#include <set>

#include "play_store.hpp"

namespace train::testing_play {
namespace {

using namespace std::chrono_literals;

// 2026-11-30T09:00:00Z is one in the morning in Los Angeles. 3.4.0 is used from then on.
struct ReportedPlay : PlayStore {
  ReportedPlay() {
    service->set_usage([this](const AppName&, const VersionName& version, Instant at) {
      sandbox::Usage usage = told;
      if (version == *VersionName::parse("3.4.0"))
        usage.sessions = a_day * static_cast<double>((at - k_start).count()) / 86400.0;
      return usage;
    });
    roll_out(*this, 0.5);
  }
  void pass(Duration length) {
    now += length;
    service->pass_time(now);
  }
  Handled ask(const std::string& path, const Json& body = nullptr) {
    return call(body.is_null() ? "GET" : "POST", base_reporting() + path, body.is_null() ? "" : body.dump());
  }
  static std::string base_reporting() { return "/v1beta1/apps/com.example.charge"; }
  Json fresh(const std::string& set, const std::string& period) {
    const Json document = Json::parse(ask("/" + set).response.body);
    for (const Json& one : document["freshnessInfo"]["freshnesses"]) {
      if (one["aggregationPeriod"] == period) return one["latestEndTime"];
    }
    return nullptr;
  }
  Json query(const std::string& set, const Json& body) {
    return Json::parse(ask("/" + set + ":query", body).response.body);
  }

  double a_day = 24'000;
  sandbox::Usage told{0, 0.002, {}};
};

Json los_angeles(int month, int day) {
  return {{"year", 2026}, {"month", month}, {"day", day}, {"timeZone", {{"id", "America/Los_Angeles"}}}};
}
Json utc(int month, int day, int hours) {
  Json at = {{"year", 2026}, {"month", month}, {"day", day}, {"timeZone", {{"id", "UTC"}}}};
  if (hours != 0) at["hours"] = hours;
  return at;
}
Json asks(const Json& start, const Json& end, const std::string& period = "DAILY") {
  return {{"timelineSpec", {{"aggregationPeriod", period}, {"startTime", start}, {"endTime", end}}},
          {"dimensions", {"versionCode"}},
          {"metrics", {"crashRate", "distinctUsers"}},
          {"filter", "versionCode = 340"}};
}
double value_of(const Json& row, std::size_t metric) {
  return std::stod(row["metrics"][metric]["decimalValue"]["value"].get<std::string>());
}

TEST(PlayReporting, DaysComeADayAndAQuarterLateAndHoursThree) {
  ReportedPlay play;
  EXPECT_EQ(play.fresh("crashRateMetricSet", "DAILY"), los_angeles(11, 28));
  EXPECT_EQ(play.fresh("crashRateMetricSet", "HOURLY"), utc(11, 30, 6));
  play.pass(53h - 1s);
  EXPECT_EQ(play.fresh("crashRateMetricSet", "DAILY"), los_angeles(11, 30));
  play.pass(1s);
  EXPECT_EQ(play.fresh("crashRateMetricSet", "DAILY"), los_angeles(12, 1)) << "its end, 08:00Z, and 30 hours";
  EXPECT_EQ(play.fresh("slowStartRateMetricSet", "HOURLY"), nullptr);
}

TEST(PlayReporting, RowsAreWholeDaysOfTheVersionCode) {
  ReportedPlay play;
  play.pass(48h);
  play.told.crash_rate = 0.05;
  play.pass(53h);
  Json body = play.query("crashRateMetricSet", asks(los_angeles(11, 1), los_angeles(12, 3)));
  ASSERT_EQ(body["rows"].size(), 3u) << body;
  EXPECT_EQ(body["rows"][0]["startTime"], los_angeles(11, 30));
  EXPECT_EQ(body["rows"][0]["dimensions"][0]["int64Value"], "340");
  EXPECT_EQ(value_of(body["rows"][0], 1), 23'000) << "from one o'clock on";
  EXPECT_EQ(value_of(body["rows"][1], 0), 0.002);
  EXPECT_NEAR(value_of(body["rows"][2], 0), (0.002 + 23 * 0.05) / 24, 1e-6)
      << "worse from the second hour of the day on";
  const Json bounds = body["rows"][1]["metrics"][0]["decimalValueConfidenceInterval"];
  EXPECT_LT(std::stod(bounds["lowerBound"]["value"].get<std::string>()), 0.002);
  EXPECT_GT(std::stod(bounds["upperBound"]["value"].get<std::string>()), 0.002);
}

TEST(PlayReporting, HoursAreInUtcAndFewUsersShowNoRow) {
  ReportedPlay play;
  play.a_day = 24 * 120;
  play.pass(10h);
  const auto spec = asks(utc(11, 30, 9), utc(11, 30, 15), "HOURLY");
  EXPECT_EQ(play.query("crashRateMetricSet", spec)["rows"].size(), 6u);
  ReportedPlay quiet;
  quiet.a_day = 24 * 99;
  quiet.pass(10h);
  EXPECT_EQ(quiet.query("crashRateMetricSet", spec), Json::object());
}

TEST(PlayReporting, TheClockMayJumpOrCreep) {
  ReportedPlay jumped;
  jumped.pass(101h);
  ReportedPlay crept;
  for (int i = 0; i < 404; ++i) crept.pass(15min);
  const auto spec = asks(los_angeles(11, 1), los_angeles(12, 3));
  EXPECT_EQ(jumped.query("crashRateMetricSet", spec), crept.query("crashRateMetricSet", spec));
  jumped.pass(Duration(365 * 24 * 3600));  // only what is kept is counted
  EXPECT_EQ(jumped.query("crashRateMetricSet", spec), Json::object());
}

TEST(PlayReporting, SilenceHidesRowsAndAStallStopsTheFreshness) {
  ReportedPlay play;
  play.pass(96h);
  const auto spec = asks(los_angeles(11, 1), los_angeles(12, 2));
  EXPECT_EQ(play.query("crashRateMetricSet", spec)["rows"].size(), 2u);
  play.told.silent = true;
  EXPECT_EQ(play.query("crashRateMetricSet", spec), Json::object());
  const auto before = play.fresh("crashRateMetricSet", "DAILY");
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "stall_reporting"}}));
  play.pass(96h);
  EXPECT_EQ(play.fresh("crashRateMetricSet", "DAILY"), before);
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "resume_reporting"}}));
  EXPECT_EQ(play.fresh("crashRateMetricSet", "DAILY"), los_angeles(12, 6));
}

TEST(PlayReporting, AStallEndsNobodysEdit) {
  ReportedPlay play;
  play.open();
  ASSERT_TRUE(play.person({{"app", "android"}, {"action", "stall_reporting"}}));
  EXPECT_EQ(play.call("GET", play.in_edit("")).response.status, 200);
}

TEST(PlayReporting, PagesGoOn) {
  ReportedPlay play;
  play.pass(24h * 8);
  auto spec = asks(los_angeles(11, 1), los_angeles(12, 6));
  const auto whole = play.query("crashRateMetricSet", spec)["rows"];
  ASSERT_EQ(whole.size(), 6u);
  spec["pageSize"] = 3;
  Json paged = Json::array();
  for (int pages = 1; pages < 10; ++pages) {
    Json body = play.query("crashRateMetricSet", spec);
    for (const Json& row : body["rows"]) paged.push_back(row);
    if (!body.contains("nextPageToken")) break;
    spec["pageToken"] = body["nextPageToken"];
  }
  EXPECT_EQ(paged, whole);
}

TEST(PlayReporting, SetsWithADimensionOfTheirOwn) {
  ReportedPlay play;
  play.pass(72h);
  auto spec = asks(los_angeles(11, 30), los_angeles(12, 1));
  spec["dimensions"] = {"versionCode", "reportType"};
  spec["metrics"] = {"errorReportCount"};
  Json errors = play.query("errorCountMetricSet", spec);
  ASSERT_EQ(errors["rows"].size(), 2u) << errors;
  EXPECT_EQ(errors["rows"][0]["dimensions"][1]["stringValue"], "ANR");
  EXPECT_EQ(value_of(errors["rows"][1], 0), 46) << "0.2 % of 23,000";
  spec["dimensions"] = {"versionCode", "startType"};
  spec["metrics"] = {"slowStartRate"};
  spec["filter"] = "versionCode = 340 AND startType = \"COLD\"";
  Json starts = play.query("slowStartRateMetricSet", spec);
  ASSERT_EQ(starts["rows"].size(), 1u) << starts;
  EXPECT_NEAR(value_of(starts["rows"][0], 0), 0.02, 1e-9);
}

struct RefusedQuestion {
  const char* name;
  void (*change)(Json&);
  const char* says;
  const char* set = "crashRateMetricSet";
};
void PrintTo(const RefusedQuestion& row, std::ostream* out) { *out << row.name; }

class PlayQuestions : public testing::TestWithParam<RefusedQuestion> {};
TEST_P(PlayQuestions, AreRefusedInGooglesShape) {
  ReportedPlay play;
  play.pass(101h);
  auto spec = asks(los_angeles(12, 1), los_angeles(12, 3));
  GetParam().change(spec);
  const auto handled = play.ask(std::string("/") + GetParam().set + ":query", spec);
  EXPECT_EQ(handled.response.status, 400) << handled.response.body;
  const auto error = Json::parse(handled.response.body)["error"];
  EXPECT_EQ(error["status"], "INVALID_ARGUMENT");
  EXPECT_NE(error["message"].get<std::string>().find(GetParam().says), std::string::npos) << error;
}
INSTANTIATE_TEST_SUITE_P(
    , PlayQuestions,
    testing::Values(
        RefusedQuestion{"past_what_is_fresh", [](Json& s) { s["timelineSpec"]["endTime"] = los_angeles(12, 4); },
                        "after the latest available data, 2026-12-03T08:00:00Z"},
        RefusedQuestion{"utc_days", [](Json& s) { s["timelineSpec"]["endTime"]["timeZone"]["id"] = "UTC"; },
                        "the only supported timezone for DAILY is America/Los_Angeles"},
        RefusedQuestion{"part_of_a_day", [](Json& s) { s["timelineSpec"]["startTime"]["hours"] = 3; }, "aligned"},
        RefusedQuestion{"minutes", [](Json& s) { s["timelineSpec"]["startTime"]["minutes"] = 0; }, "must be aligned"},
        RefusedQuestion{"backwards", [](Json& s) { s["timelineSpec"]["startTime"] = los_angeles(12, 3); },
                        "must be before"},
        RefusedQuestion{"no_date", [](Json& s) { s["timelineSpec"].erase("endTime"); }, "timeline_spec.endTime"},
        RefusedQuestion{"no_period", [](Json& s) { s["timelineSpec"].erase("aggregationPeriod"); }, "is not supported"},
        RefusedQuestion{"hourly_starts", [](Json& s) { s["timelineSpec"]["aggregationPeriod"] = "HOURLY"; },
                        "is not supported by this metric set", "slowStartRateMetricSet"},
        RefusedQuestion{"unknown_field", [](Json& s) { s["metric"] = "x"; }, "Unknown name \"metric\" at 'query'"},
        RefusedQuestion{"foreign_metric", [](Json& s) { s["metrics"] = {"anrRate"}; }, "cannot be used together"},
        RefusedQuestion{"no_metric", [](Json& s) { s["metrics"] = Json::array(); }, "cannot be used together"},
        RefusedQuestion{"no_start_type", [](Json& s) { s["metrics"] = {"slowStartRate"}; }, "cannot be used together",
                        "slowStartRateMetricSet"},
        RefusedQuestion{"inequality", [](Json& s) { s["filter"] = "versionCode >= 340"; }, "Only equality"},
        RefusedQuestion{"foreign_filter", [](Json& s) { s["filter"] = "reportType = CRASH"; }, "not supported by this"},
        RefusedQuestion{"page_token", [](Json& s) { s["pageToken"] = "x"; }, "page token is invalid"},
        RefusedQuestion{"page_size", [](Json& s) { s["pageSize"] = -1; }, "page_size"},
        RefusedQuestion{"cohort", [](Json& s) { s["userCohort"] = "EVERYBODY"; }, "user_cohort"}),
    [](const auto& row) { return row.param.name; });

TEST(PlayReporting, OtherPathsAreNotFound) {
  ReportedPlay play;
  for (const char* path : {"/lmkRateMetricSet", "/crashRateMetricSet:delete", "/crashRateMetricSet/x", ""})
    EXPECT_EQ(play.ask(path).response.status, 404) << path;
  EXPECT_EQ(play.call("GET", "/v1beta1/apps/com.other/crashRateMetricSet").response.status, 404);
}

TEST(PlayReporting, DaysOutOfTheOrdinaryAreOneAnomalyOfTheirVersionCode) {
  ReportedPlay play;
  const auto anomalies = [&](const std::string& filter) {
    return Json::parse(play.call("GET", play.base_reporting() + "/anomalies", "", {{"filter", filter}}).response.body);
  };
  const std::string always = "activeBetween(UNBOUNDED, UNBOUNDED)";
  play.pass(72h);
  EXPECT_EQ(anomalies(always), Json::object()) << "nothing is";
  play.told.crash_rate = 0.05;
  play.pass(96h);
  const Json found = anomalies(always)["anomalies"];
  ASSERT_EQ(found.size(), 1u) << found;
  EXPECT_EQ(found[0]["dimensions"][0]["int64Value"], "340");
  EXPECT_EQ(found[0]["metric"]["metric"], "crashRate");
  EXPECT_EQ(found[0]["timelineSpec"]["startTime"], los_angeles(12, 3));
  EXPECT_EQ(found[0]["timelineSpec"]["endTime"], los_angeles(12, 5)) << "days in a row are one";
  EXPECT_EQ(anomalies("activeBetween(\"2026-12-05T00:00:00Z\", UNBOUNDED)")["anomalies"].size(), 1u);
  EXPECT_EQ(anomalies("activeBetween(\"2026-12-06T00:00:00Z\", UNBOUNDED)"), Json::object());
  EXPECT_EQ(anomalies("whatever")["error"]["code"], 400);
}

TEST(PlayFeedback, ReviewsAreThoseOfAWeekNewestFirst) {
  ReportedPlay play;
  play.a_day = 20'000;  // ten reviews a day
  play.told.named["low_reviews"] = 0.5;
  play.pass(24h * 3);
  std::vector<Json> all;
  std::string token;
  for (int pages = 0; pages < 40; ++pages) {
    std::vector<std::pair<std::string, std::string>> query{{"maxResults", "50"}};
    if (!token.empty()) query.emplace_back("token", token);
    Json body = Json::parse(play.call("GET", play.base() + "/reviews", "", query).response.body);
    for (const Json& review : body["reviews"]) all.push_back(review);
    if (!body.contains("tokenPagination")) break;
    token = body["tokenPagination"]["nextPageToken"].get<std::string>();
  }
  int own = 0;
  int low = 0;
  std::set<std::string> ids;
  std::string last = "9999999999";
  for (const Json& review : all) {
    const Json& comment = review["comments"][0]["userComment"];
    const auto at = comment["lastModified"]["seconds"].get<std::string>();
    EXPECT_LE(at, last);
    last = at;
    ids.insert(review["reviewId"].get<std::string>());
    if (comment.value("appVersionCode", 0) != 340) continue;
    ++own;
    low += comment["starRating"] <= 2 ? 1 : 0;
  }
  EXPECT_EQ(ids.size(), all.size());
  EXPECT_EQ(own, 29) << "30, one of which tells no version";
  EXPECT_NEAR(low, 15, 1);
  EXPECT_GT(std::stoll(last), (play.now - 24h * 7).time_since_epoch().count());
  EXPECT_EQ(play.call("GET", play.base() + "/reviews", "", {{"max", "1"}}).response.status, 400);
  EXPECT_EQ(play.call("GET", play.base() + "/reviews", "", {{"token", "x"}}).response.status, 400);
  EXPECT_EQ(play.call("GET", play.base() + "/reviews", "", {{"maxResults", "0"}}).response.status, 400);
}

}  // namespace
}  // namespace train::testing_play
