#include "own_account.hpp"

namespace train::signals {

Result<auth::GoogleCredentials> google_account(const SecretRef& key_file, const Site& site) {
  const auto text = site.resolve(key_file);
  if (!text) return tl::unexpected(text.error());
  return auth::parse_google_credentials(*text);
}

Result<std::vector<std::string>> google_sign_in(const std::optional<SecretRef>& key_file, const Site& site) {
  if (!key_file) return std::vector<std::string>();
  const auto account = google_account(*key_file, site);
  if (!account) return tl::unexpected(account.error());
  return auth::addresses_of(*account);
}

ProviderKey play_credentials() {
  return {.name = "credentials",
          .kind = KeyKind::secret,
          .meaning = "a secret: the JSON of a Google account",
          .otherwise = "the app's own"};
}

Result<std::vector<std::string>> play_sign_in(const Signal& signal, const Site& site) {
  return google_sign_in(signal.token, site);
}

void keep_credentials_as_token(Signal& signal) {
  if (const auto own = signal.secrets.extract("credentials")) signal.token = own.mapped();
}

}  // namespace train::signals
