// What an outcome means, by facts alone: docs/http.md has the table.
#include <curl/curl.h>

#include <algorithm>
#include <charconv>

#include "train/base/text.hpp"
#include "train/http/client.hpp"

namespace train::http {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// 408 may come from a proxy after the request was passed on, 409 may be about our own earlier call; a status outside
// the registered ones promises nothing.
bool certainly_not_applied(int status) {
  if (status >= 300 && status < 400) return true;
  if (status == 408 || status == 409) return false;
  return (status >= 400 && status <= 431) || status == 451;
}

std::optional<milliseconds> whole_seconds(std::string_view text) {
  constexpr long long k_most = 10LL * 366 * 86400;
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty() || text.front() == '-') return std::nullopt;
  if (error == std::errc::result_out_of_range) return seconds(k_most);
  if (error != std::errc{}) return std::nullopt;
  return seconds(std::min(value, k_most));
}

std::optional<std::time_t> http_date(std::string_view text) {
  // curl_getdate also reads bare numbers as dates; an HTTP date starts with the name of a day.
  if (text.empty() || text.front() < 'A' || text.front() > 'Z') return std::nullopt;
  const std::time_t at = curl_getdate(std::string(text).c_str(), nullptr);
  if (at == -1) return std::nullopt;
  return at;
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  return "?";
}

std::optional<std::string_view> Outcome::header(std::string_view lower_case_name) const {
  for (const Header& header : headers) {
    if (header.name == lower_case_name) return header.value;
  }
  return std::nullopt;
}

Effect effect_of(const Outcome& outcome) {
  switch (outcome.transport) {
    case Transport::not_sent:
      return Effect::not_applied;
    case Transport::lost:
      return Effect::ambiguous;
    case Transport::answered:
    case Transport::cut:
      break;
  }
  if (outcome.status >= 200 && outcome.status < 300) {
    return outcome.transport == Transport::answered ? Effect::applied : Effect::applied_unseen;
  }
  return certainly_not_applied(outcome.status) ? Effect::not_applied : Effect::ambiguous;
}

milliseconds retry_delay(const RetryInput& in) {
  milliseconds backoff = in.base;
  for (int i = 1; i < in.attempt && backoff < in.ceiling; ++i) backoff *= 2;
  return std::max(std::min(backoff, in.ceiling), in.retry_after.value_or(milliseconds{0}));
}

std::optional<milliseconds> retry_after(const Outcome& outcome) {
  const auto text = outcome.header("retry-after");
  if (!text) return std::nullopt;
  const std::string_view wish = trim(*text);
  if (const auto wait = whole_seconds(wish)) return wait;
  const auto until = http_date(wish);
  const auto from = date_of(outcome);
  if (!until || !from) return std::nullopt;
  return seconds(std::max<std::time_t>(0, *until - from->time_since_epoch().count()));
}

std::optional<Instant> date_of(const Outcome& outcome) {
  const auto text = outcome.header("date");
  const auto at = text ? http_date(trim(*text)) : std::nullopt;
  if (!at) return std::nullopt;
  return Instant(seconds(*at));
}

}  // namespace train::http
