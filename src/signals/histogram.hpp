// A Prometheus histogram as a proportion: what took longer than a limit, out of all.
#pragma once

#include "numbers.hpp"

namespace train::signals {

// One cumulative bucket: how many took at most `edge` seconds.
struct HistogramBucket {
  double edge = 0;  // infinity for all
  Sample count;
};

// The series of an instant query's `data`, by their label `le`, rising. `failed` where one has no such label or two
// have the same, where +Inf is missing, and where the counts do not rise. Empty: the query found no series.
Reading<std::vector<HistogramBucket>> read_buckets(const nlohmann::json& data);

// Events and exposures. Where no bucket ends at `limit`, `between` spans what the next edges allow, `counts` are the
// most that may be, and the detail says so. `buckets` as read_buckets gives them, not empty.
Measurement slower_than(const std::vector<HistogramBucket>& buckets, double limit_seconds);

// The time within which that share of the requests ended, taken evenly inside of a bucket. `no_data` without requests;
// `failed` where it lies beyond the last edge.
Reading<double> quantile_of(const std::vector<HistogramBucket>& buckets, double share);
// The first edge at `seconds` or above. `failed` where there is none but +Inf.
Reading<double> edge_from(const std::vector<HistogramBucket>& buckets, double seconds);

}  // namespace train::signals
