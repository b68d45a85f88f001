// Who may call: App Store tokens are checked as Apple does, Google's are issued here against a signed assertion. Times
// are the sandbox's own.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "http_message.hpp"
#include "keys.hpp"
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
  // The RSA key is one per process and made in the background: making it takes longer than anything else at the start.
  explicit Tokens(std::string token_uri);

  // The same object each time; the first call waits for the RSA key.
  const Credentials& credentials() const;

  // Whether the bearer token is good at `now`; the sentence when it is not.
  Result<Done> verify_app_store(std::string_view token, Instant now);
  Result<Done> verify_google(std::string_view token, Instant now) const;
  // Only for a token that verify_google accepts.
  bool has_scope(std::string_view token, std::string_view scope) const;

  // POST /oauth2/token.
  ServerResponse issue(const ServerRequest& request, Instant now);

 private:
  struct Claims;
  struct Issued {
    Instant good_until;
    std::set<std::string, std::less<>> scopes;
  };
  Result<Done> check_signed(std::string_view token);
  Result<Issued> check_assertion(std::string_view assertion, Instant now) const;

  std::string token_uri_;
  KeyPair app_store_key_;
  std::shared_future<KeyPair> google_key_;
  mutable std::once_flag filled_;
  mutable Credentials credentials_;
  std::set<std::string, std::less<>> signatures_seen_;  // a client uses one token for many requests
  std::map<std::string, Issued, std::less<>> issued_;
};

}  // namespace train::sandbox
