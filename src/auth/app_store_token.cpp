#include "train/auth/app_store_token.hpp"

#include <nlohmann/json.hpp>

#include "keys.hpp"
#include "train/base/text.hpp"

namespace train::auth {

namespace {

using std::chrono::seconds;

// Apple refuses an iat ahead of its clock and a life above 20 minutes.
constexpr seconds k_backdated{60};
constexpr seconds k_life{600};
constexpr seconds k_still_good{120};

nlohmann::json payload_of(const AppStoreKey& key, Instant now) {
  nlohmann::json payload = {{"iat", (now - k_backdated).time_since_epoch().count()},
                            {"exp", (now + k_life).time_since_epoch().count()},
                            {"aud", "appstoreconnect-v1"}};
  if (key.issuer_id) {
    payload["iss"] = *key.issuer_id;
  } else {
    payload["sub"] = "user";
  }
  return payload;
}

}  // namespace

Result<AppStoreTokens> AppStoreTokens::create(AppStoreKey key) {
  key.key_id = std::string(trim(key.key_id));
  if (key.issuer_id) key.issuer_id = std::string(trim(*key.issuer_id));
  if (key.key_id.empty()) return fail(ErrorKind::auth, "The App Store key id is empty.");
  if (key.issuer_id && key.issuer_id->empty()) {
    return fail(ErrorKind::auth, "The App Store issuer id is empty.", "For an individual key, leave `issuer_id` out.");
  }
  auto read = read_private_key(key.private_key);
  if (!read)
    return fail(read.error().kind, "App Store key " + printable(key.key_id, 40) + ": " + read.error().message,
                read.error().hint);
  if (!is_p256(read->get())) {
    return fail(ErrorKind::auth,
                "App Store key " + printable(key.key_id, 40) + ": an EC key on P-256 is needed, this is " +
                    name_of(read->get()) + ".",
                "Use the AuthKey_….p8 file that App Store Connect offered for download.");
  }
  return AppStoreTokens(std::move(key), std::make_shared<const SigningKey>(std::move(*read)));
}

Result<Secret> AppStoreTokens::bearer(Instant now) {
  const bool issued =
      good_until_ - k_life - k_backdated <= now;  // a clock that went back makes it a token of the future
  if (!token_.empty() && issued && now + k_still_good <= good_until_) return token_;
  const nlohmann::json header = {{"alg", "ES256"}, {"kid", key_.key_id}, {"typ", "JWT"}};
  const std::string input = signing_input(header, payload_of(key_, now));
  const auto der = sign_sha256(signing_->key.get(), input);
  if (!der) return tl::unexpected(der.error());
  const auto raw = raw_p256_signature(*der);
  if (!raw) return tl::unexpected(raw.error());
  token_ = Secret(input + "." + base64url(*raw));
  good_until_ = now + k_life;
  return token_;
}

void AppStoreTokens::forget() { token_ = Secret(); }

}  // namespace train::auth
