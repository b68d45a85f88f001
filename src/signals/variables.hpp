// The variables of a query: where they stand in a text, and what they stand for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "train/signals/promql.hpp"

namespace train::signals {

struct Variable {
  std::string_view name;  // "version" of $version and ${version}
  std::size_t end = 0;    // behind it
};
// The variable that begins at that place. A `$` before anything but a letter, `_` or `{name}` is none.
std::optional<Variable> variable_at(std::string_view text, std::size_t at);

// Not escaped. An unknown name is `failed`; one whose value is not known yet is `no_data`.
Reading<std::string> value_of(std::string_view name, const Subject& subject);

}  // namespace train::signals
