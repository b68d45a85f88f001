#include "histogram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "prometheus_answer.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();
// increase() extrapolates each bucket by itself, so that they may cross by a hair.
constexpr double k_crossing_most = 1e-6;

Reading<HistogramBucket> read_bucket(const json& series) {
  const std::string le = words_of(part(part(series, "metric"), "le"));
  const auto edge = le == "+Inf" ? std::optional(k_infinity) : parse_number(le);
  if (!edge) return cannot("a series of the histogram has no label `le` with a number: put sum by (le) around it");
  const auto count = read_sample(part(series, "value"));
  if (!count) return tl::unexpected(count.error());
  return HistogramBucket{*edge, *count};
}

std::string told(double edge) { return std::isinf(edge) ? "+Inf" : fmt::format("{:g} s", edge); }

}  // namespace

Reading<std::vector<HistogramBucket>> read_buckets(const json& data) {
  const json& result = part(data, "result");
  if (words_of(part(data, "resultType")) != "vector" || !result.is_array())
    return cannot("the histogram query does not give a series for each bucket");
  std::vector<HistogramBucket> buckets;
  for (const auto& series : result) {
    const auto bucket = read_bucket(series);
    if (!bucket) return tl::unexpected(bucket.error());
    buckets.push_back(*bucket);
  }
  std::sort(buckets.begin(), buckets.end(),
            [](const HistogramBucket& a, const HistogramBucket& b) { return a.edge < b.edge; });
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    if (buckets[i].edge == buckets[i - 1].edge)
      return cannot("the histogram has several series for le=" + told(buckets[i].edge) + ": put sum by (le) around it");
    const double before = buckets[i - 1].count.value;
    if (buckets[i].count.value < before * (1 - k_crossing_most))
      return cannot("the histogram's counts fall at le=" + told(buckets[i].edge) + "; they must be cumulative");
  }
  if (!buckets.empty() && !std::isinf(buckets.back().edge)) return cannot("the histogram has no bucket le=\"+Inf\"");
  return buckets;
}

Measurement slower_than(const std::vector<HistogramBucket>& buckets, double limit_seconds) {
  const double total = buckets.back().count.value;
  const auto slower = [&](const HistogramBucket& bucket) { return std::max(0.0, total - bucket.count.value); };
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.as_of = buckets.back().count.at;
  for (const auto& bucket : buckets) seen.as_of = std::min(seen.as_of, bucket.count.at);
  const auto above = std::find_if(buckets.begin(), buckets.end(), [&](const HistogramBucket& bucket) {
    return bucket.edge >= limit_seconds * (1 - 1e-9);
  });
  seen.counts = {slower(*above), total};
  if (above->edge <= limit_seconds * (1 + 1e-9)) return seen;
  const bool has_below = above != buckets.begin();
  const double most = has_below ? slower(*std::prev(above)) : total;
  seen.between = CountSpan{{slower(*above), total}, {most, total}};
  seen.counts.events = most;
  seen.detail =
      fmt::format("no bucket ends at {:g} s: {:g} took longer than {}, {:g} longer than {}", limit_seconds, most,
                  has_below ? told(std::prev(above)->edge) : "nothing", slower(*above), told(above->edge));
  return seen;
}

Reading<double> quantile_of(const std::vector<HistogramBucket>& buckets, double share) {
  const double total = buckets.back().count.value;
  if (total <= 0) return nothing_yet("the histogram has no requests");
  const double rank = share * total;
  double edge_below = 0, count_below = 0;
  for (const auto& bucket : buckets) {
    if (bucket.count.value < rank) {
      edge_below = bucket.edge;
      count_below = bucket.count.value;
      continue;
    }
    if (std::isinf(bucket.edge)) break;
    const double inside = bucket.count.value - count_below;
    return edge_below + (bucket.edge - edge_below) * (inside > 0 ? (rank - count_below) / inside : 1);
  }
  return cannot(fmt::format("more than {:g} % took longer than the histogram's last edge, {}", 100 * (1 - share),
                            told(edge_below)));
}

Reading<double> edge_from(const std::vector<HistogramBucket>& buckets, double seconds) {
  for (const auto& bucket : buckets) {
    if (bucket.edge >= seconds * (1 - 1e-9) && !std::isinf(bucket.edge)) return bucket.edge;
  }
  return cannot(fmt::format("no bucket ends at {:.4g} s or later: give the histogram one", seconds));
}

}  // namespace train::signals
