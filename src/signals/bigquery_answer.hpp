// What BigQuery answers to a query: one row, or why there is none.
#pragma once

#include <optional>
#include <string>

#include "ask.hpp"

namespace train::signals {

// The row's values by the names of the columns; nullopt: no row. `failed` when there are several, or a column has no
// name. A value is a text or null, whatever its type.
Reading<std::optional<nlohmann::json>> one_row(const nlohmann::json& answer);

// BigQuery's own reason in words, with what to do; nullopt: it gives none that says more than the status.
std::optional<Refusal> explain_bigquery(const nlohmann::json& document);

// "1.2 GB", "35 MB": in powers of ten, as Google bills.
std::string bytes_text(double bytes);

}  // namespace train::signals
