// A flag's value as text and as JSON, and how a set is concluded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "train/ports/flag_provider.hpp"

namespace train::flags {

std::string parameter_of(const Flag& flag);  // the flag's `parameter`, else its name

// A JSON string, bool or number as the text it stands for; nullopt for anything else, invalid JSON included.
std::optional<std::string> text_of_json(std::string_view json);
// `true`, `false` and numbers as they are, when reading them back gives the same text; else a JSON string.
std::string json_of_text(const std::string& value);
std::string json_string_of_text(const std::string& value);

// Reads back what a set came to. `unclear` is what went wrong while setting, when that left it open whether it was
// applied; nullopt when the other side said yes. Done only when the flag now reads `value`.
Result<Done> conclude_by_reading_back(FlagProvider& provider, const Flag& flag, const std::string& value,
                                      const std::optional<Error>& unclear);

}  // namespace train::flags
