// The one query Prometheus is asked here: sum|max(metric{label="value",…}), instant.
#pragma once

#include <string_view>

#include "world/metrics.hpp"
#include "world/service.hpp"

namespace train::sandbox {

struct InstantQuery {
  enum class Aggregate { sum, max };
  Aggregate aggregate = Aggregate::sum;
  Selector selector;
};
// `usage` in Prometheus' manner: "1:5: parse error: …".
Result<InstantQuery> parse_query(std::string_view text);

// GET or POST form /api/v1/query with `query` and `time`. Only the present is kept: a time more than five minutes from
// `now` has no samples.
ServerResponse answer_prometheus(const ServerRequest& request, const Metrics& metrics, Instant now);

}  // namespace train::sandbox
