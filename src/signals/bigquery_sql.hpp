// Variables in GoogleSQL, so that a value can never become part of the query's language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/signals/promql.hpp"

namespace train::signals {

struct SqlParameter {
  std::string name;  // "version" of @version
  bool is_number = false;
  std::string value;
};

struct FilledSql {
  std::string text;
  std::vector<SqlParameter> parameters;  // each once, in the order of first use
};

// Outside of strings $version becomes the parameter @version: INT64 for times, else STRING. In '…' and "…" the value is
// escaped; in raw strings and in `…` only what needs no escape may stand. Comments stay as they are.
// https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
Reading<FilledSql> fill_sql(std::string_view query, const Subject& subject);

}  // namespace train::signals
