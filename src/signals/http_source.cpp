// Numbers behind any URL that answers JSON.
#include <fmt/format.h>

#include "ask.hpp"
#include "descriptors.hpp"
#include "fill.hpp"
#include "json_pointer.hpp"
#include "own_account.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

constexpr Provider k_anywhere{"the server", "`token` and `headers`", "`url`", ""};
constexpr std::string_view k_form = "application/x-www-form-urlencoded";

bool looks_like_json(std::string_view body) {
  const auto text = trim(body);
  return !text.empty() && (text.front() == '{' || text.front() == '[');
}

// A body that is no JSON is a form, as that is the other one whose values have a way to be written.
Reading<std::string> fill_body(const std::string& body, const Subject& subject) {
  if (!looks_like_json(body)) return fill(body, subject, Into::address);
  auto filled = fill(body, subject, Into::json_text);
  if (filled && !json::accept(*filled)) return cannot("`body` is no JSON once its variables are filled in");
  return filled;
}

// Who is asked for a bearer token.
class Bearer {
 public:
  Bearer(HttpAccount account, http::Client& client) {
    if (auto* token = std::get_if<Secret>(&account)) token_ = std::move(*token);
    if (auto* mine = std::get_if<auth::OAuthClient>(&account)) oauth_.emplace(std::move(*mine), client);
    if (auto* google = std::get_if<GoogleScope>(&account))
      google_.emplace(std::move(google->credentials), std::move(google->scope), client);
  }
  Result<Secret> token(Instant now) {
    if (oauth_) return oauth_->bearer(now);
    if (google_) return google_->bearer(now);
    return token_;
  }
  void forget() {
    if (oauth_) oauth_->forget();
    if (google_) google_->forget();
  }

 private:
  Secret token_;
  std::optional<auth::OAuthTokens> oauth_;
  std::optional<auth::GoogleTokens> google_;
};

class HttpSource final : public SignalSource {
 public:
  HttpSource(Link link, HttpAccount account, std::vector<std::pair<std::string, Secret>> headers)
      : asker_(k_anywhere, std::move(link)),
        bearer_(std::move(account), asker_.client()),
        headers_(std::move(headers)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const auto token = bearer_.token(subject.now);
    if (!token) return cannot_sign_in(token.error()).value();
    const auto request = request_for(signal, subject, *token);
    if (!request) return request.error();
    const auto document = asker_.ask(*request, http::describe(*request), subject.now);
    if (!document && document.error().unauthorized) bearer_.forget();  // the next look brings a new one
    if (!document) return document.error();
    const auto at = end_of_count(*document, option_named(signal, "as_of"), subject);
    if (!at) return at.error();
    return measure_queries(
        signal, subject, "pointer leads nowhere in the answer",
        [&](const std::string& pointer, std::string_view) { return sample_at(*document, pointer, subject, *at); });
  }

 private:
  Reading<http::Request> request_for(const Signal& signal, const Subject& subject, const Secret& token) const {
    const auto url = fill(signal.url, subject, Into::address);
    if (!url) return tl::unexpected(url.error());
    http::Request request = get_from(*url);
    const std::string body = option_named(signal, "body");
    if (option_named(signal, "method") == "POST") request.method = http::Method::post;
    if (!body.empty()) {
      auto filled = fill_body(body, subject);
      if (!filled) return tl::unexpected(filled.error());
      request.body = std::move(*filled);
      const std::string_view type = looks_like_json(body) ? "application/json" : k_form;
      request.headers.push_back({"Content-Type", std::string(type)});
    }
    if (!token.empty()) request.headers.push_back({"Authorization", "Bearer " + token.expose()});
    for (const auto& [name, secret] : headers_) request.headers.push_back({name, secret.expose()});
    return request;
  }

  static Reading<Instant> end_of_count(const json& document, const std::string& pointer, const Subject& subject) {
    if (pointer.empty()) return subject.end();
    const auto filled = fill(pointer, subject, Into::pointer);
    if (!filled) return tl::unexpected(filled.error());
    const json* found = find_at(document, *filled);
    if (found == nullptr || found->is_null()) return nothing_yet("the as_of pointer leads nowhere in the answer");
    return time_in(*found, "as_of");
  }

  Asker asker_;
  Bearer bearer_;
  std::vector<std::pair<std::string, Secret>> headers_;
};

}  // namespace

std::unique_ptr<SignalSource> make_http_source(Link link, HttpAccount account,
                                               std::vector<std::pair<std::string, Secret>> headers) {
  return std::make_unique<HttpSource>(std::move(link), std::move(account), std::move(headers));
}

