#include <fmt/format.h>
#include <algorithm>

#include "app_store_metrics.hpp"
#include "descriptors.hpp"
#include "numbers.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;
using namespace app_store;

namespace {

constexpr int k_usage_pages_most = 10;
constexpr std::string_view k_metrics_or_error = "application/vnd.apple.xcode-metrics+json, application/json";

std::string option_of(const Signal& signal, const char* name, const char* otherwise) {
  const auto found = signal.options.find(name);
  return found == signal.options.end() ? otherwise : found->second;
}

// "launch/launchTime" → LAUNCH, launchTime.
MetricWanted wanted_of(const Signal& signal, const Subject& subject) {
  MetricWanted wanted;
  const std::string metric = option_of(signal, "metric", "");
  const auto slash = metric.find('/');
  wanted.category = metric.substr(0, slash);
  std::transform(wanted.category.begin(), wanted.category.end(), wanted.category.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (slash != std::string::npos) wanted.metric = metric.substr(slash + 1);
  wanted.percentile = option_of(signal, "percentile", "p90");
  wanted.device = option_of(signal, "device", "all_iphones");
  wanted.unit = signal.unit;
  wanted.version = subject.version;
  return wanted;
}

class MetricsSource final : public SignalSource {
 public:
  explicit MetricsSource(AppStoreReaders readers) : readers_(std::move(readers)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const auto reader = readers_.find(subject.app);
    if (reader == readers_.end())
      return unmeasured(Measurement::State::failed, subject.app + " is not on the App Store");
    const std::lock_guard turn(reader->second->turn);
    const auto ids = reader->second->find(subject.version, subject.now);
    if (!ids) return ids.error();
    if (ids->build.empty())
      return unmeasured(Measurement::State::no_data, subject.version.text() + " has no build in the App Store yet");
    switch (signal.kind) {
      case SignalKind::proportion:
        return beta_crashes(*reader->second, ids->build, subject);
      case SignalKind::level:
        return metric(*reader->second, ids->build, wanted_of(signal, subject), subject);
      case SignalKind::rate:
      case SignalKind::alarm:
        break;
    }
    return unmeasured(Measurement::State::failed, "a signal of an unknown kind");
  }

 private:
  static Measurement metric(AppStoreReader& reader, const std::string& build, const MetricWanted& wanted,
                            const Subject& subject) {
    const auto document = reader.get(
        "/v1/builds/" + build + "/perfPowerMetrics",
        {{"filter[platform]", "IOS"}, {"filter[metricType]", wanted.category}, {"filter[deviceType]", wanted.device}},
        subject.now, "read the metrics of " + subject.version.text(), k_metrics_or_error);
    if (!document) return document.error();
    // Apple has nothing to say about a build until some days after its release: 404 is that, too.
    const auto point = read_metric(*document, wanted);
    if (!point) return point.error();
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.value = point->value;
    seen.as_of = subject.now;  // Apple tells no time
    seen.detail = point->detail;
    return seen;
  }

  static Measurement beta_crashes(AppStoreReader& reader, const std::string& build, const Subject& subject) {
    const auto rows = reader.list("/v1/builds/" + build + "/metrics/betaBuildUsages", {{"limit", "200"}}, subject.now,
                                  k_usage_pages_most, "read the TestFlight usage of " + subject.version.text());
    if (!rows) return rows.error();
    const auto usage = read_beta_usage(*rows);
    if (!usage) return usage.error();
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.counts = Counts{usage->crashes, usage->sessions};
    seen.as_of = std::min(usage->until.value_or(subject.now), subject.now);
    seen.detail = "TestFlight sessions only";
    return seen;
  }

  AppStoreReaders readers_;
};

}  // namespace

std::unique_ptr<SignalSource> make_app_store_metrics(AppStoreReaders readers) {
  return std::make_unique<MetricsSource>(std::move(readers));
}

namespace {

const std::vector<std::string_view> k_categories = {"launch",  "hang", "memory",  "termination", "animation",
                                                    "battery", "disk", "storage", "beta_crashes"};
constexpr std::string_view k_beta = "beta_crashes";
// Apple counts these by the day: an hour would always be too old.
constexpr Duration k_metrics_fresh_within{2 * 86400};

bool is_metric_name(std::string_view text) {
  return !text.empty() && text.size() <= 60 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

// "launch", or "launch/launchTime" where Apple's category has several metrics.
std::optional<std::string> metric_fault(std::string_view written) {
  const auto slash = written.find('/');
  const auto category = written.substr(0, slash);
  if (std::find(k_categories.begin(), k_categories.end(), category) == k_categories.end()) {
    const auto near = did_you_mean(category, k_categories);
    return fmt::format("is not measured by Apple{} Allowed: {}",
                       near ? fmt::format("; did you mean \"{}\"?", *near) : ".", fmt::join(k_categories, ", "));
  }
  const bool plain = slash == std::string_view::npos;
  if (plain || (category != k_beta && is_metric_name(written.substr(slash + 1)))) return std::nullopt;
  return "is not a metric; such as launch or launch/launchTime";
}

std::vector<KeyProblem> settle_metrics(Signal& signal, const WrittenKeys& written) {
  if (written.count("fresh_within") == 0) signal.fresh_within = k_metrics_fresh_within;
  const bool beta = option_named(signal, "metric") == k_beta;
  signal.kind = beta ? SignalKind::proportion : SignalKind::level;
  std::vector<KeyProblem> problems;
  for (const std::string_view key : {"percentile", "device"}) {
    if (beta && written.count(key) != 0) problems.push_back({key, "belongs to Apple's metrics; beta_crashes has none"});
  }
  return problems;
}

Result<std::unique_ptr<SignalSource>> wire_metrics(const Signal&, const Site& site) {
  auto readers = site.app_store_readers();
  if (!readers) return tl::unexpected(readers.error());
  return make_app_store_metrics(std::move(*readers));
}

}  // namespace

Descriptor describe_app_store_metrics() {
  SignalKeys keys{"app_store_metrics",
                  {{.name = "metric",
                    .meaning = "Apple's name of what is measured",
                    .need = Need::required,
                    .words = k_categories,
                    .fault = metric_fault},
                   {.name = "percentile",
                    .kind = KeyKind::choice,
                    .meaning = "of Apple's metrics",
                    .otherwise = "`p90`",
                    .words = {"p50", "p90"}},
                   {.name = "device", .meaning = "Apple's device class", .otherwise = "`all_iphones`"}}};
  keys.queries = Queries::refused;
  keys.store = StoreKind::app_store;
  keys.settle = settle_metrics;
  return {std::move(keys), wire_metrics};
}

}  // namespace train::signals
