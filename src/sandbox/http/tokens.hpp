// Who may call: App Store tokens are checked as Apple does, Google's are issued here against a signed assertion. Times
// are the sandbox's own.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "http/keys.hpp"
#include "http/message.hpp"
#include "train/base/error.hpp"
#include "train/base/time.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::sandbox {

inline constexpr std::string_view k_scope_publisher = "https://www.googleapis.com/auth/androidpublisher";
inline constexpr std::string_view k_scope_reporting = "https://www.googleapis.com/auth/playdeveloperreporting";
inline constexpr std::string_view k_scope_remote_config = "https://www.googleapis.com/auth/firebase.remoteconfig";
inline constexpr std::string_view k_scope_cloud = "https://www.googleapis.com/auth/cloud-platform";

class Tokens {
 public:
  explicit Tokens(std::string token_uri);

  const Credentials& credentials() const { return credentials_; }

  // Whether the bearer token is good at `now`; the sentence when it is not.
  Result<Done> verify_app_store(std::string_view token, Instant now);
  Result<Done> verify_google(std::string_view token, Instant now) const;
  // Only for a token that verify_google accepts.
  bool has_scope(std::string_view token, std::string_view scope) const;

  // POST /oauth2/token.
  ServerResponse issue(const ServerRequest& request, Instant now);

 private:
  struct Issued {
    Instant good_until;
    std::set<std::string, std::less<>> scopes;
  };
  Result<Issued> check_assertion(std::string_view assertion, Instant now) const;

  std::string token_uri_;
  KeyPair app_store_key_;
  KeyPair google_key_;
  Credentials credentials_;
  std::set<std::string, std::less<>> signatures_seen_;  // a client uses one token for many requests
  std::map<std::string, Issued, std::less<>> issued_;
};

}  // namespace train::sandbox
