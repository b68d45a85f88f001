#include "compose/flag_wiring.hpp"

#include "compose/google_credentials.hpp"
#include "train/definition/load.hpp"
#include "train/flags/providers.hpp"

namespace train::cli {
namespace {

Result<auth::GoogleCredentials> google_account_of(const Flag& flag, const std::filesystem::path& directory) {
  GooglePlayCredentials named;
  if (flag.credentials)
    named.service_account = *flag.credentials;
  else
    named.application_default = true;
  return google_credentials(named, directory);
}

Result<std::map<std::string, Secret>> headers_of(const Flag& flag, const std::filesystem::path& directory) {
  std::map<std::string, Secret> out;
  for (const auto& [name, ref] : flag.secret_headers) {
    auto value = definition::resolve(ref, directory);
    if (!value) return tl::unexpected(value.error());
    out[name] = std::move(*value);
  }
  return out;
}

Result<Secret> token_of(const Flag& flag, const std::filesystem::path& directory) {
  if (flag.credentials) return definition::resolve(*flag.credentials, directory);
  return fail(ErrorKind::definition, "The flag " + flag.name + " has no `credentials`.",
              "Give it the service's token: `credentials: env:NAME`.");
}

}  // namespace

Result<std::unique_ptr<FlagProvider>> wire_flag(const Flag& flag, const std::filesystem::path& directory, Clock& clock,
                                                http::Sleep sleep) {
  if (flag.provider == "file") return flags::make_file_provider();
  if (flag.provider == "exec") return flags::make_exec_provider(directory);
  if (flag.provider == "http") {
    auto headers = headers_of(flag, directory);
    if (!headers) return tl::unexpected(headers.error());
    return flags::make_http_provider(std::move(sleep), std::move(*headers));
  }
  if (flag.provider == "firebase_remote_config") {
    auto account = google_account_of(flag, directory);
    if (!account) return tl::unexpected(account.error());
    return flags::make_firebase_provider(std::move(sleep), clock, std::move(*account));
  }
  auto token = token_of(flag, directory);
  if (!token) return tl::unexpected(token.error());
  if (flag.provider == "unleash") return flags::make_unleash_provider(std::move(sleep), std::move(*token));
  if (flag.provider == "launchdarkly") return flags::make_launchdarkly_provider(std::move(sleep), std::move(*token));
  return fail(ErrorKind::internal, "No adapter is known for the flag provider " + flag.provider + ".");
}

Result<std::vector<std::string>> addresses_of(const Flag& flag, const std::filesystem::path& directory) {
  std::vector<std::string> out{flags::address_of(flag)};
  if (flag.provider != "firebase_remote_config") return out;
  const auto account = google_account_of(flag, directory);
  if (!account) return tl::unexpected(account.error());
  for (auto& address : auth::addresses_of(*account)) out.push_back(std::move(address));
  return out;
}

}  // namespace train::cli
