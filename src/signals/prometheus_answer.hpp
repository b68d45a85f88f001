// One instant query's answer, read strictly: docs/signals/prometheus.md says what each odd answer becomes.
#pragma once

#include <optional>

#include "numbers.hpp"
#include "train/http/client.hpp"

namespace train::signals {

// nullopt: the query found no series.
Reading<std::optional<Sample>> read_answer(const http::Request& request, const http::Outcome& outcome);

}  // namespace train::signals
