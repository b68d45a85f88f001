#include "play_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

#include "train/base/text.hpp"

namespace train::signals::google_play {

using nlohmann::json;

namespace {

constexpr const char* k_days_zone = "America/Los_Angeles";
constexpr Duration k_one_hour{3600};
constexpr Duration k_ahead_most{600};  // clocks differ
constexpr double k_wilson_z = 1.959963984540054;
constexpr int k_page_rows = 1000;

// nullptr where this system's time zones lack it.
const Zone* days_zone() {
  static const auto zone = Zone::find(k_days_zone);
  return zone ? &*zone : nullptr;
}

std::string_view word_of(Period period) {
  switch (period) {
    case Period::daily:
      return "DAILY";
    case Period::hourly:
      return "HOURLY";
  }
  return "";
}

const char* zone_of(Period period) {
  switch (period) {
    case Period::daily:
      return k_days_zone;
    case Period::hourly:
      return "UTC";
  }
  return "";
}

// Absent is 0, as everywhere in Google's JSON; nullopt for what is no whole number.
std::optional<int> whole_in(const json& date, const char* name) {
  const auto& value = part(date, name);
  if (value.is_null()) return 0;
  if (!value.is_number_integer() || value < 0 || value > 9999) return std::nullopt;
  return value.get<int>();
}

std::optional<Instant> read_date(const json& date, Period period) {
  const auto year = whole_in(date, "year");
  const auto month = whole_in(date, "month");
  const auto day = whole_in(date, "day");
  const auto hours = whole_in(date, "hours");
  for (const char* finer : {"minutes", "seconds", "nanos"}) {
    if (whole_in(date, finer) != 0) return std::nullopt;
  }
  const std::string zone = words_of(part(part(date, "timeZone"), "id"));
  const std::string offset = words_of(part(date, "utcOffset"));
  if (!year || !month || !day || !hours || *hours > 23 || (!zone.empty() && zone != zone_of(period)))
    return std::nullopt;
  const std::chrono::year_month_day calendar{std::chrono::year(*year),
                                             std::chrono::month(static_cast<unsigned>(*month)),
                                             std::chrono::day(static_cast<unsigned>(*day))};
  if (!calendar.ok()) return std::nullopt;
  switch (period) {
    case Period::daily:
      // A day with an offset beside it would be another zone's.
      if (*hours != 0 || !offset.empty() || days_zone() == nullptr) return std::nullopt;
      return days_zone()->to_instant(
          LocalTime{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day), 0, 0, 0});
    case Period::hourly:
      if (!offset.empty() && offset != "0s") return std::nullopt;
      return std::chrono::time_point_cast<Duration>(std::chrono::sys_days(calendar)) + std::chrono::hours(*hours);
  }
  return std::nullopt;
}

json write_date(Instant at, Period period) {
  const LocalTime local =
      period == Period::daily && days_zone() != nullptr ? days_zone()->to_local(at) : Zone().to_local(at);
  json date = {
      {"year", local.year}, {"month", local.month}, {"day", local.day}, {"timeZone", {{"id", zone_of(period)}}}};
  if (period == Period::hourly && local.hour != 0) date["hours"] = local.hour;
  return date;
}

}  // namespace

Instant end_of(Instant start, Period period) {
  switch (period) {
    case Period::daily:
      return days_zone() == nullptr ? start : days_zone()->start_of_day(start, 1);
    case Period::hourly:
      return start + k_one_hour;
  }
  return start;
}

Window window_before(Instant end, Period period, int count) {
  switch (period) {
    case Period::daily:
      return {days_zone() == nullptr ? end : days_zone()->start_of_day(end, -count), end};
    case Period::hourly:
      return {end - count * k_one_hour, end};
  }
  return {end, end};
}

Reading<Instant> fresh_until(const json& metric_set, Period period, Instant now) {
  const auto& told = part(part(metric_set, "freshnessInfo"), "freshnesses");
  for (const auto& one : told.is_array() ? told : json::array()) {
    if (words_of(part(one, "aggregationPeriod")) != word_of(period)) continue;
    const auto& date = part(one, "latestEndTime");
    const auto until = read_date(date, period);
    if (!until) return cannot("Google's freshness is no time of its own zone: " + printable(date.dump(), 160));
    if (*until > now + k_ahead_most) return cannot("Google's freshness lies in the future; compare the clocks");
    return *until;
  }
  return nothing_yet(fmt::format("Google tells no freshness for {} data: it has none yet", word_of(period)));
}

std::string question(const MetricSet& set, Period period, const Window& window, std::int64_t version_code,
                     const std::string& page_token) {
  std::string filter = fmt::format("versionCode = {}", version_code);
  if (!set.start_type.empty()) filter += fmt::format(" AND startType = \"{}\"", set.start_type);
  json body = {{"timelineSpec",
                {{"aggregationPeriod", word_of(period)},
                 {"startTime", write_date(window.start, period)},
                 {"endTime", write_date(window.end, period)}}},
               {"dimensions", set.dimensions},
               {"metrics", set.metrics},
               {"filter", filter},
               {"pageSize", k_page_rows}};
  if (!page_token.empty()) body["pageToken"] = page_token;
  return body.dump();
}

