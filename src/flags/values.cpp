#include "values.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::flags {

namespace {

using nlohmann::json;

std::string in_quotes(std::string_view value) { return "\"" + printable(value, 200) + "\""; }

}  // namespace

std::string parameter_of(const Flag& flag) { return flag.parameter.empty() ? flag.name : flag.parameter; }

std::optional<std::string> text_of_json(std::string_view text) {
  if (!http::is_nested_within(text)) return std::nullopt;
  const json value = json::parse(text, nullptr, false);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean() || value.is_number()) return value.dump();
  return std::nullopt;
}

std::string json_string_of_text(const std::string& value) {
  return json(value).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string json_of_text(const std::string& value) {
  const json parsed = http::is_nested_within(value) ? json::parse(value, nullptr, false) : json();
  const bool literal = parsed.is_boolean() || parsed.is_number();
  return literal && parsed.dump() == value ? value : json_string_of_text(value);
}

Result<Done> conclude_by_reading_back(FlagProvider& provider, const Flag& flag, const std::string& value,
                                      const std::optional<Error>& unclear) {
  const auto now = provider.get(flag);
  if (now && *now == value) return Done{};
  const std::string what = fmt::format("Setting the flag {} to {}", flag.name, in_quotes(value));
  if (!now) {
    return fail(ErrorKind::unknown_outcome,
                what + (unclear ? " did not go through (" + unclear->message + ")" : " was accepted") +
                    ", and reading it back failed: " + now.error().message,
                "Look at the flag itself, then run it again: setting it twice is harmless.");
  }
  if (!unclear) {
    return fail(ErrorKind::refused, what + " was accepted, but it reads " + in_quotes(*now) + ".",
                "Check that nothing else sets this flag, and that it is read where it is set.");
  }
  // It was read and is not there: what was unclear is now known.
  const ErrorKind kind = unclear->kind == ErrorKind::unknown_outcome ? ErrorKind::unreachable : unclear->kind;
  return fail(kind, what + " failed; it reads " + in_quotes(*now) + ". " + unclear->message, unclear->hint);
}

}  // namespace train::flags
