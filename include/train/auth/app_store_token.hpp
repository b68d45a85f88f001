// Tokens for App Store Connect: ES256 over P-256, raw r‖s, short-lived, minted again when old or refused.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/base/time.hpp"

namespace train::auth {

class SigningKey;

struct AppStoreKey {
  std::string key_id;
  std::optional<std::string> issuer_id;  // absent: an individual key
  Secret private_key;                    // PKCS#8 PEM; base64-wrapped and "\n"-escaped forms are accepted
};

// Each part by itself, without a call: whether it can be what it should be. `auth`, saying what it is instead.
Result<Done> check_app_store_key_id(const std::string& given);
Result<Done> check_app_store_issuer_id(const std::string& given);
Result<Done> check_app_store_private_key(const Secret& text);

class AppStoreTokens {
 public:
  // `auth` when the key is not a P-256 private key, saying what it is instead.
  static Result<AppStoreTokens> create(AppStoreKey key);
  // A token good for at least two minutes from `now`; the same one until then. iat is a minute early, exp 10 minutes
  // late.
  Result<Secret> bearer(Instant now);
  void forget();  // the store refused it: mint another
  const std::string& key_id() const { return key_.key_id; }

 private:
  AppStoreTokens(AppStoreKey key, std::shared_ptr<const SigningKey> signing)
      : key_(std::move(key)), signing_(std::move(signing)) {}
  AppStoreKey key_;
  std::shared_ptr<const SigningKey> signing_;
  Secret token_;
  Instant good_until_{};
};

}  // namespace train::auth
