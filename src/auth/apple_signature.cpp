#include "train/auth/apple_signature.hpp"

#include <openssl/crypto.h>

#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::auth {
namespace {

constexpr std::string_view k_scheme = "hmacsha256=";
constexpr std::size_t k_digest_bytes = 32;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> parse_apple_signature(std::string_view value) {
  value = trim(value);
  if (!starts_with(value, k_scheme)) return std::nullopt;
  const auto hex = value.substr(k_scheme.size());
  if (hex.size() != 2 * k_digest_bytes) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]);
    const int low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<std::size_t> find_apple_signer(std::string_view signature, std::string_view body,
                                             std::span<const Secret> secrets) {
  std::optional<std::size_t> signer;
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    const std::string wanted = hmac_sha256(secrets[i].expose(), body);
    const bool same = signature.size() == wanted.size() && !secrets[i].empty() &&
                      CRYPTO_memcmp(signature.data(), wanted.data(), wanted.size()) == 0;
    if (same && !signer) signer = i;
  }
  return signer;
}

}  // namespace train::auth
