// Tokens for Google's APIs, from any of the kinds of credentials Google's own tools write.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/base/time.hpp"
#include "train/http/client.hpp"

namespace train::auth {

class SigningKey;

// An RS256 assertion posted to the account's token endpoint.
struct ServiceAccount {
  std::string client_email;
  std::string token_uri;
  std::string private_key_id;
  std::shared_ptr<const SigningKey> key;  // RSA
};
// From the JSON key file's text. `definition` when it is not a service account key, naming what is missing. The token
// endpoint must be https, or http to loopback.
Result<ServiceAccount> parse_service_account(const Secret& json);

// A person who has signed in (`gcloud auth application-default login`).
struct AuthorizedUser {
  std::string client_id;
  Secret client_secret;
  Secret refresh_token;
  std::string token_uri;
};

// Workload identity: a token of somebody Google was told to trust (a CI system) is exchanged for one of Google's, and
// that one, when `impersonation_url` is given, for a service account's. No key is stored anywhere.
struct ExternalAccount {
  struct Source {
    std::string file;  // exactly one of the two
    std::string url;
    std::vector<std::pair<std::string, Secret>> headers;
    std::optional<std::string> json_field;  // where in the answer or file; absent: the text itself
  };
  std::string audience;
  std::string subject_token_type;
  std::string token_url;
  std::string impersonation_url;  // empty: none
  int impersonation_seconds = 3600;
  Source source;
};

using GoogleCredentials = std::variant<ServiceAccount, AuthorizedUser, ExternalAccount>;
// By the file's own `type`. `definition` when it is of no kind that is spoken here, or something is missing.
Result<GoogleCredentials> parse_google_credentials(const Secret& json);
// Whom it signs in, for people: an address, "an authorised user", the pool's audience.
std::string whom(const GoogleCredentials& credentials);
// Every address that signing in speaks to.
std::vector<std::string> addresses_of(const GoogleCredentials& credentials);

class GoogleTokens {
 public:
  GoogleTokens(GoogleCredentials credentials, std::string scope, http::Client& client);
  // Cached; refreshed five minutes before its end. `auth` when an endpoint refuses, with its words.
  Result<Secret> bearer(Instant now);
  void forget();
  const GoogleCredentials& credentials() const { return credentials_; }

 private:
  GoogleCredentials credentials_;
  std::string scope_;
  http::Client* client_;
  Secret token_;
  Instant good_until_{};
};

// The endpoint's way with signatures; also used by the sandbox's tests. RS256 over `signing_input`, raw bytes.
Result<std::string> sign_rs256(const Secret& pem, std::string_view signing_input);

}  // namespace train::auth
