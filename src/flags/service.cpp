#include "service.hpp"

#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "train/flags/providers.hpp"
#include "train/http/json_depth.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

std::string text_in(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Google: {"error": {"message"}}; Unleash and LaunchDarkly: {"message"}, Unleash with {"details": [{"message"}]}.
std::string words_in(const std::string& body) {
  const auto answer = http::is_nested_within(body) ? nlohmann::json::parse(body, nullptr, false) : nlohmann::json();
  if (!answer.is_object()) return {};
  const auto details = answer.find("details");
  if (details != answer.end() && details->is_array() && !details->empty() && (*details)[0].is_object())
    return text_in((*details)[0], "message");
  const auto error = answer.find("error");
  const auto& holder = error != answer.end() && error->is_object() ? *error : answer;
  return text_in(holder, "message");
}

}  // namespace

std::string option_of(const Flag& flag, const std::string& name, std::string_view otherwise) {
  const auto found = flag.options.find(name);
  return found == flag.options.end() ? std::string(otherwise) : found->second;
}

std::string path_part(std::string_view text) { return percent_encode(text); }

std::string word_on(const Flag& flag) { return flag.value_on.value_or(flag.value_off == "true" ? "false" : "true"); }
std::string word_off(const Flag& flag) { return flag.value_off.value_or(flag.value_on == "false" ? "true" : "false"); }

bool is_good(const http::Outcome& outcome) {
  return outcome.transport == http::Transport::answered && outcome.status == 200;
}

Error refusal_of(const http::Request& request, const http::Outcome& outcome, std::string_view what_was_tried,
                 const Secret& token) {
  Error error = http::error_of(request, outcome, what_was_tried);
  std::string said = words_in(outcome.body);
  for (auto at = said.find(token.expose()); !token.empty() && at != std::string::npos; at = said.find(token.expose()))
    said.replace(at, token.expose().size(), k_redacted);
  if (!said.empty()) error.message += " " + printable(said, 300);
  return error;
}

Result<Done> conclude_write(FlagProvider& provider, const Flag& flag, const std::string& value,
                            const http::Request& request, const http::Outcome& outcome, const Secret& token) {
  const Error error = refusal_of(request, outcome, "Setting the flag " + flag.name, token);
  switch (http::effect_of(outcome)) {
    case http::Effect::applied:
      return conclude_by_reading_back(provider, flag, value, std::nullopt);
    case http::Effect::applied_unseen:
    case http::Effect::ambiguous:
      return conclude_by_reading_back(provider, flag, value, error);
    case http::Effect::not_applied:
      break;
  }
  return tl::unexpected(error);
}

std::string address_of(const Flag& flag) {
  if (flag.provider == "firebase_remote_config")
    return option_of(flag, "endpoint", "https://firebaseremoteconfig.googleapis.com");
  if (flag.provider == "launchdarkly") return option_of(flag, "endpoint", "https://app.launchdarkly.com");
  if (flag.provider == "unleash") return option_of(flag, "endpoint", "");
  return flag.url;
}

}  // namespace train::flags
