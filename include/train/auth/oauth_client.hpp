// Tokens of any service that speaks OAuth's client credentials grant (RFC 6749, 4.4).
#pragma once

#include <string>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/base/time.hpp"
#include "train/http/client.hpp"

namespace train::auth {

struct OAuthClient {
  std::string token_url;
  std::string client_id;
  Secret client_secret;
  std::string scope;       // empty: what the service gives by default
  std::string parameters;  // further ones as a form: "audience=x&resource=y"; may be empty
  bool in_header = true;   // the client's id and secret as Basic; false: in the form
};

class OAuthTokens {
 public:
  OAuthTokens(OAuthClient mine, http::Client& client);
  // Cached until shortly before its end; five minutes where the service does not tell when that is. `auth` when the
  // service refuses, with its words.
  Result<Secret> bearer(Instant now);
  void forget();

 private:
  OAuthClient mine_;
  http::Client* client_;
  Secret token_;
  Instant asked_{};
  Instant good_until_{};
};

}  // namespace train::auth
