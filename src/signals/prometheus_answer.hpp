// One instant query's answer, read strictly: docs/signals/prometheus.md says what each odd answer becomes.
#pragma once

#include <optional>

#include "numbers.hpp"
#include "train/http/client.hpp"

namespace train::signals {

Reading<Sample> read_sample(const nlohmann::json& pair);  // [time, "value"]
// The answer's `data`; `failed` for an error, whatever its status, and for warnings.
Reading<nlohmann::json> read_data(const http::Request& request, const http::Outcome& outcome);
// nullopt: the query found no series.
Reading<std::optional<Sample>> read_answer(const http::Request& request, const http::Outcome& outcome);

}  // namespace train::signals
