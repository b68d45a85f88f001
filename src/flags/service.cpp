#include "service.hpp"

#include "train/base/text.hpp"
#include "train/flags/providers.hpp"
#include "values.hpp"

namespace train::flags {

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

Result<Done> conclude_write(FlagProvider& provider, const Flag& flag, const std::string& value,
                            const http::Request& request, const http::Outcome& outcome) {
  const Error error = http::error_of(request, outcome, "Setting the flag " + flag.name);
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

}  // namespace train::flags
