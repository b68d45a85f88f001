// Changing one member of a JSON object as text, so that everything else stays as it was, byte for byte.
#pragma once

#include <string>
#include <string_view>

#include "train/base/error.hpp"

namespace train::flags {

// The text of the member's value. `refused` when `text` is not a JSON object or has the member twice, `not_found` when
// it has no such member.
Result<std::string> find_member(const std::string& text, std::string_view name);

// `text` with the member's value replaced by `json`; a member that is not there is added at the end.
Result<std::string> set_member(const std::string& text, std::string_view name, std::string_view json);

}  // namespace train::flags
