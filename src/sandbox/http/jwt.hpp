// A JSON web token taken apart; nothing here trusts it yet.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "train/base/error.hpp"

namespace train::sandbox {

struct Jwt {
  nlohmann::json header;
  nlohmann::json claims;
  std::string signed_part;
  std::string signature;  // raw bytes

  std::string text(const nlohmann::json& where, const char* name) const;  // empty when absent or not a string
  std::optional<std::int64_t> number(const char* claim) const;
};
// `auth` with the sentence when it is not three base64url parts of which two are JSON objects.
Result<Jwt> parse_jwt(std::string_view token);

}  // namespace train::sandbox
