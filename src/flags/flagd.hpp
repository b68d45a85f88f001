// Flags in flagd's format: {"flags": {NAME: {"state", "variants", "defaultVariant", "targeting"}}}, changed as text.
#pragma once

#include <string>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"

namespace train::flags {

// Whether the JSON object in `text` is one of flagd's: it has a member `flags` that is an object.
bool is_flagd(const std::string& text);

// What everybody gets: the value of the variant that a kill in the targeting names, else of the default variant;
// "DISABLED" where the flag is, because apps then use a value of their own. `not_found`, `refused`.
Result<std::string> flagd_value(const std::string& text, const Flag& flag);

// The text in which everybody who is not singled out by targeting gets `value`, and with the flag's `value_off`
// everybody at all: targeting is then kept inside a condition that always holds, and comes back with any other value.
// `refused` when no variant has this value, naming those there are.
Result<std::string> with_flagd_value(const std::string& text, const Flag& flag, const std::string& value);

}  // namespace train::flags
