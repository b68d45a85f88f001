// The Reporting API's metric sets, read strictly: freshness, the question, and rows as points in time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json_answer.hpp"

namespace train::signals::google_play {

// Google counts days in Los Angeles and hours in UTC.
enum class Period { daily, hourly };

struct MetricSet {
  std::string_view name;                  // "crashRateMetricSet"
  std::vector<std::string_view> metrics;  // asked for
  std::vector<std::string_view> dimensions;
  std::string_view start_type;  // only rows of this kind of start; empty: the set has none
};

struct Window {
  Instant start;
  Instant end;  // exclusive
};

// The end of what Google has. `no_data` when it tells none for the period; `failed` when it lies in the future.
Reading<Instant> fresh_until(const nlohmann::json& metric_set, Period period, Instant now);
// `count` whole periods before `end`.
Window window_before(Instant end, Period period, int count);
// The body of a query for one version code.
std::string question(const MetricSet& set, Period period, const Window& window, std::int64_t version_code,
                     const std::string& page_token);

// A decimal in Google's form: "0.0123", "1.5E-3", "" (0). nullopt for anything else.
std::optional<double> parse_decimal(std::string_view text);

struct Value {
  double value = 0;
  std::optional<double> lower;  // Google's confidence interval: both or none
  std::optional<double> upper;
};
// One of the row's metrics; `failed` when it is missing, not a decimal, negative, or outside of its own interval.
Reading<Value> value_in(const nlohmann::json& row, std::string_view metric);

// Where the row's period begins. `failed` outside of the window, not aligned to the period, or of another version code.
Reading<Instant> start_of(const nlohmann::json& row, Period period, const Window& window, std::int64_t version_code);
Instant end_of(Instant start, Period period);

// Users in one period, and how many of them were struck.
struct Point {
  Instant start;
  Value rate;
  double users = 0;  // as Google rounds them
};
// One point a period, in order; the same period twice is `failed`.
Reading<std::vector<Point>> points_of(const std::vector<nlohmann::json>& rows, std::string_view metric, Period period,
                                      const Window& window, std::int64_t version_code);

// The fewest users that are rounded to so many: half a step less.
double fewest_users(double rounded);
// How many users an interval of that width speaks for, at Wilson's 95 %; infinity for no width.
double users_behind(const Value& rate);
// Events and exposures of a point, each user counted once a period: as few as rounding and interval allow.
Counts counts_of(const Point& point);

}  // namespace train::signals::google_play
