#include "json_answer.hpp"

#include <fmt/format.h>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::signals {

using nlohmann::json;

namespace {
const json k_absent;
}  // namespace

const json& part(const json& object, const char* name) {
  if (!object.is_object()) return k_absent;
  const auto found = object.find(name);
  return found == object.end() ? k_absent : *found;
}

std::string words_of(const json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

tl::unexpected<Measurement> cannot(std::string detail) {
  return tl::unexpected(unmeasured(Measurement::State::failed, std::move(detail)));
}

tl::unexpected<Measurement> unauthorized(std::string detail) {
  auto seen = unmeasured(Measurement::State::failed, std::move(detail));
  seen.unauthorized = true;
  return tl::unexpected(std::move(seen));
}

tl::unexpected<Measurement> cannot_for(const http::Outcome& outcome, std::string detail) {
  const bool rights = outcome.status == 401 || outcome.status == 403;
  return rights ? unauthorized(std::move(detail)) : cannot(std::move(detail));
}

tl::unexpected<Measurement> cannot_sign_in(const Error& error) {
  return error.kind == ErrorKind::auth ? unauthorized(error.message) : cannot(error.message);
}

tl::unexpected<Measurement> nothing_yet(std::string detail) {
  return tl::unexpected(unmeasured(Measurement::State::no_data, std::move(detail)));
}

Reading<json> parse_answer(const http::Outcome& outcome, std::string_view what) {
  if (!http::is_nested_within(outcome.body)) return cannot(fmt::format("{}: the answer is nested too deep", what));
  auto document = json::parse(outcome.body, nullptr, false);
  if (!document.is_object())
    return cannot(fmt::format("{}: the answer is no JSON object: {}", what, printable(outcome.body, 80)));
  return document;
}

}  // namespace train::signals
