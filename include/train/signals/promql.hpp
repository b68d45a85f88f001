// Queries with their variables filled in, so that a value can never become part of the query's language.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "train/domain/evidence.hpp"
#include "train/ports/signal_source.hpp"

namespace train::signals {

// Either a T, or the Measurement that says why there is none.
template <typename T>
using Reading = tl::expected<T, Measurement>;

Measurement unmeasured(Measurement::State state, std::string detail);

// $app or ${app}, and so on, by the contract's list. Values are escaped for the kind of string they stand in; outside
// of a string only letters, digits and _ may be filled in. An unknown variable is `failed`; one whose value is not
// known yet is `no_data`. A `$` before anything but a letter, `_` or `{` stays (the end of a regular expression).
Reading<std::string> fill_query(std::string_view query, const Subject& subject);

}  // namespace train::signals
