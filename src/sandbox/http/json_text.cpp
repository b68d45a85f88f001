#include "http/json_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace train::sandbox {
namespace {

using nlohmann::json;

bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[')) {
      if (++depth > k_json_depth_limit) return true;
    } else if (!quoted && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::optional<json> parse_json(std::string_view text) {
  if (text.size() > k_json_limit_bytes || is_too_deep(text)) return std::nullopt;
  auto value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

Result<json> parse_object(std::string_view text, std::initializer_list<std::string_view> known) {
  auto value = parse_json(text);
  if (!value || !value->is_object()) return fail(ErrorKind::usage, "The body must be one JSON object.");
  for (const auto& [name, member] : value->items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return fail(ErrorKind::usage,
                  fmt::format("\"{}\" is not known here; allowed: {}.", name, fmt::join(known, ", ")));
    }
  }
  return *value;
}

std::optional<std::string> text_member(const json& object, std::string_view name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_string()) return std::nullopt;
  return at->get<std::string>();
}

json plain_number(double value) {
  const double whole = std::round(value);
  if (whole == value && std::fabs(value) < 1e15) return static_cast<std::int64_t>(whole);
  return value;
}

ServerResponse json_response(int status, const json& body) {
  ServerResponse response;
  response.status = status;
  // Bytes that are not UTF-8 come from outside (a path, a body): shown as U+FFFD rather than thrown over.
  response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return response;
}

ServerResponse plain_error(int status, std::string_view why) { return json_response(status, {{"error", why}}); }

ServerResponse google_error(int status, std::string_view word, std::string_view message) {
  return json_response(status, {{"error", {{"code", status}, {"message", message}, {"status", word}}}});
}

}  // namespace train::sandbox
