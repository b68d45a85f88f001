#include "compose/google_credentials.hpp"

#include <cstdlib>

#include "train/definition/load.hpp"

namespace train::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Result<SecretRef> application_default() {
  std::filesystem::path path = variable("GOOGLE_APPLICATION_CREDENTIALS");
  if (path.empty()) {
    std::filesystem::path home = variable("CLOUDSDK_CONFIG");
    if (home.empty() && !variable("HOME").empty()) home = std::filesystem::path(variable("HOME")) / ".config/gcloud";
    if (!home.empty()) path = home / "application_default_credentials.json";
  }
  std::error_code unreadable;
  if (path.empty() || !std::filesystem::exists(path, unreadable)) {
    return fail(ErrorKind::definition,
                "There are no application default credentials: GOOGLE_APPLICATION_CREDENTIALS names no file, and "
                "gcloud has left none.",
                "Run `gcloud auth application-default login`, or name a file under `credentials`.");
  }
  return SecretRef{SecretRef::From::file, std::filesystem::absolute(path).string()};
}

}  // namespace

Result<auth::GoogleCredentials> google_credentials(const GooglePlayCredentials& named,
                                                   const std::filesystem::path& directory) {
  SecretRef ref = named.service_account;
  if (named.application_default) {
    auto found = application_default();
    if (!found) return tl::unexpected(found.error());
    ref = std::move(*found);
  }
  const auto json = definition::resolve(ref, directory);
  if (!json) return tl::unexpected(json.error());
  return auth::parse_google_credentials(*json);
}

}  // namespace train::cli
