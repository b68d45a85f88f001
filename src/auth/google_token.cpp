#include "train/auth/google_token.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "keys.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::auth {

namespace {

using std::chrono::seconds;

constexpr seconds k_assertion_life{3600};     // Google's maximum
constexpr seconds k_assertion_backdated{10};  // a clock slightly fast must not make it a token of the future
constexpr seconds k_refresh_before{300};
constexpr std::size_t k_answer_limit_bytes = 1 << 20;

Result<Key> rsa_key(const Secret& pem) {
  auto key = read_private_key(pem);
  if (!key) return key;
  if (!is_rsa(key->get())) return fail(ErrorKind::auth, "An RSA key is needed, this is " + name_of(key->get()) + ".");
  return key;
}

Result<std::string> assertion(const ServiceAccount& account, const SigningKey& signing, const std::string& scope,
                              Instant now) {
  nlohmann::json header = {{"alg", "RS256"}, {"typ", "JWT"}};
  if (!account.private_key_id.empty()) header["kid"] = account.private_key_id;
  const Instant issued = now - k_assertion_backdated;
  const nlohmann::json payload = {{"iss", account.client_email},
                                  {"scope", scope},
                                  {"aud", account.token_uri},
                                  {"iat", issued.time_since_epoch().count()},
                                  {"exp", (issued + k_assertion_life).time_since_epoch().count()}};
  const std::string input = signing_input(header, payload);
  const auto signature = sign_sha256(signing.key.get(), input);
  if (!signature) return tl::unexpected(signature.error());
  return input + "." + base64url(*signature);
}

http::Request token_request(const ServiceAccount& account, const std::string& signed_assertion) {
  http::Request request;
  request.method = http::Method::post;
  request.url = account.token_uri;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = "grant_type=" + percent_encode("urn:ietf:params:oauth:grant-type:jwt-bearer") +
                 "&assertion=" + percent_encode(signed_assertion);
  request.purpose = http::Purpose::read;  // a second token harms nobody
  request.answer_limit_bytes = k_answer_limit_bytes;
  return request;
}

seconds life_of(const nlohmann::json& json) {
  const auto found = json.find("expires_in");
  if (found == json.end() || !found->is_number_integer()) return k_assertion_life;
  return seconds(std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, 86400));
}

std::string hint_for(const std::string& code, const ServiceAccount& account) {
  if (code == "invalid_grant") {
    return "Check this machine's clock, and that the key of " + printable(account.client_email, 200) +
           " was not deleted and the account not disabled.";
  }
  if (code == "invalid_scope" || code == "unauthorized_client") {
    return "Check that the API is enabled in the account's project and that the account may use it.";
  }
  return "Check that the service account and its key still exist.";
}

Error refusal(const http::Request& request, http::Outcome outcome, const nlohmann::json& json,
              const ServiceAccount& account) {
  const std::string code = text_of(json, "error");
  const bool refused = outcome.transport == http::Transport::answered && outcome.status >= 400 &&
                       outcome.status < 500 && outcome.status != 429 && outcome.status != 408;
  if (!refused) {
    outcome.body.clear();  // an endpoint may echo the assertion
    return http::error_of(request, outcome, "Asking for a Google access token");
  }
  std::string message = "Google refused a token for " + printable(account.client_email, 200) + " (" +
                        http::describe(request) + " answered " + std::to_string(outcome.status) + ")";
  if (!code.empty()) message += ": " + printable(code, 100);
  if (const std::string words = text_of(json, "error_description"); !words.empty()) {
    message += ": " + printable(words, 300);
  }
  return Error{ErrorKind::auth, message, hint_for(code, account)};
}

}  // namespace

GoogleTokens::GoogleTokens(ServiceAccount account, std::string scope, http::Client& client)
    : account_(std::move(account)), scope_(std::move(scope)), client_(&client) {}

Result<Secret> GoogleTokens::bearer(Instant now) {
  const bool issued = now + std::chrono::hours(24) >= good_until_;  // a clock that went far back: ask again
  if (!token_.empty() && issued && now + k_refresh_before <= good_until_) return token_;
  if (!signing_) {
    auto key = rsa_key(account_.private_key);
    if (!key) return tl::unexpected(key.error());
    signing_ = std::make_shared<const SigningKey>(std::move(*key));
  }
  const auto signed_assertion = assertion(account_, *signing_, scope_, now);
  if (!signed_assertion) return tl::unexpected(signed_assertion.error());
  const http::Request request = token_request(account_, *signed_assertion);
  const http::Outcome outcome = client_->read(request);
  nlohmann::json json;
  if (http::is_nested_within(outcome.body)) json = nlohmann::json::parse(outcome.body, nullptr, false);
  const std::string token = text_of(json, "access_token");
  const bool answered = outcome.transport == http::Transport::answered && outcome.status == 200;
  const bool usable = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!answered || token.empty() || !usable) return tl::unexpected(refusal(request, outcome, json, account_));
  token_ = Secret(token);
  good_until_ = now + life_of(json);
  return token_;
}

void GoogleTokens::forget() { token_ = Secret(); }

Result<std::string> sign_rs256(const Secret& pem, std::string_view signing_input) {
  const auto key = rsa_key(pem);
  if (!key) return tl::unexpected(key.error());
  return sign_sha256(key->get(), signing_input);
}

}  // namespace train::auth
