#include <algorithm>

#include "app_store_metrics.hpp"
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

}  // namespace train::signals
