// Tokens for Google's APIs: an RS256 assertion posted to the account's token endpoint.
#pragma once

#include <memory>
#include <string>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/base/time.hpp"
#include "train/http/client.hpp"

namespace train::auth {

class SigningKey;

struct ServiceAccount {
  std::string client_email;
  std::string token_uri;
  std::string private_key_id;
  Secret private_key;  // PKCS#8 PEM
};
// From the JSON key file's text. `definition` when it is not a service account key, naming what is missing. The token
// endpoint must be https, or http to loopback.
Result<ServiceAccount> parse_service_account(const Secret& json);

class GoogleTokens {
 public:
  GoogleTokens(ServiceAccount account, std::string scope, http::Client& client);
  // Cached; refreshed five minutes before its end. `auth` when the endpoint refuses, with its words.
  Result<Secret> bearer(Instant now);
  void forget();

 private:
  ServiceAccount account_;
  std::string scope_;
  http::Client* client_;
  std::shared_ptr<const SigningKey> signing_;  // once it has been needed
  Secret token_;
  Instant good_until_{};
};

// The endpoint's way with signatures; also used by the sandbox's tests. RS256 over `signing_input`, raw bytes.
Result<std::string> sign_rs256(const Secret& pem, std::string_view signing_input);

}  // namespace train::auth