namespace {

// One way to sign in, and all that it needs.
std::vector<KeyProblem> check_http_account(const WrittenKeys& written) {
  std::vector<KeyProblem> problems;
  std::string_view first;
  for (const std::string_view way : {"token", "token_url", "google_credentials"}) {
    if (written.count(way) == 0) continue;
    if (!first.empty())
      problems.push_back({way, fmt::format("give either `{}` or `{}`: one bearer token is sent", first, way)});
    first = way;
  }
  if (written.count("google_credentials") != 0 && written.count("scope") == 0)
    problems.push_back({"google_credentials", "Google gives tokens for a `scope` only, and none is named"});
  const bool scoped = written.count("google_credentials") + written.count("token_url") != 0;
  if (written.count("scope") != 0 && !scoped)
    problems.push_back({"scope", "belongs to `token_url` or `google_credentials`"});
  return problems;
}

std::vector<KeyProblem> settle_http(Signal& signal, const WrittenKeys& written) {
  const bool body = written.count("body") != 0;
  auto& method = signal.options.try_emplace("method", body ? "POST" : "GET").first->second;
  auto problems = check_http_account(written);
  if (body && method == "GET") problems.push_back({"method", "a GET has no body; leave `method` away, or write POST"});
  return problems;
}

Result<std::vector<std::pair<std::string, Secret>>> headers_of(const Signal& signal, const Site& site) {
  std::vector<std::pair<std::string, Secret>> headers;
  for (const auto& [name, ref] : signal.secret_headers) {
    auto value = site.resolve(ref);
    if (!value) return tl::unexpected(value.error());
    headers.emplace_back(name, std::move(*value));
  }
  return headers;
}

Result<HttpAccount> http_account(const Signal& signal, const Site& site) {
  if (const auto google = signal.secrets.find("google_credentials"); google != signal.secrets.end()) {
    auto credentials = google_account(google->second, site);
    if (!credentials) return tl::unexpected(credentials.error());
    return HttpAccount(GoogleScope{std::move(*credentials), option_named(signal, "scope")});
  }
  if (signal.options.count("token_url") == 0)
    return site.token(signal).map([](Secret token) { return HttpAccount(std::move(token)); });
  auto secret = site.secret(signal, "client_secret");
  if (!secret) return tl::unexpected(secret.error());
  return HttpAccount(auth::OAuthClient{option_named(signal, "token_url"), option_named(signal, "client_id"),
                                       std::move(*secret), option_named(signal, "scope"),
                                       option_named(signal, "token_parameters"),
                                       option_named(signal, "client_auth") != "body"});
}

Result<std::unique_ptr<SignalSource>> wire_http(const Signal& signal, const Site& site) {
  auto account = http_account(signal, site);
  if (!account) return tl::unexpected(account.error());
  auto headers = headers_of(signal, site);
  if (!headers) return tl::unexpected(headers.error());
  return make_http_source(site.link(), std::move(*account), std::move(*headers));
}

Result<std::vector<std::string>> http_sign_in(const Signal& signal, const Site& site) {
  const auto google = signal.secrets.find("google_credentials");
  if (google != signal.secrets.end()) return google_sign_in(google->second, site);
  const std::string token_url = option_named(signal, "token_url");
  return token_url.empty() ? std::vector<std::string>() : std::vector<std::string>{token_url};
}

}  // namespace

Descriptor describe_http() {
  SignalKeys keys{
      "http",
      {{.name = "url",
        .kind = KeyKind::url,
        .meaning = "the whole address, in which variables may stand",
        .need = Need::required},
       {.name = "method",
        .kind = KeyKind::choice,
        .meaning = "of the request",
        .otherwise = "`POST` with a `body`, else `GET`",
        .words = {"GET", "POST"}},
       {.name = "headers", .kind = KeyKind::secret_headers, .meaning = "names to secrets"},
       {.name = "token", .kind = KeyKind::secret, .meaning = "a secret: the bearer token"},
       {.name = "token_url",
        .kind = KeyKind::url,
        .meaning = "where a bearer token is to be had for the client's id and secret (OAuth)"},
       {.name = "client_id", .meaning = "the client's id", .beside = "token_url"},
       {.name = "client_secret", .kind = KeyKind::secret, .meaning = "a secret", .beside = "token_url"},
       {.name = "client_auth",
        .kind = KeyKind::choice,
        .meaning = "where the client's id and secret stand",
        .fallback = "basic",
        .words = {"basic", "body"}},
       {.name = "token_parameters", .meaning = "what else the token is asked for with: `audience=x&resource=y`"},
       {.name = "google_credentials",
        .kind = KeyKind::secret,
        .meaning = "a secret: the JSON of a Google account, whose token is the bearer token"},
       {.name = "scope", .meaning = "what the token is for: OAuth's, or Google's"},
       {.name = "body", .kind = KeyKind::query, .meaning = "JSON or a form, in which variables may stand"},
       {.name = "as_of",
        .meaning = "a JSON pointer to when the numbers end",
        .otherwise = "now",
        .fault = pointer_fault}}};
  keys.query_fault = pointer_fault;
  keys.settle = settle_http;
  return {std::move(keys), wire_http, http_sign_in};
}

}  // namespace train::signals
