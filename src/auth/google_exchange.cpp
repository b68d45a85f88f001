#include "google_exchange.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "keys.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::auth {

namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr seconds k_assertion_life{3600};     // Google's maximum
constexpr seconds k_assertion_backdated{10};  // a clock slightly fast must not make it a token of the future
constexpr std::size_t k_answer_limit_bytes = 1 << 20;
constexpr const char* k_scope_cloud = "https://www.googleapis.com/auth/cloud-platform";

using Form = std::vector<std::pair<std::string, std::string>>;

http::Request form_request(const std::string& url, const Form& form) {
  http::Request request;
  request.method = http::Method::post;
  request.url = url;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  for (const auto& [name, value] : form) {
    request.body += (request.body.empty() ? "" : "&") + name + "=" + percent_encode(value);
  }
  request.purpose = http::Purpose::read;  // a second token harms nobody
  request.answer_limit_bytes = k_answer_limit_bytes;
  return request;
}

json parsed(const std::string& text) {
  return http::is_nested_within(text) ? json::parse(text, nullptr, false) : json();
}

bool is_token(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_answer(const http::Outcome& outcome) {
  return outcome.transport == http::Transport::answered && outcome.status == 200;
}

// `expires_in` in seconds; an hour where it is not told.
seconds life_of(const json& answer) {
  const auto found = answer.find("expires_in");
  if (found == answer.end() || !found->is_number_integer()) return k_assertion_life;
  return seconds(std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, 86400));
}

// Google's token endpoints say {"error": "code", "error_description"}; its APIs {"error": {"status", "message"}}.
std::pair<std::string, std::string> code_and_words(const json& answer) {
  const auto nested = answer.is_object() ? answer.find("error") : answer.end();
  if (answer.is_object() && nested != answer.end() && nested->is_object()) {
    return {text_of(*nested, "status"), text_of(*nested, "message")};
  }
  return {text_of(answer, "error"), text_of(answer, "error_description")};
}

struct Asking {
  std::string what;                                            // "a token for ana@example.com"
  std::string hint;                                            // for a refusal
  std::string (*hint_for)(const std::string& code) = nullptr;  // a better one by code; may be empty
};

Error refusal(const http::Request& request, http::Outcome outcome, const Asking& asking) {
  const bool refused = outcome.transport == http::Transport::answered && outcome.status >= 400 &&
                       outcome.status < 500 && outcome.status != 429 && outcome.status != 408;
  const auto [code, words] = code_and_words(parsed(outcome.body));
  if (!refused) {
    outcome.body.clear();  // an endpoint may echo the assertion
    return http::error_of(request, outcome, "Asking for a Google access token");
  }
  std::string message = "Google refused " + asking.what + " (" + http::describe(request) + " answered " +
                        std::to_string(outcome.status) + ")";
  if (!code.empty()) message += ": " + printable(code, 100);
  if (!words.empty()) message += ": " + printable(words, 300);
  const std::string better = asking.hint_for == nullptr ? std::string() : asking.hint_for(code);
  return Error{ErrorKind::auth, message, better.empty() ? asking.hint : better};
}

// An endpoint's {"access_token", "expires_in"}.
Result<Granted> ask(const http::Request& request, http::Client& client, const Asking& asking) {
  const http::Outcome outcome = client.read(request);
  const json answer = parsed(outcome.body);
  const std::string token = text_of(answer, "access_token");
  if (!is_answer(outcome) || !is_token(token)) return tl::unexpected(refusal(request, outcome, asking));
  return Granted{Secret(token), life_of(answer)};
}

// ---- service account

Result<std::string> assertion(const ServiceAccount& account, const std::string& scope, Instant now) {
  json header = {{"alg", "RS256"}, {"typ", "JWT"}};
  if (!account.private_key_id.empty()) header["kid"] = account.private_key_id;
  const Instant issued = now - k_assertion_backdated;
  const json payload = {{"iss", account.client_email},
                        {"scope", scope},
                        {"aud", account.token_uri},
                        {"iat", issued.time_since_epoch().count()},
                        {"exp", (issued + k_assertion_life).time_since_epoch().count()}};
  const std::string input = signing_input(header, payload);
  const auto signature = sign_sha256(account.key->key.get(), input);
  if (!signature) return tl::unexpected(signature.error());
  return input + "." + base64url(*signature);
}

std::string hint_for_account(const std::string& code) {
  if (code == "invalid_scope" || code == "unauthorized_client") {
    return "Check that the API is enabled in the account's project and that the account may use it.";
  }
  return {};
}

std::string hint_for_user(const std::string& code) {
  if (code == "invalid_scope") return "Sign in again and ask for this API's scope.";
  return {};
}

// ---- workload identity

Result<std::string> field_in(const std::string& text, const ExternalAccount::Source& source, const std::string& where) {
  std::string token = source.json_field ? text_of(parsed(text), source.json_field->c_str()) : std::string(trim(text));
  if (is_token(token)) return token;
  return fail(ErrorKind::auth,
              "There is no token to exchange in " + where +
                  (source.json_field ? " (field `" + printable(*source.json_field, 80) + "`)." : "."),
              "Look at `credential_source` of the workload identity file, and at what the CI system provides.");
}

