// Numbers in a JSON document by where they stand (RFC 6901). In a list `[member=value]` stands for the one element that
// has it, which no index says: /releases/[version=3.4.0]/sessions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "numbers.hpp"

namespace train::signals {

// nullptr where the pointer leads nowhere, to several elements, or is none.
const nlohmann::json* find_at(const nlohmann::json& document, std::string_view pointer);

// Why a text is none; nullopt: it is one. The rule of a definition's key (train/domain/provider_keys.hpp).
std::optional<std::string> pointer_fault(std::string_view text);

// The number there, counted up to `at`; nullopt where nothing or null stands. Variables in the pointer are filled in.
Reading<std::optional<Sample>> sample_at(const nlohmann::json& document, const std::string& pointer,
                                         const Subject& subject, Instant at);

}  // namespace train::signals
