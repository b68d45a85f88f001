// JSON from outside, bounded; and the small readings several endpoints share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "train/base/error.hpp"
#include "world/service.hpp"

namespace train::sandbox {

inline constexpr std::size_t k_json_limit_bytes = 4u << 20;
inline constexpr int k_json_depth_limit = 64;

// nullopt when it is not JSON, too large or too deep.
std::optional<nlohmann::json> parse_json(std::string_view text);
// An object whose members are all among `known`; `usage` names what is wrong otherwise.
Result<nlohmann::json> parse_object(std::string_view text, std::initializer_list<std::string_view> known);

std::optional<std::string> text_member(const nlohmann::json& object, std::string_view name);

// 5.0 becomes 5, so that people read what they wrote.
nlohmann::json plain_number(double value);

ServerResponse json_response(int status, const nlohmann::json& body);
// {"error":"…"}: the sandbox's own endpoints.
ServerResponse plain_error(int status, std::string_view why);
// {"error":{"code","message","status"}}: Google's shape.
ServerResponse google_error(int status, std::string_view word, std::string_view message);

}  // namespace train::sandbox
