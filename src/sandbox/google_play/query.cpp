#include "google_play/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "http/json_text.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::play {

const std::vector<ReportedSet>& reported_sets() {
  static const std::vector<ReportedSet> all = {
      {"crashRateMetricSet", {"crashRate", "userPerceivedCrashRate"}, &HourOfUse::crash_rate, "", {}, true},
      {"anrRateMetricSet", {"anrRate", "userPerceivedAnrRate"}, &HourOfUse::anr_rate, "", {}, true},
      {"slowStartRateMetricSet",
       {"slowStartRate"},
       &HourOfUse::slow_start_rate,
       "startType",
       {"COLD", "HOT", "WARM"},
       false},
      {"errorCountMetricSet", {}, nullptr, "reportType", {"ANR", "CRASH"}, false},
  };
  return all;
}

const Zone& reporting_zone() {
  static const Zone zone = Zone::find(k_reporting_zone).value_or(Zone());
  return zone;
}

std::string_view word_of_period(Every every) {
  switch (every) {
    case Every::day:
      return "DAILY";
    case Every::hour:
      return "HOURLY";
  }
  return "";
}

Instant fresh_end(const Feedback& feedback, Every every, Instant now) {
  const Instant at = feedback.stalled_at ? std::min(*feedback.stalled_at, now) : now;
  switch (every) {
    case Every::day:
      return reporting_zone().start_of_day(at - k_day_counted_after);
    case Every::hour:
      return Instant(std::chrono::floor<std::chrono::hours>((at - k_hour_counted_after).time_since_epoch()));
  }
  return at;
}

Instant next_of(Instant start, Every every) {
  return every == Every::day ? reporting_zone().start_of_day(start, 1) : start + Duration(3600);
}

namespace {

using Json = nlohmann::json;

constexpr std::int64_t k_rows_default = 1000;
constexpr std::int64_t k_rows_most = 100'000;

Refusal never_together() {
  return bad_request("The requested metrics, dimensions and aggregation_period cannot be used together.");
}

std::optional<Refusal> only_known(const Json& object, std::initializer_list<std::string_view> known,
                                  const std::string& where) {
  if (!object.is_object()) return bad_request(fmt::format("Invalid value at '{}': an object is expected.", where));
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return bad_request(fmt::format("Invalid JSON payload received. Unknown name \"{}\" at '{}': Cannot find field.",
                                     printable(key, 80), where));
    }
  }
  return std::nullopt;
}

std::optional<int> whole_at(const Json& date, const char* name) {
  const auto found = date.find(name);
  if (found == date.end()) return 0;
  if (!found->is_number_integer() || *found < 0 || *found > 9999) return std::nullopt;
  return found->get<int>();
}

Answered<Instant> date_of(const Json& spec, const char* name, Every every) {
  const auto where = fmt::format("timeline_spec.{}", name);
  const Json date = spec.value(name, Json());
  if (auto wrong = only_known(
          date, {"year", "month", "day", "hours", "minutes", "seconds", "nanos", "timeZone", "utcOffset"}, where))
    return refuse(std::move(*wrong));
  for (const auto* finer : {"minutes", "seconds", "nanos"}) {
    if (date.contains(finer)) return refuse(bad_request(where + " must be aligned to the aggregation period."));
  }
  const auto zone = date.value("timeZone", Json::object()).value("id", std::string());
  const bool fits =
      every == Every::day ? zone == k_reporting_zone && !date.contains("hours") : zone.empty() || zone == "UTC";
  if (!fits || date.contains("utcOffset")) {
    return refuse(bad_request(fmt::format("{}: the only supported timezone for {} is {}, aligned to the period.", where,
                                          word_of_period(every), every == Every::day ? k_reporting_zone : "UTC")));
  }
  const auto year = whole_at(date, "year");
  const auto month = whole_at(date, "month");
  const auto day = whole_at(date, "day");
  const auto hours = whole_at(date, "hours");
  if (!year || !month || !day || !hours || *hours > 23) return refuse(bad_request(where + " is not a date."));
  const std::chrono::year_month_day calendar{std::chrono::year(*year),
                                             std::chrono::month(static_cast<unsigned>(*month)),
                                             std::chrono::day(static_cast<unsigned>(*day))};
  if (!calendar.ok()) return refuse(bad_request(where + " is not a date."));
  const LocalTime local{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day), *hours, 0, 0};
  return every == Every::day ? reporting_zone().to_instant(local) : Zone().to_instant(local);
}

std::optional<Refusal> read_timeline(const Json& body, const ReportedSet& set, const Feedback& feedback, Instant now,
                                     Query& query) {
  const Json spec = body.value("timelineSpec", Json());
  if (auto wrong = only_known(spec, {"aggregationPeriod", "startTime", "endTime"}, "timeline_spec")) return wrong;
  const Json period = spec.value("aggregationPeriod", Json());
  if (period == "HOURLY" && set.by_the_hour)
    query.every = Every::hour;
  else if (period != "DAILY")
    return bad_request("timeline_spec.aggregation_period is not supported by this metric set.");
  const auto start = date_of(spec, "startTime", query.every);
  if (!start) return start.error();
  const auto end = date_of(spec, "endTime", query.every);
  if (!end) return end.error();
  if (*start >= *end) return bad_request("timeline_spec.start_time must be before timeline_spec.end_time.");
  if (const auto fresh = fresh_end(feedback, query.every, now); *end > fresh) {
    return bad_request(fmt::format("timeline_spec.end_time is after the latest available data, {}; see freshness_info.",
                                   format_rfc3339(fresh)));
  }
  query.start = *start;
  query.end = *end;
  return std::nullopt;
}

