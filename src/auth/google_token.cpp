#include "train/auth/google_token.hpp"

#include "google_exchange.hpp"
#include "keys.hpp"

namespace train::auth {

namespace {

constexpr std::chrono::seconds k_refresh_before{300};

}  // namespace

GoogleTokens::GoogleTokens(GoogleCredentials credentials, std::string scope, http::Client& client)
    : credentials_(std::move(credentials)), scope_(std::move(scope)), client_(&client) {}

Result<Secret> GoogleTokens::bearer(Instant now) {
  const bool issued = now + std::chrono::hours(24) >= good_until_;  // a clock that went far back: ask again
  if (!token_.empty() && issued && now + k_refresh_before <= good_until_) return token_;
  auto granted = std::visit([&](const auto& mine) { return ask_for_token(mine, scope_, *client_, now); }, credentials_);
  if (!granted) return tl::unexpected(granted.error());
  token_ = std::move(granted->token);
  good_until_ = now + granted->life;
  return token_;
}

void GoogleTokens::forget() { token_ = Secret(); }

Result<std::string> sign_rs256(const Secret& pem, std::string_view signing_input) {
  const auto key = read_private_key(pem);
  if (!key) return tl::unexpected(key.error());
  if (!is_rsa(key->get())) return fail(ErrorKind::auth, "An RSA key is needed, this is " + name_of(key->get()) + ".");
  return sign_sha256(key->get(), signing_input);
}

}  // namespace train::auth