std::optional<double> parse_decimal(std::string_view text) {
  if (text.empty()) return 0.0;
  if (text.front() == '+') text.remove_prefix(1);
  // from_chars would also take "inf" and "nan".
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

namespace {

// nullopt for what is not there at all; a decimal without a text is Google's 0.
std::optional<double> decimal_in(const json& object, const char* name) {
  const auto& decimal = part(object, name);
  if (!decimal.is_object()) return std::nullopt;
  const auto& text = part(decimal, "value");
  return text.is_null() ? std::optional(0.0) : text.is_string() ? parse_decimal(words_of(text)) : std::nullopt;
}

}  // namespace

Reading<Value> value_in(const json& row, std::string_view metric) {
  const auto& metrics = part(row, "metrics");
  for (const auto& one : metrics.is_array() ? metrics : json::array()) {
    if (words_of(part(one, "metric")) != metric) continue;
    const auto value = decimal_in(one, "decimalValue");
    if (!value || *value < 0)
      return cannot(fmt::format("Google's {} is no decimal from 0: {}", metric, printable(one.dump(), 160)));
    Value out{*value, std::nullopt, std::nullopt};
    const auto& interval = part(one, "decimalValueConfidenceInterval");
    if (interval.is_null()) return out;
    out.lower = decimal_in(interval, "lowerBound");
    out.upper = decimal_in(interval, "upperBound");
    if (!out.lower || !out.upper || *out.lower > *value || *value > *out.upper)
      return cannot(fmt::format("Google's {} lies outside of its own bounds: {}", metric, printable(one.dump(), 240)));
    return out;
  }
  return cannot(fmt::format("Google's row has no {}", metric));
}

Reading<Instant> start_of(const json& row, Period period, const Window& window, std::int64_t version_code) {
  const auto& dimensions = part(row, "dimensions");
  std::string code;
  for (const auto& one : dimensions.is_array() ? dimensions : json::array()) {
    if (words_of(part(one, "dimension")) != "versionCode") continue;
    const auto& number = part(one, "int64Value");
    code = number.is_number_integer() ? number.dump() : words_of(number);
  }
  if (code != std::to_string(version_code))
    return cannot(fmt::format("asked about version code {}, Google answered about {}", version_code,
                              code.empty() ? "none" : printable(code, 40)));
  const auto& word = part(row, "aggregationPeriod");
  const auto start = read_date(part(row, "startTime"), period);
  const bool fits = word.is_null() || words_of(word) == word_of(period);
  if (!fits || !start || *start < window.start || *start >= window.end)
    return cannot("Google's row is of another time than was asked for: " +
                  printable(part(row, "startTime").dump(), 160));
  return *start;
}

Reading<std::vector<Point>> points_of(const std::vector<json>& rows, std::string_view metric, Period period,
                                      const Window& window, std::int64_t version_code) {
  std::map<Instant, Point> found;
  for (const auto& row : rows) {
    const auto start = start_of(row, period, window, version_code);
    if (!start) return tl::unexpected(start.error());
    const auto rate = value_in(row, metric);
    if (!rate) return tl::unexpected(rate.error());
    if (rate->value > 1)
      return cannot(fmt::format("Google's {} is {:g}, and a share is at most 1", metric, rate->value));
    const auto users = value_in(row, "distinctUsers");
    if (!users) return tl::unexpected(users.error());
    if (!found.emplace(*start, Point{*start, *rate, users->value}).second)
      return cannot("Google answered the same time twice: " + format_rfc3339(*start));
  }
  std::vector<Point> points;
  for (const auto& [start, point] : found) points.push_back(point);
  return points;
}

double fewest_users(double rounded) {
  for (const double step : {1e6, 1e3, 1e2, 1e1}) {
    if (rounded >= step && std::fmod(rounded, step) == 0) return rounded - step / 2;
  }
  return rounded;
}

double users_behind(const Value& rate) {
  const double width = rate.lower && rate.upper ? *rate.upper - *rate.lower : 0;
  if (!(width > 0)) return std::numeric_limits<double>::infinity();
  const double p = std::clamp(rate.value, 0.0, 1.0);
  const double z2 = k_wilson_z * k_wilson_z;
  const auto wilson = [&](double n) {
    return 2 * k_wilson_z / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  };
  double fewest = 1;
  double most = 1e12;
  if (wilson(fewest) <= width) return fewest;
  for (int round = 0; round < 100; ++round) {
    const double middle = std::sqrt(fewest * most);
    (wilson(middle) > width ? fewest : most) = middle;
  }
  return most;
}

Counts counts_of(const Point& point) {
  const double users = std::min(fewest_users(point.users), users_behind(point.rate));
  return {point.rate.value * users, users};
}

}  // namespace train::signals::google_play
