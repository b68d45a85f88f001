// GetMetricData: what is asked, and the pages of its answer put together.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/time.hpp"
#include "train/signals/promql.hpp"

namespace train::signals {

// `Name{Dimension="value",…} Statistic`; names with spaces stand in quotes.
struct MetricText {
  std::string name;
  std::vector<std::pair<std::string, std::string>> dimensions;
  std::string statistic;
};
std::optional<MetricText> parse_metric_text(std::string_view text);

struct MetricValues {
  double sum = 0;
  double newest = 0;
  Instant newest_at;  // the start of the newest period
};

// Takes page after page; `values` once the last is in.
class MetricPages {
 public:
  // Absent: the answer is not usable, and here is why. Else the token of the next page, empty after the last.
  Reading<std::string> take(const nlohmann::json& page);
  // nullopt: no value was found. `failed` for what was not complete, several series, or no number.
  Reading<std::optional<MetricValues>> values(const std::string& id) const;

 private:
  struct Series {
    std::string status;
    std::map<std::int64_t, double> values;  // by the start of the period
  };
  Reading<std::string> take_result(const nlohmann::json& result, std::map<std::string, int>& on_this_page);

  std::map<std::string, std::map<std::string, Series>> series_;  // by id, then by label and its number on the page
};

}  // namespace train::signals
