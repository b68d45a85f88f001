#include "compose/flag_wiring.hpp"

#include "compose/google_credentials.hpp"
#include "train/base/check.hpp"
#include "train/definition/load.hpp"
#include "train/flags/catalog.hpp"

namespace train::cli {
namespace {

flags::Site flag_site(const std::filesystem::path& directory, Clock* clock, http::Sleep sleep) {
  flags::Site site;
  site.directory = directory;
  site.sleep = std::move(sleep);
  site.clock = clock;
  site.resolve = [directory](const SecretRef& ref) { return definition::resolve(ref, directory); };
  site.google_account = [directory](const std::optional<SecretRef>& key_file) {
    GooglePlayCredentials named;
    named.service_account = key_file.value_or(SecretRef());
    named.application_default = !key_file;
    return google_credentials(named, directory);
  };
  return site;
}

}  // namespace

Result<std::unique_ptr<FlagProvider>> wire_flag(const Flag& flag, const std::filesystem::path& directory, Clock& clock,
                                                http::Sleep sleep) {
  const flags::Descriptor* known = flags::find(flag.provider);
  TRAIN_CHECK(known != nullptr, "the definition names a flag provider that is not in the catalog");
  return known->make(flag, flag_site(directory, &clock, std::move(sleep)));
}

Result<std::vector<std::string>> addresses_of(const Flag& flag, const std::filesystem::path& directory) {
  const flags::Descriptor* known = flags::find(flag.provider);
  TRAIN_CHECK(known != nullptr, "the definition names a flag provider that is not in the catalog");
  if (known->addresses == nullptr) return std::vector<std::string>();
  return known->addresses(flag, flag_site(directory, nullptr, {}));
}

}  // namespace train::cli
