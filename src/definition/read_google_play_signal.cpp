// `play_vitals` and `play_reviews`: Google decides what can be measured; the file chooses among it.
#include <fmt/format.h>

#include <algorithm>

#include "in_quotes.hpp"
#include "readers.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_vitals[] = {"crashRate",     "userPerceivedCrashRate", "anrRate",  "userPerceivedAnrRate",
                                         "slowStartRate", "errorReportCount",       "anomalies"};
constexpr std::string_view k_hourly_vitals[] = {"crashRate", "userPerceivedCrashRate", "anrRate",
                                                "userPerceivedAnrRate"};
constexpr std::string_view k_errors = "errorReportCount";
constexpr std::string_view k_anomalies = "anomalies";
constexpr std::string_view k_periods[] = {"daily", "hourly"};
constexpr std::string_view k_review_metrics[] = {"low_stars"};
// A day is counted a day or two after it has ended, an hour some hours later.
constexpr Duration k_days_fresh_within{3 * 86400};
constexpr Duration k_hours_fresh_within{12 * 3600};

bool is_among(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void check_period(const Value& value, std::string_view metric) {
  const auto period = value.one_of(k_periods);
  if (period == "hourly" && is_among(k_vitals, metric) && !is_among(k_hourly_vitals, metric))
    value.problem(fmt::format("Google counts {} by the day only; by the hour: {}", metric, listed(k_hourly_vitals)));
}

void read_vitals(const Fields& fields, Signal& signal) {
  const auto found = signal.options.find("metric");
  const std::string metric = found == signal.options.end() ? "" : found->second;
  const auto period = signal.options.find("period");
  const bool hourly = period != signal.options.end() && period->second == "hourly";
  if (!fields.has("metric"))
    fields.value().problem(fmt::format("the key \"metric\" is missing; one of {}", listed(k_vitals)));
  fields.with("metric", [](const Value& value) { (void)value.one_of(k_vitals); });
  fields.with("period", [&](const Value& value) { check_period(value, metric); });
  if (!fields.has("fresh_within")) signal.fresh_within = hourly ? k_hours_fresh_within : k_days_fresh_within;
  if (metric == k_errors || metric == k_anomalies) {
    signal.kind = SignalKind::level;
    if (signal.unit.empty()) signal.unit = metric == k_errors ? "reports a user" : "anomalies";
    return;
  }
  fields.with("unit", [](const Value& unit) { unit.problem("belongs to levels; a proportion has no unit"); });
  signal.unit = hourly ? "user-hours" : "user-days";
}

void read_reviews(const Fields& fields, Signal& signal) {
  fields.with("metric", [](const Value& value) { (void)value.one_of(k_review_metrics); });
  signal.kind = SignalKind::level;
  if (!signal.unit.empty() && signal.unit != "%")
    fields.with("unit", [](const Value& unit) { unit.problem("is always %: the share of one and two stars"); });
  signal.unit = "%";
}

}  // namespace

void read_google_play_signal(const Fields& fields, const Definition& definition, Signal& signal) {
  settle_store_apps(fields, definition, StoreKind::google_play, signal);
  if (signal.source == "play_vitals")
    read_vitals(fields, signal);
  else
    read_reviews(fields, signal);
  if (const auto own = signal.secrets.extract("credentials")) signal.token = own.mapped();
}

}  // namespace train::definition
