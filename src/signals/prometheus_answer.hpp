// One instant query's answer, read strictly: docs/signals/prometheus.md says what each odd answer becomes.
#pragma once

#include <optional>

#include "train/base/time.hpp"
#include "train/http/client.hpp"
#include "train/signals/promql.hpp"

namespace train::signals {

struct Sample {
  double value = 0;  // finite and not negative
  Instant at;
};

// nullopt: the query found no series.
Reading<std::optional<Sample>> read_answer(const http::Request& request, const http::Outcome& outcome);

}  // namespace train::signals
