#include "app_store_metrics.hpp"

#include <fmt/format.h>

#include <cmath>

#include "train/base/text.hpp"

namespace train::signals::app_store {

using nlohmann::json;

namespace {

const json* rows_of(const json& object, const char* name) {
  const auto& rows = part(object, name);
  return rows.is_array() ? &rows : nullptr;
}

std::string_view apples_percentile(const std::string& percentile) {
  return percentile == "p50" ? "percentile.fifty" : "percentile.ninety";
}

// The metrics of the wanted category on iOS.
std::vector<const json*> metrics_in(const json& document, const std::string& category) {
  std::vector<const json*> found;
  const auto* products = rows_of(document, "productData");
  if (products == nullptr) return found;
  for (const auto& product : *products) {
    const auto* categories = rows_of(product, "metricCategories");
    if (categories == nullptr) continue;
    for (const auto& one : *categories) {
      if (words_of(part(one, "identifier")) != category) continue;
      const auto* metrics = rows_of(one, "metrics");
      if (metrics == nullptr) continue;
      for (const auto& metric : *metrics) found.push_back(&metric);
    }
  }
  return found;
}

Reading<const json*> choose_metric(const json& document, const MetricWanted& wanted) {
  const auto metrics = metrics_in(document, wanted.category);
  if (metrics.empty())
    return nothing_yet(fmt::format("Apple has no {} metrics of {} yet: they take some days and enough use",
                                   wanted.category, wanted.version.text()));
  std::vector<std::string> names;
  for (const auto* metric : metrics) {
    names.push_back(printable(words_of(part(*metric, "identifier")), 60));
    if (names.back() == wanted.metric) return metric;
  }
  if (!wanted.metric.empty())
    return cannot(
        fmt::format("Apple's {} has no metric {}, only {}", wanted.category, wanted.metric, join(names, ", ")));
  if (metrics.size() > 1)
    return cannot(fmt::format("Apple's {} has several metrics; name one as CATEGORY/METRIC: {}", wanted.category,
                              join(names, ", ")));
  return metrics.front();
}

Reading<const json*> choose_dataset(const json& metric, const MetricWanted& wanted) {
  const json* found = nullptr;
  const auto* sets = rows_of(metric, "datasets");
  for (std::size_t i = 0; sets != nullptr && i < sets->size(); ++i) {
    const auto& criteria = part((*sets)[i], "filterCriteria");
    if (words_of(part(criteria, "percentile")) != apples_percentile(wanted.percentile)) continue;
    if (words_of(part(criteria, "device")) != wanted.device) continue;
    if (found != nullptr)
      return cannot(fmt::format("Apple answered {} on {} twice", wanted.percentile, printable(wanted.device, 60)));
    found = &(*sets)[i];
  }
  if (found == nullptr)
    return nothing_yet(fmt::format("Apple has no {} on {} yet", wanted.percentile, printable(wanted.device, 60)));
  return found;
}

// Points of other versions stand beside ours, for comparison.
Reading<const json*> choose_point(const json& dataset, const MetricWanted& wanted) {
  const json* found = nullptr;
  const auto* points = rows_of(dataset, "points");
  for (std::size_t i = 0; points != nullptr && i < points->size(); ++i) {
    const auto version = VersionName::parse(words_of(part((*points)[i], "version")));
    if (!version || *version != wanted.version) continue;
    if (found != nullptr) return cannot("Apple answered two points for " + wanted.version.text());
    found = &(*points)[i];
  }
  if (found == nullptr) return nothing_yet("Apple has no point for " + wanted.version.text() + " yet");
  return found;
}

struct Unit {
  std::string identifier;
  std::string shown;
};

Reading<Unit> unit_of(const json& metric, const MetricWanted& wanted) {
  const auto& unit = part(metric, "unit");
  Unit out{printable(words_of(part(unit, "identifier")), 40), printable(words_of(part(unit, "displayName")), 40)};
  if (out.shown.empty()) out.shown = out.identifier;
  if (!wanted.unit.empty() && wanted.unit != out.identifier && wanted.unit != out.shown)
    return cannot(fmt::format("Apple measures in {}, the definition's `unit` is {}",
                              out.shown.empty() ? "no unit" : out.shown, wanted.unit));
  return out;
}

Reading<double> plain_value(const json& value) {
  const bool good = value.is_number() && std::isfinite(value.get<double>()) && value.get<double>() >= 0;
  if (!good) return cannot("Apple's value is " + printable(value.dump(), 40) + ", not a number from 0");
  return value.get<double>();
}

}  // namespace

Reading<MetricPoint> read_metric(const json& document, const MetricWanted& wanted) {
  const auto metric = choose_metric(document, wanted);
  if (!metric) return tl::unexpected(metric.error());
  const auto unit = unit_of(**metric, wanted);
  if (!unit) return tl::unexpected(unit.error());
  const auto dataset = choose_dataset(**metric, wanted);
  if (!dataset) return tl::unexpected(dataset.error());
  const auto point = choose_point(**dataset, wanted);
  if (!point) return tl::unexpected(point.error());
  const auto value = plain_value(part(**point, "value"));
  if (!value) return tl::unexpected(value.error());
  MetricPoint out;
  out.value = *value;
  out.detail =
      fmt::format("{} {} on {}, in {}", printable(words_of(part(**metric, "identifier")), 60), wanted.percentile,
                  printable(wanted.device, 60), unit->shown.empty() ? "no unit" : unit->shown);
  const auto& margin = part(**point, "errorMargin");
  if (margin.is_number()) out.detail += fmt::format(", ± {:.4g}", margin.get<double>());
  return out;
}

namespace {

Reading<double> beta_count(const json& values, const char* name) {
  const auto& count = part(values, name);
  if (!count.is_number_integer() || count.get<std::int64_t>() < 0)
    return cannot(fmt::format("TestFlight's {} is {}, not a count", name, printable(count.dump(), 40)));
  return static_cast<double>(count.get<std::int64_t>());
}

Reading<BetaUsage> add_beta_point(BetaUsage usage, const json& point) {
  const auto& values = part(point, "values");
  const auto sessions = beta_count(values, "sessionCount");
  if (!sessions) return tl::unexpected(sessions.error());
  const auto crashes = beta_count(values, "crashCount");
  if (!crashes) return tl::unexpected(crashes.error());
  usage.sessions += *sessions;
  usage.crashes += *crashes;
  const auto end = parse_rfc3339(words_of(part(point, "end")));
  if (end && (!usage.until || *end > *usage.until)) usage.until = *end;
  return usage;
}

}  // namespace

Reading<BetaUsage> read_beta_usage(const std::vector<json>& rows) {
  BetaUsage usage;
  bool any = false;
  for (const auto& row : rows) {
    const auto* points = rows_of(row, "dataPoints");
    if (points == nullptr) return cannot("TestFlight's usage has no data points");
    for (const auto& point : *points) {
      auto more = add_beta_point(usage, point);
      if (!more) return more;
      usage = *more;
      any = true;
    }
  }
  if (!any) return nothing_yet("TestFlight has no usage of this build yet");
  if (usage.crashes > usage.sessions)
    return cannot(
        fmt::format("TestFlight tells more crashes ({:.0f}) than sessions ({:.0f})", usage.crashes, usage.sessions));
  return usage;
}

}  // namespace train::signals::app_store
