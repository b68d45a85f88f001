// What each kind of Google credentials does to get an access token.
#pragma once

#include <string>

#include "train/auth/google_token.hpp"
#include "train/base/time.hpp"
#include "train/http/client.hpp"

namespace train::auth {

struct Granted {
  Secret token;
  Duration life{0};
};

Result<Granted> ask_for_token(const ServiceAccount& account, const std::string& scope, http::Client& client,
                              Instant now);
Result<Granted> ask_for_token(const AuthorizedUser& user, const std::string& scope, http::Client& client, Instant now);
Result<Granted> ask_for_token(const ExternalAccount& account, const std::string& scope, http::Client& client,
                              Instant now);

}  // namespace train::auth
