#include "train/auth/app_store_token.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "key_text.hpp"
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

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return false;
    if (!dash && std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

Result<Done> check_id_text(std::string_view what, std::string_view id) {
  const bool plain = std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isgraph(c) != 0; });
  if (plain && id.size() <= 100) return Done{};
  return fail(
      ErrorKind::auth,
      "The App Store " + std::string(what) + " has spaces or other signs in it: " + printable(id.substr(0, 60)) + ".",
      "Copy it from App Store Connect, under Users and Access > Integrations.");
}

Result<Key> read_app_store_key(const Secret& text) {
  auto read = read_private_key(text);
  if (!read || is_p256(read->get())) return read;
  return fail(ErrorKind::auth, "an EC key on P-256 is needed, this is " + name_of(read->get()) + ".",
              "Use the AuthKey_….p8 file that App Store Connect offered for download.");
}

}  // namespace

Result<Done> check_app_store_key_id(const std::string& given) {
  const auto id = bare_key_text(given);
  if (id.empty()) return fail(ErrorKind::auth, "The App Store key id is empty.");
  if (is_uuid(id))
    return fail(ErrorKind::auth, "The App Store key id is an issuer id (it is written like one: 8-4-4-4-12).",
                "The key id has ten letters and digits and stands beside the key in App Store Connect.");
  return check_id_text("key id", id);
}

Result<Done> check_app_store_issuer_id(const std::string& given) {
  const auto id = bare_key_text(given);
  if (id.empty())
    return fail(ErrorKind::auth, "The App Store issuer id is empty.", "For an individual key, leave `issuer_id` out.");
  return check_id_text("issuer id", id);
}

Result<Done> check_app_store_private_key(const Secret& text) {
  return read_app_store_key(text).map([](const Key&) { return Done{}; });
}

Result<AppStoreTokens> AppStoreTokens::create(AppStoreKey key) {
  if (auto fits = check_app_store_key_id(key.key_id); !fits) return tl::unexpected(fits.error());
  key.key_id = bare_key_text(key.key_id);
  if (key.issuer_id) {
    if (auto fits = check_app_store_issuer_id(*key.issuer_id); !fits) return tl::unexpected(fits.error());
    key.issuer_id = bare_key_text(*key.issuer_id);
  }
  auto read = read_app_store_key(key.private_key);
  if (!read)
    return fail(read.error().kind, "App Store key " + printable(key.key_id, 40) + ": " + read.error().message,
                read.error().hint);
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
