#include "bigquery_answer.hpp"

#include <fmt/format.h>

#include "numbers.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

struct Reason {
  std::string_view word;  // https://cloud.google.com/bigquery/docs/error-messages
  std::string_view hint;
  bool rights;
};
constexpr Reason k_reasons[] = {
    {"bytesBilledLimitExceeded",
     "one look would bill more than `maximum_gb_billed` allows, so nothing was read; narrow the query by time, or "
     "raise "
     "the key",
     false},
    {"quotaExceeded", "a quota of the project is used up; see IAM & Admin, Quotas", false},
    {"rateLimitExceeded", "too many requests for now; it is asked again at the next look", false},
    {"jobRateLimitExceeded", "too many requests for now; it is asked again at the next look", false},
    {"billingNotEnabled", "`project` has no billing account, and queries need one", true},
    {"accessNotConfigured", "the BigQuery API is not enabled in `project`", true},
    {"accessDenied",
     "reading this is not allowed; the account of `credentials` needs the role BigQuery Job User in `project`, and "
     "BigQuery Data Viewer on each dataset that the query reads",
     true},
    {"notFound",
     "there is nothing of that name there; check `project`, `location`, and the tables of the query (…_REALTIME tables "
     "need the streaming export)",
     false},
    {"invalidQuery", "BigQuery does not accept the query; try it in the console", false},
    {"invalid", "BigQuery does not accept the request; try the query in the console", false},
    {"stopped", "BigQuery stopped the query, which took too long; make it cheaper", false},
};

// The names of the columns, in the order of a row's values.
Reading<std::vector<std::string>> columns_of(const json& answer) {
  std::vector<std::string> names;
  const json& fields = part(part(answer, "schema"), "fields");
  if (!fields.is_array() || fields.empty()) return cannot("BigQuery answered without the names of the columns");
  for (const auto& field : fields) names.push_back(words_of(part(field, "name")));
  return names;
}

}  // namespace

Reading<std::optional<json>> one_row(const json& answer) {
  const json& rows = part(answer, "rows");
  const std::size_t listed = rows.is_array() ? rows.size() : 0;
  const auto total = number_in(part(answer, "totalRows"), "totalRows");
  if (!total) return tl::unexpected(total.error());
  if (*total == 0) return std::optional<json>();
  if (*total > 1) {
    return cannot(
        fmt::format("the query gives {:g} rows, and one is wanted: aggregate, and leave GROUP BY away", *total));
  }
  if (listed != 1) return cannot("BigQuery answered one row without its values");
  const auto names = columns_of(answer);
  if (!names) return tl::unexpected(names.error());
  const json& values = part(rows[0], "f");
  if (!values.is_array() || values.size() != names->size())
    return cannot("BigQuery answered a row of another width than its columns");
  json row = json::object();
  for (std::size_t i = 0; i < names->size(); ++i) row[(*names)[i]] = part(values[i], "v");
  return std::optional<json>(std::move(row));
}

std::optional<Refusal> explain_bigquery(const json& document) {
  const json& errors = part(part(document, "error"), "errors");
  const std::string word = errors.is_array() && !errors.empty() ? words_of(part(errors[0], "reason")) : std::string();
  for (const Reason& reason : k_reasons) {
    if (reason.word == word) return Refusal{std::string(reason.hint), reason.rights};
  }
  return std::nullopt;
}

std::string bytes_text(double bytes) {
  constexpr std::string_view units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < std::size(units)) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

}  // namespace train::signals
