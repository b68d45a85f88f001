// Apple's metrics documents, read strictly: one number for one version, percentile and device, or why there is none.
#pragma once

#include <string>

#include "app_store_reader.hpp"

namespace train::signals::app_store {

struct MetricWanted {
  std::string category;    // "LAUNCH"
  std::string metric;      // "launchTime"; empty: the category's only one
  std::string percentile;  // "p50", "p90"
  std::string device;      // "all_iphones"
  std::string unit;        // may be empty: whatever Apple measures in
  VersionName version;
};

struct MetricPoint {
  double value = 0;    // finite, not negative
  std::string detail;  // metric, percentile, device, unit and margin of error
};

Reading<MetricPoint> read_metric(const nlohmann::json& document, const MetricWanted& wanted);

struct BetaUsage {
  double crashes = 0;
  double sessions = 0;
  std::optional<Instant> until;  // the end of the newest data point, where told
};

Reading<BetaUsage> read_beta_usage(const std::vector<nlohmann::json>& rows);

}  // namespace train::signals::app_store
