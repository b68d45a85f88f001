// Apple's webhook signature: `x-apple-signature: hmacsha256=<lower-case hex of HMAC-SHA256(secret, raw body)>`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "train/base/secret.hpp"

namespace train::auth {

inline constexpr std::string_view k_apple_signature_header = "x-apple-signature";

// The 32 bytes in "hmacsha256=<64 hex digits>"; surrounding space is let pass. nullopt when it is of another form.
std::optional<std::string> parse_apple_signature(std::string_view value);

// Which of the secrets (0-based) signed `body`, byte for byte; nullopt: none. Every secret is tried and compared in
// constant time. An empty secret signs nothing.
std::optional<std::size_t> find_apple_signer(std::string_view signature, std::string_view body,
                                             std::span<const Secret> secrets);

}  // namespace train::auth
