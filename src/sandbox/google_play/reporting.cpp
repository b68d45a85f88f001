#include "google_play/reporting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "google_play/query.hpp"
#include "google_play/wire.hpp"

namespace train::sandbox::play {
namespace {

using Json = nlohmann::json;

Json date_json(Instant at, Every every) {
  const LocalTime local = every == Every::day ? reporting_zone().to_local(at) : Zone().to_local(at);
  Json date = {{"year", local.year},
               {"month", local.month},
               {"day", local.day},
               {"timeZone", {{"id", every == Every::day ? k_reporting_zone : "UTC"}}}};
  if (local.hour != 0) date["hours"] = local.hour;
  return date;
}

Json decimal(double value) { return {{"value", fmt::format("{:.6g}", value)}}; }

// "Rounded to the nearest multiple of 10, 100, 1,000 or 1,000,000, depending on the magnitude".
double rounded_users(double users) {
  const double step = users < 1e3 ? 10 : users < 1e4 ? 100 : users < 1e7 ? 1e3 : 1e6;
  return std::round(users / step) * step;
}

// Wilson's interval at 95 %.
Json interval_json(double rate, double users) {
  constexpr double z = 1.959963984540054;
  const double below = 1 + z * z / users;
  const double middle = (rate + z * z / (2 * users)) / below;
  const double half = z / below * std::sqrt(rate * (1 - rate) / users + z * z / (4 * users * users));
  return {{"lowerBound", decimal(std::min(rate, std::max(0.0, middle - half)))},
          {"upperBound", decimal(std::max(rate, std::min(1.0, middle + half)))}};
}

struct Sum {
  double users = 0;
  double crashed = 0;
  double frozen = 0;
  double struck = 0;  // by what the set measures
};

Sum sum_of(const CodeUse& use, const ReportedSet& set, Instant start, Instant end) {
  Sum sum;
  const auto from = std::lower_bound(use.hours.begin(), use.hours.end(), start,
                                     [](const HourOfUse& hour, Instant at) { return hour.start < at; });
  for (auto hour = from; hour != use.hours.end() && hour->start < end; ++hour) {
    sum.users += hour->users;
    sum.crashed += hour->users * hour->crash_rate;
    sum.frozen += hour->users * hour->anr_rate;
    if (set.share != nullptr) sum.struck += hour->users * (*hour).*set.share;
  }
  return sum;
}

Json row_json(const Query& query, const ReportedSet& set, Instant start, std::int64_t code, std::string_view of_it,
              const Sum& sum) {
  Json row = {{"aggregationPeriod", word_of_period(query.every)}, {"startTime", date_json(start, query.every)}};
  for (const auto& dimension : query.dimensions) {
    if (dimension == "versionCode")
      row["dimensions"].push_back({{"dimension", dimension}, {"int64Value", std::to_string(code)}});
    else
      row["dimensions"].push_back({{"dimension", dimension}, {"stringValue", of_it}, {"valueLabel", of_it}});
  }
  const double reports = of_it == "ANR" ? sum.frozen : sum.crashed;
  for (const auto& metric : query.metrics) {
    Json value = {{"metric", metric}};
    if (metric == "errorReportCount" || set.share == nullptr) {
      value["decimalValue"] = decimal(std::round(reports));
    } else if (metric == "distinctUsers") {
      value["decimalValue"] = decimal(rounded_users(sum.users));
    } else {
      const double rate = sum.struck / sum.users;
      value["decimalValue"] = decimal(rate);
      value["decimalValueConfidenceInterval"] = interval_json(rate, sum.users);
    }
    row["metrics"].push_back(std::move(value));
  }
  return row;
}

std::vector<Json> rows_of(const Query& query, const ReportedSet& set, const Feedback& feedback,
                          const IsSilent& is_silent) {
  std::vector<Json> rows;
  const auto kinds = set.of_it.empty() ? std::vector<std::string_view>{""} : set.of_it;
  for (const auto& [code, use] : feedback.codes) {
    if ((query.code && *query.code != code) || use.hours.empty() || is_silent(use.version)) continue;
    // Nothing lies before the first hour: a question about ten years is one about that.
    Instant start = query.start;
    while (next_of(start, query.every) <= use.hours.front().start && start < query.end)
      start = next_of(start, query.every);
    for (; start < query.end; start = next_of(start, query.every)) {
      const Sum sum = sum_of(use, set, start, next_of(start, query.every));
      if (sum.users < k_users_least) continue;
      for (const auto& kind : kinds) {
        if (!query.of_it.empty() && query.of_it != kind) continue;
        rows.push_back(row_json(query, set, start, code, kind, sum));
      }
    }
  }
  return rows;
}

Handled answer_query(const ReportedSet& set, const Feedback& feedback, const IsSilent& is_silent,
                     const std::string& text, Instant now) {
  const auto query = read_query(text, set, feedback, now);
  if (!query) return refused(query.error());
  const auto rows = rows_of(*query, set, feedback, is_silent);
  Json body = Json::object();
  const std::size_t end = std::min(rows.size(), query->first + query->page_size);
  for (std::size_t at = query->first; at < end; ++at) body["rows"].push_back(rows[at]);
  if (end < rows.size()) body["nextPageToken"] = std::to_string(end);
  return answered(json_response(body));
}

Handled tell_set(const PlayApp& app, const ReportedSet& set, const Feedback& feedback, Instant now) {
  Json fresh = Json::array();
  for (const auto every : {Every::day, Every::hour}) {
    if (every == Every::hour && !set.by_the_hour) continue;
    fresh.push_back({{"aggregationPeriod", word_of_period(every)},
                     {"latestEndTime", date_json(fresh_end(feedback, every, now), every)}});
  }
  return answered(json_response({{"name", fmt::format("apps/{}/{}", app.setup.store_id, set.name)},
                                 {"freshnessInfo", {{"freshnesses", fresh}}}}));
}

// ---- anomalies

constexpr double k_out_of_the_ordinary = 3;  // times what was usual before: the sandbox's own rule
constexpr Duration k_usual_of{28 * 86400};

// activeBetween("2026-11-30T09:00:00Z", UNBOUNDED): where it begins; the epoch where it is unbounded.
std::optional<Instant> begins_at(const std::string& filter) {
  constexpr std::string_view head = "activeBetween(";
  constexpr std::string_view tail = ", UNBOUNDED)";
  if (filter.size() < head.size() + tail.size() || filter.compare(0, head.size(), head) != 0) return std::nullopt;
  if (filter.compare(filter.size() - tail.size(), tail.size(), tail) != 0) return std::nullopt;
  const auto from = filter.substr(head.size(), filter.size() - head.size() - tail.size());
  if (from == "UNBOUNDED") return Instant{};
  if (from.size() < 2 || from.front() != '"' || from.back() != '"') return std::nullopt;
  return parse_rfc3339(std::string_view(from).substr(1, from.size() - 2));
}

double usual_rate(const Feedback& feedback, const ReportedSet& set, Instant before) {
  Sum all;
  for (const auto& [code, use] : feedback.codes) {
    const Sum sum = sum_of(use, set, before - k_usual_of, before);
    all.users += sum.users;
    all.struck += sum.struck;
  }
  return all.users > 0 ? all.struck / all.users : 0;
}

struct Unusual {
  std::int64_t code = 0;
  Instant start;
  Instant end;
  double rate = 0;
};

// Days in a row are one. Only what has been told can be out of the ordinary.
std::vector<Unusual> find_unusual(const Feedback& feedback, const ReportedSet& set, const IsSilent& is_silent,
                                  Instant now) {
  std::vector<Unusual> found;
  const Instant told = fresh_end(feedback, Every::day, now);
  for (const auto& [code, use] : feedback.codes) {
    if (use.hours.empty() || is_silent(use.version)) continue;
    Instant day = reporting_zone().start_of_day(use.hours.front().start);
    for (; day < told; day = next_of(day, Every::day)) {
      const Instant end = next_of(day, Every::day);
      const Sum sum = sum_of(use, set, day, end);
      const double usual = usual_rate(feedback, set, day);
      if (sum.users < k_users_least || !(usual > 0) || sum.struck / sum.users <= k_out_of_the_ordinary * usual)
        continue;
      const bool goes_on = !found.empty() && found.back().code == code && found.back().end == day;
      if (!goes_on) found.push_back({code, day, end, 0});
      found.back().end = end;
      found.back().rate = std::max(found.back().rate, sum.struck / sum.users);
    }
  }
  return found;
}

Handled list_anomalies(const PlayApp& app, const Feedback& feedback, const IsSilent& is_silent,
                       const ServerRequest& request, Instant now) {
  const auto filter = request.query_value("filter");
  const auto since = filter ? begins_at(*filter) : std::optional(Instant{});
  if (!since) return refused(bad_request("Invalid filter: the built-in store knows activeBetween(TIME, UNBOUNDED)."));
  Json body = Json::object();
  for (const auto& set : reported_sets()) {
    if (set.share == nullptr || !set.of_it.empty()) continue;
    for (const auto& one : find_unusual(feedback, set, is_silent, now)) {
      if (one.end <= *since) continue;
      const auto id = fmt::format("{}-{}-{}", set.name, one.code, one.start.time_since_epoch().count());
      body["anomalies"].push_back(
          {{"name", fmt::format("apps/{}/anomalies/{}", app.setup.store_id, id)},
           {"metricSet", fmt::format("apps/{}/{}", app.setup.store_id, set.name)},
           {"metric", {{"metric", set.rates.front()}, {"decimalValue", decimal(one.rate)}}},
           {"dimensions", {{{"dimension", "versionCode"}, {"int64Value", std::to_string(one.code)}}}},
           {"timelineSpec",
            {{"aggregationPeriod", word_of_period(Every::day)},
             {"startTime", date_json(one.start, Every::day)},
             {"endTime", date_json(one.end, Every::day)}}}});
    }
  }
  return answered(json_response(body));
}

}  // namespace

Handled answer_reporting(const PlayApp& app, const Feedback& feedback, const IsSilent& is_silent,
                         const ServerRequest& request, const std::string& what, Instant now) {
  if (what == "anomalies" && request.method == "GET") return list_anomalies(app, feedback, is_silent, request, now);
  const auto colon = what.find(':');
  const auto name = what.substr(0, colon);
  const auto& sets = reported_sets();
  const auto set = std::find_if(sets.begin(), sets.end(), [&](const ReportedSet& one) { return one.name == name; });
  if (set != sets.end() && request.method == "GET" && colon == std::string::npos)
    return tell_set(app, *set, feedback, now);
  if (set != sets.end() && request.method == "POST" && colon != std::string::npos && what.substr(colon) == ":query")
    return answer_query(*set, feedback, is_silent, request.body, now);
  return refused(not_found("Requested entity was not found."));
}

}  // namespace train::sandbox::play
