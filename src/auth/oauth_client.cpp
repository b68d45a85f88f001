#include "train/auth/oauth_client.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::auth {

namespace {

using Answer = nlohmann::json;

constexpr std::int64_t k_life_untold = 300;
constexpr std::int64_t k_life_most = 86400;
constexpr Duration k_renew_before{60};
constexpr std::size_t k_oauth_answer_limit_bytes = 1 << 20;

http::Request token_request(const OAuthClient& mine) {
  http::Request request;
  request.method = http::Method::post;
  request.url = mine.token_url;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = "grant_type=client_credentials";
  if (!mine.scope.empty()) request.body += "&scope=" + percent_encode(mine.scope);
  if (!mine.parameters.empty()) request.body += "&" + mine.parameters;
  const std::string id = percent_encode(mine.client_id), secret = percent_encode(mine.client_secret.expose());
  if (mine.in_header) {
    request.headers.push_back({"Authorization", "Basic " + base64(id + ":" + secret)});
  } else {
    request.body += "&client_id=" + id + "&client_secret=" + secret;
  }
  request.purpose = http::Purpose::read;  // a second token harms nobody
  request.answer_limit_bytes = k_oauth_answer_limit_bytes;
  return request;
}

std::string member(const Answer& answer, const char* name) {
  const auto found = answer.is_object() ? answer.find(name) : answer.end();
  return answer.is_object() && found != answer.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t life_in(const Answer& answer) {
  const auto found = answer.find("expires_in");
  if (found == answer.end() || !found->is_number_integer()) return k_life_untold;
  return std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, k_life_most);
}

Error refused(const http::Request& request, http::Outcome outcome, const Answer& answer) {
  const bool answered = outcome.transport == http::Transport::answered;
  if (!answered || outcome.status == 429 || outcome.status >= 500) {
    outcome.body.clear();  // an endpoint may echo the secret
    return http::error_of(request, outcome, "Asking for an access token");
  }
  std::string text =
      http::describe(request) + " gave no access token (it answered " + std::to_string(outcome.status) + ")";
  for (const char* name : {"error", "error_description"}) {
    if (const auto words = member(answer, name); !words.empty()) text += ": " + printable(words, 300);
  }
  return {ErrorKind::auth, text, "Compare `client_id`, `client_secret` and `scope` with what the service has."};
}

}  // namespace

OAuthTokens::OAuthTokens(OAuthClient mine, http::Client& client) : mine_(std::move(mine)), client_(&client) {}

Result<Secret> OAuthTokens::bearer(Instant now) {
  const Duration early = std::min(k_renew_before, (good_until_ - asked_) / 2);
  if (!token_.empty() && now >= asked_ && now + early < good_until_)
    return token_;  // a clock that went back: ask again
  const auto request = token_request(mine_);
  const auto outcome = client_->read(request);
  const Answer answer = http::is_nested_within(outcome.body) ? Answer::parse(outcome.body, nullptr, false) : Answer();
  const std::string token = member(answer, "access_token");
  const bool usable =
      !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (outcome.transport != http::Transport::answered || outcome.status != 200 || !usable)
    return tl::unexpected(refused(request, outcome, answer));
  token_ = Secret(token);
  asked_ = now;
  good_until_ = now + Duration(life_in(answer));
  return token_;
}

void OAuthTokens::forget() { token_ = Secret(); }

}  // namespace train::auth