std::optional<Refusal> read_words(const Json& body, const char* name, const std::vector<std::string_view>& known,
                                  std::vector<std::string>& out) {
  const Json list = body.value(name, Json::array());
  if (!list.is_array()) return bad_request(fmt::format("Invalid value at '{}': a list is expected.", name));
  for (const Json& word : list) {
    const bool good = word.is_string() && std::find(known.begin(), known.end(), word.get<std::string>()) != known.end();
    if (!good) return never_together();
    out.push_back(word.get<std::string>());
  }
  return std::nullopt;
}

std::optional<Refusal> read_columns(const Json& body, const ReportedSet& set, Query& query) {
  std::vector<std::string_view> metrics = set.rates;
  if (set.share == nullptr) metrics.emplace_back("errorReportCount");
  metrics.emplace_back("distinctUsers");
  std::vector<std::string_view> dimensions{"versionCode"};
  if (!set.needs.empty()) dimensions.push_back(set.needs);
  if (auto wrong = read_words(body, "metrics", metrics, query.metrics)) return wrong;
  if (auto wrong = read_words(body, "dimensions", dimensions, query.dimensions)) return wrong;
  const auto& given = query.dimensions;
  const bool needed = set.needs.empty() || std::find(given.begin(), given.end(), set.needs) != given.end();
  if (query.metrics.empty() || !needed) return never_together();
  if (std::find(given.begin(), given.end(), "versionCode") == given.end())
    return bad_request("The built-in store answers by versionCode only.");
  return std::nullopt;
}

// Equality only, joined by AND.
std::optional<Refusal> read_filter(const Json& body, const ReportedSet& set, Query& query) {
  const Json filter = body.value("filter", Json(""));
  if (!filter.is_string()) return bad_request("Invalid value at 'filter' (TYPE_STRING).");
  if (filter.get_ref<const std::string&>().empty()) return std::nullopt;
  static const std::regex condition(R"re(\s*(\w+)\s*=\s*"?(\w+)"?\s*)re");
  std::string rest = filter.get<std::string>();
  while (!rest.empty()) {
    const auto joint = rest.find(" AND ");
    const std::string one = rest.substr(0, joint);
    rest = joint == std::string::npos ? "" : rest.substr(joint + 5);
    std::smatch parts;
    if (!std::regex_match(one, parts, condition))
      return bad_request("Invalid filter: " + printable(one, 120) + ". Only equality is supported.");
    if (parts[1] == "versionCode" && parts[2].str().find_first_not_of("0123456789") == std::string::npos &&
        parts[2].length() <= 18) {
      query.code = std::stoll(parts[2].str());
    } else if (!set.needs.empty() && parts[1] == std::string(set.needs)) {
      query.of_it = parts[2].str();
    } else {
      return bad_request("Invalid filter: " + printable(one, 120) + " is not supported by this metric set.");
    }
  }
  return std::nullopt;
}

std::optional<Refusal> read_page(const Json& body, const ReportedSet& set, Query& query) {
  const Json size = body.value("pageSize", Json(k_rows_default));
  if (!size.is_number_integer() || size < 0) return bad_request("Invalid value at 'page_size' (TYPE_INT32).");
  const auto wanted = size == 0 ? k_rows_default : size.get<std::int64_t>();
  query.page_size = static_cast<std::size_t>(std::min(wanted, k_rows_most));
  const Json token = body.value("pageToken", Json(""));
  const bool readable = token.is_string() && token.get<std::string>().size() <= 9 &&
                        token.get<std::string>().find_first_not_of("0123456789") == std::string::npos;
  if (!readable) return bad_request("The page token is invalid.");
  if (token != "") query.first = static_cast<std::size_t>(std::stoul(token.get<std::string>()));
  if (set.share == nullptr && body.contains("userCohort"))
    return bad_request("Invalid JSON payload received. Unknown name \"userCohort\" at 'query': Cannot find field.");
  const Json cohort = body.value("userCohort", Json("OS_PUBLIC"));
  if (cohort != "OS_PUBLIC" && cohort != "OS_BETA" && cohort != "APP_TESTERS" && cohort != "USER_COHORT_UNSPECIFIED")
    return bad_request("Invalid value at 'user_cohort' (TYPE_ENUM).");
  return std::nullopt;
}

}  // namespace

Answered<Query> read_query(const std::string& text, const ReportedSet& set, const Feedback& feedback, Instant now) {
  const auto body = parse_json(text);
  if (!body) return refuse(bad_request("Invalid JSON payload received. Unexpected token."));
  Query query;
  auto wrong = only_known(
      *body, {"timelineSpec", "dimensions", "metrics", "filter", "userCohort", "pageSize", "pageToken"}, "query");
  if (!wrong) wrong = read_timeline(*body, set, feedback, now, query);
  if (!wrong) wrong = read_columns(*body, set, query);
  if (!wrong) wrong = read_filter(*body, set, query);
  if (!wrong) wrong = read_page(*body, set, query);
  if (wrong) return refuse(std::move(*wrong));
  return query;
}

}  // namespace train::sandbox::play
