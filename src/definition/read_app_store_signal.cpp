// `app_store_reviews` and `app_store_metrics`: Apple decides what can be measured; the file chooses among it.
#include <fmt/format.h>

#include <algorithm>

#include "in_quotes.hpp"
#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_metrics[] = {"launch",  "hang", "memory",  "termination", "animation",
                                          "battery", "disk", "storage", "beta_crashes"};
constexpr std::string_view k_percentiles[] = {"p50", "p90"};
constexpr std::string_view k_beta = "beta_crashes";
// Apple counts these by the day: an hour would always be too old.
constexpr Duration k_fresh_within{2 * 86400};

bool is_metric_name(std::string_view text) {
  return !text.empty() && text.size() <= 60 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

// "launch", or "launch/launchTime" where Apple's category has several metrics.
void check_metric(const Value& value, std::string_view written) {
  const auto slash = written.find('/');
  const auto category = written.substr(0, slash);
  const bool known = std::find(std::begin(k_metrics), std::end(k_metrics), category) != std::end(k_metrics);
  if (!known) {
    value.problem(fmt::format("{} is not measured by Apple{} Allowed: {}", in_quotes(written),
                              did_you_mean_hint(category, k_metrics), listed(k_metrics)));
  } else if (slash != std::string_view::npos && (category == k_beta || !is_metric_name(written.substr(slash + 1)))) {
    value.problem(fmt::format("{} is not a metric; such as launch or launch/launchTime", in_quotes(written)));
  }
}

void read_metrics(const Fields& fields, Signal& signal) {
  const auto metric = signal.options.find("metric");
  const bool beta = metric != signal.options.end() && metric->second == k_beta;
  signal.kind = beta ? SignalKind::proportion : SignalKind::level;
  if (!fields.has("fresh_within")) signal.fresh_within = k_fresh_within;
  if (!fields.has("metric"))
    fields.value().problem(fmt::format("the key \"metric\" is missing; one of {}", listed(k_metrics)));
  if (metric != signal.options.end()) check_metric(*fields.get("metric"), metric->second);
  if (signal.options.count("percentile") != 0)
    fields.with("percentile", [](const Value& value) { (void)value.one_of(k_percentiles); });
  if (!beta) return;
  for (const auto* key : {"percentile", "device"}) {
    fields.with(key, [](const Value& value) { value.problem("belongs to Apple's metrics; beta_crashes has none"); });
  }
}

void check_territory(const Value& value) {
  if (!value.is_list()) return;
  const auto items = value.items();
  if (items.empty()) value.problem("at least one storefront is wanted, such as [DEU, FRA]");
  for (const Value& item : items) {
    const std::string& code = item.node().text;
    if (code.empty()) continue;  // said already
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(), is_capital))
      item.problem(fmt::format("{} is not a storefront; three capital letters such as DEU", in_quotes(code)));
  }
}

}  // namespace

void read_app_store_signal(const Fields& fields, const Definition& definition, Signal& signal) {
  settle_store_apps(fields, definition, StoreKind::app_store, signal);
  if (signal.source == "app_store_metrics")
    read_metrics(fields, signal);
  else
    fields.with("territory", check_territory);
  if (signal.kind == SignalKind::proportion)
    fields.with("unit", [](const Value& unit) { unit.problem("belongs to levels; a proportion has no unit"); });
}

}  // namespace train::definition
