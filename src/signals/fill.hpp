// The variables of a query in texts of other languages than PromQL, each escaped for where it stands.
#pragma once

#include <string>
#include <string_view>

#include "train/signals/promql.hpp"

namespace train::signals {

enum class Into {
  query,      // strings in "…", '…' or `…`: PromQL, NRQL
  tags,       // the same, and `.` and `-` may stand outside of strings: Datadog's {version:$version}
  json_text,  // JSON: escaped inside of strings, only letters, digits and _ outside
  address,    // the path or the query of a URL, or a form: percent-encoded
  pointer,    // a JSON pointer: `~` and `/` escaped
  words,      // only letters, digits, `_`, `.` and `-` are let in
};

// As fill_query, for that language.
Reading<std::string> fill(std::string_view text, const Subject& subject, Into into);

}  // namespace train::signals
