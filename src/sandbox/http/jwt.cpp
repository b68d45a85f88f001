#include "http/jwt.hpp"

#include "train/base/text.hpp"

namespace train::sandbox {
namespace {

constexpr std::size_t k_token_limit_bytes = 8192;

std::optional<nlohmann::json> parse_object(std::string_view encoded) {
  const auto text = decode_base64(encoded);
  if (!text) return std::nullopt;
  auto object = nlohmann::json::parse(*text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  return object;
}

}  // namespace

std::string Jwt::text(const nlohmann::json& where, const char* name) const {
  const auto at = where.find(name);
  return at != where.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::optional<std::int64_t> Jwt::number(const char* claim) const {
  const auto at = claims.find(claim);
  if (at == claims.end() || !at->is_number_integer()) return std::nullopt;
  const auto value = at->get<std::int64_t>();
  // Bounded so that differences of two never overflow.
  if (value < 0 || value > 1'000'000'000'000) return std::nullopt;
  return value;
}

Result<Jwt> parse_jwt(std::string_view token) {
  if (token.size() > k_token_limit_bytes) return fail(ErrorKind::auth, "the token is longer than 8 KiB");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return fail(ErrorKind::auth, "the token is not three parts with dots between them");
  }
  auto header = parse_object(token.substr(0, first));
  auto claims = parse_object(token.substr(first + 1, second - first - 1));
  const auto signature = decode_base64(token.substr(second + 1));
  if (!header || !claims || !signature)
    return fail(ErrorKind::auth, "the token's parts are not base64url of JSON objects");
  return Jwt{std::move(*header), std::move(*claims), std::string(token.substr(0, second)), *signature};
}

}  // namespace train::sandbox