Result<std::string> subject_token(const ExternalAccount::Source& source, http::Client& client) {
  if (!source.file.empty()) {
    const auto text = read_file(source.file, k_answer_limit_bytes);
    if (!text) {
      return fail(ErrorKind::auth, "The token to exchange cannot be read: " + text.error().message,
                  "The CI system writes it; is this running there?");
    }
    return field_in(*text, source, source.file);
  }
  http::Request request;
  request.url = source.url;
  request.answer_limit_bytes = k_answer_limit_bytes;
  for (const auto& [name, value] : source.headers) request.headers.push_back({name, value.expose()});
  http::Outcome outcome = client.read(request);
  if (is_answer(outcome)) return field_in(outcome.body, source, http::describe(request));
  outcome.body.clear();
  Error error = http::error_of(request, outcome, "Asking the CI system for a token to exchange");
  const bool refused = outcome.transport == http::Transport::answered && outcome.status < 500;
  if (refused) error.kind = ErrorKind::auth;
  error.hint = "On GitHub Actions the job needs `permissions: { id-token: write }`.";
  return tl::unexpected(std::move(error));
}

// {"accessToken", "expireTime"}.
Result<Granted> impersonate(const ExternalAccount& account, const Secret& federated, const std::string& scope,
                            http::Client& client, Instant now) {
  http::Request request;
  request.method = http::Method::post;
  request.url = account.impersonation_url;
  request.headers = {{"Content-Type", "application/json"},
                     {"Accept", "application/json"},
                     {"Authorization", "Bearer " + federated.expose()}};
  request.body =
      json{{"scope", json::array({scope})}, {"lifetime", std::to_string(account.impersonation_seconds) + "s"}}.dump();
  request.answer_limit_bytes = k_answer_limit_bytes;
  const http::Outcome outcome = client.read(request);
  const json answer = parsed(outcome.body);
  const std::string token = text_of(answer, "accessToken");
  if (!is_answer(outcome) || !is_token(token)) {
    const Asking asking{"to let the workload act as the service account",
                        "Grant the workload identity `roles/iam.workloadIdentityUser` on the service account, and "
                        "enable the IAM Service Account Credentials API.",
                        nullptr};
    return tl::unexpected(refusal(request, outcome, asking));
  }
  const auto until = parse_rfc3339(text_of(answer, "expireTime"));
  const seconds life = until ? *until - now : seconds(account.impersonation_seconds);
  return Granted{Secret(token), std::clamp<seconds>(life, seconds{0}, seconds{86400})};
}

}  // namespace

Result<Granted> ask_for_token(const ServiceAccount& account, const std::string& scope, http::Client& client,
                              Instant now) {
  const auto signed_assertion = assertion(account, scope, now);
  if (!signed_assertion) return tl::unexpected(signed_assertion.error());
  const auto request = form_request(account.token_uri, {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"},
                                                        {"assertion", *signed_assertion}});
  const std::string who = printable(account.client_email, 200);
  return ask(request, client,
             {"a token for " + who,
              "Check this machine's clock, and that the key of " + who +
                  " was not deleted and the account not disabled: the service account and its key must still exist.",
              &hint_for_account});
}

Result<Granted> ask_for_token(const AuthorizedUser& user, const std::string& scope, http::Client& client, Instant) {
  const auto request = form_request(user.token_uri, {{"grant_type", "refresh_token"},
                                                     {"client_id", user.client_id},
                                                     {"client_secret", user.client_secret.expose()},
                                                     {"refresh_token", user.refresh_token.expose()},
                                                     {"scope", scope}});
  return ask(request, client,
             {"a token for an authorised user",
              "The sign-in has ended or was withdrawn: run `gcloud auth application-default login` again, with the "
              "scope " +
                  scope + ".",
              &hint_for_user});
}

Result<Granted> ask_for_token(const ExternalAccount& account, const std::string& scope, http::Client& client,
                              Instant now) {
  const auto subject = subject_token(account.source, client);
  if (!subject) return tl::unexpected(subject.error());
  const bool impersonates = !account.impersonation_url.empty();
  const auto request =
      form_request(account.token_url, {{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
                                       {"audience", account.audience},
                                       {"scope", impersonates ? std::string(k_scope_cloud) : scope},
                                       {"requested_token_type", "urn:ietf:params:oauth:token-type:access_token"},
                                       {"subject_token", *subject},
                                       {"subject_token_type", account.subject_token_type}});
  auto federated = ask(request, client,
                       {"to exchange the workload's token",
                        "Compare the pool, the provider and its attribute condition with who is running this: " +
                            printable(account.audience, 300) + ".",
                        nullptr});
  if (!federated || !impersonates) return federated;
  return impersonate(account, federated->token, scope, client, now);
}

}  // namespace train::auth
