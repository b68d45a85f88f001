#include "http/tokens.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "http/jwt.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::sandbox {
namespace {

using nlohmann::json;

constexpr Duration k_app_store_life{20 * 60};
constexpr Duration k_google_life{3600};
constexpr Duration k_clock_slack{60};
constexpr std::size_t k_tokens_kept = 256;
constexpr const char* k_key_id = "SANDBOXKEY";
constexpr const char* k_individual_key_id = "SANDBOXONE";
constexpr const char* k_issuer_id = "57246542-96fe-1a63-e053-0824d011072a";
constexpr const char* k_client_email = "train@sandbox.iam.gserviceaccount.com";
constexpr const char* k_project = "sandbox";

tl::unexpected<Error> not_good(std::string why) { return fail(ErrorKind::auth, std::move(why)); }

std::int64_t seconds_of(Instant at) { return at.time_since_epoch().count(); }

// iat and exp against the clock; `life` is the longest distance between them.
Result<Done> check_times(const Jwt& jwt, Instant now, Duration life) {
  const auto iat = jwt.number("iat");
  const auto exp = jwt.number("exp");
  if (!iat || !exp) return not_good("iat and exp must both be given, in whole seconds");
  if (*iat > seconds_of(now + k_clock_slack)) return not_good("iat lies in the future");
  if (*exp <= seconds_of(now)) return not_good("the token has expired");
  if (*exp - *iat > life.count()) return not_good(fmt::format("exp is more than {} after iat", format_duration(life)));
  return Done{};
}

// A team's key names its issuer; an individual one has none, and says `sub: user` instead.
Result<Done> check_owner(const Jwt& jwt) {
  const auto kid = jwt.text(jwt.header, "kid");
  if (kid == k_individual_key_id) {
    if (!jwt.text(jwt.claims, "iss").empty()) return not_good("iss must not be given with an individual key");
    if (jwt.text(jwt.claims, "sub") != "user") return not_good("sub must be user with an individual key");
    return Done{};
  }
  if (kid != k_key_id) return not_good(fmt::format("kid must be {} or {}", k_key_id, k_individual_key_id));
  if (jwt.text(jwt.claims, "iss") != k_issuer_id) return not_good(fmt::format("iss must be {}", k_issuer_id));
  return Done{};
}

json service_account_of(const std::string& pem, const std::string& token_uri) {
  return {
      {"type", "service_account"}, {"project_id", k_project},        {"private_key_id", sha256_hex(pem).substr(0, 40)},
      {"private_key", pem},        {"client_email", k_client_email}, {"client_id", "100000000000000000001"},
      {"token_uri", token_uri}};
}

ServerResponse oauth_error(std::string_view error, std::string_view why) {
  ServerResponse response;
  response.status = error == "invalid_client" ? 401 : 400;
  response.body = json{{"error", error}, {"error_description", why}}.dump();
  return response;
}

std::string field_of(const FormFields& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

Tokens::Tokens(std::string token_uri)
    : token_uri_(std::move(token_uri)),
      app_store_key_(KeyPair::generate(KeyType::p256)),
      google_key_(KeyPair::well_known_rsa()) {
  credentials_.app_store_key_id = k_key_id;
  credentials_.app_store_individual_key_id = k_individual_key_id;
  credentials_.app_store_issuer_id = k_issuer_id;
  credentials_.app_store_private_key = app_store_key_.private_pem();
  credentials_.service_account_json = service_account_of(google_key_.private_pem(), token_uri_).dump(2) + "\n";
}

Result<Done> Tokens::verify_app_store(std::string_view token, Instant now) {
  const auto jwt = parse_jwt(token);
  if (!jwt) return tl::unexpected(jwt.error());
  if (jwt->text(jwt->header, "alg") != "ES256") return not_good("alg must be ES256");
  if (auto owner = check_owner(*jwt); !owner) return owner;
  if (jwt->text(jwt->claims, "aud") != "appstoreconnect-v1") return not_good("aud must be appstoreconnect-v1");
  if (auto times = check_times(*jwt, now, k_app_store_life); !times) return times;
  if (signatures_seen_.find(token) != signatures_seen_.end()) return Done{};
  if (!app_store_key_.verifies(jwt->signed_part, jwt->signature)) {
    return not_good("the signature is not of this key (it must be 64 raw bytes, r then s)");
  }
  if (signatures_seen_.size() >= k_tokens_kept) signatures_seen_.clear();
  signatures_seen_.emplace(token);
  return Done{};
}

Result<Done> Tokens::verify_google(std::string_view token, Instant now) const {
  const auto at = issued_.find(token);
  if (at == issued_.end()) return not_good("this access token was not issued here");
  if (at->second.good_until <= now) return not_good("the access token has expired");
  return Done{};
}

bool Tokens::has_scope(std::string_view token, std::string_view scope) const {
  const auto at = issued_.find(token);
  return at != issued_.end() && (at->second.scopes.count(scope) > 0 || at->second.scopes.count(k_scope_cloud) > 0);
}

Result<Tokens::Issued> Tokens::check_assertion(std::string_view assertion, Instant now) const {
  const auto jwt = parse_jwt(assertion);
  if (!jwt) return tl::unexpected(jwt.error());
  if (jwt->text(jwt->header, "alg") != "RS256") return not_good("alg must be RS256");
  if (jwt->text(jwt->claims, "iss") != k_client_email)
    return not_good("Invalid email: iss is not a known service account");
  if (jwt->text(jwt->claims, "aud") != token_uri_) return not_good(fmt::format("aud must be {}", token_uri_));
  if (auto times = check_times(*jwt, now, k_google_life); !times) return tl::unexpected(times.error());
  if (!google_key_.verifies(jwt->signed_part, jwt->signature)) return not_good("Invalid JWT Signature.");
  Issued issued{now + k_google_life, {}};
  for (const auto& scope : split(jwt->text(jwt->claims, "scope"), ' ')) {
    if (!scope.empty()) issued.scopes.insert(scope);
  }
  return issued;
}

ServerResponse Tokens::issue(const ServerRequest& request, Instant now) {
  if (request.method != "POST") return oauth_error("invalid_request", "Only POST is allowed here.");
  const auto form = parse_form(request.body);
  if (!form) return oauth_error("invalid_request", "The body is not a form.");
  if (field_of(*form, "grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer") {
    return oauth_error("unsupported_grant_type", "grant_type must be urn:ietf:params:oauth:grant-type:jwt-bearer.");
  }
  const auto issued = check_assertion(field_of(*form, "assertion"), now);
  if (!issued) return oauth_error("invalid_grant", issued.error().message);
  if (issued->scopes.empty()) return oauth_error("invalid_scope", "Empty or missing scope not allowed.");
  for (auto at = issued_.begin(); at != issued_.end();)
    at = at->second.good_until <= now ? issued_.erase(at) : std::next(at);
  const auto token = "ya29.sandbox-" + random_id();
  issued_.emplace(token, *issued);
  ServerResponse response;
  response.body = json{{"access_token", token}, {"expires_in", k_google_life.count()}, {"token_type", "Bearer"}}.dump();
  return response;
}

}  // namespace train::sandbox
