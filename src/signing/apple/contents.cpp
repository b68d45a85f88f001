// What an .ipa holds that decides whether the App Store takes it.
#include <openssl/x509.h>

#include <ctime>

#include "apple/code_seal.hpp"
#include "apple/payload.hpp"
#include "apple/profile.hpp"
#include "apple/property_list.hpp"
#include "keys/openssl_handles.hpp"
#include "kinds.hpp"

namespace train::signing {
namespace {

Result<std::optional<std::string>> unpacked(const zip::Package& package, const Payload& payload,
                                            const std::string& name, std::uint64_t limit) {
  const PayloadFile* const file = payload.find(name);
  if (file == nullptr || file->entry == nullptr) return std::optional<std::string>();
  auto bytes = package.unpack(*file->entry, limit);
  if (!bytes) return tl::unexpected(bytes.error());
  return std::optional<std::string>(std::move(*bytes));
}

std::optional<Instant> end_of(const std::string& der) {
  const CertificateHandle certificate = certificate_of(der);
  std::tm until{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) != 1) return std::nullopt;
  return Instant(Duration(::timegm(&until)));
}

ProvisioningProfile facts_of_profile(const Profile& profile) {
  ProvisioningProfile out;
  out.name = profile.name;
  out.app_id = profile.prefix + "." + profile.app;
  out.debugging = profile.entitlements.flag("get-task-allow").value_or(false);
  out.for_devices = profile.for_devices;
  out.for_all_devices = profile.for_all_devices;
  out.expires = profile.expires;
  for (const std::string& der : profile.certificates) {
    const auto end = end_of(der);
    if (end && (!out.certificate_expires || *end > *out.certificate_expires)) out.certificate_expires = end;
  }
  return out;
}

// Of the app's own code; nullopt where it is not signed, or its signature cannot be read: Apple judges that itself.
std::optional<bool> may_be_debugged(const zip::Package& package, const Payload& payload) {
  const PayloadBundle& app = payload.app();
  const auto code = unpacked(package, payload, app.executable, k_code_bytes_max);
  const auto info = unpacked(package, payload, app.info_plist(), zip::Package::k_unpack_bytes_max);
  const auto resources = unpacked(package, payload, app.resources(), zip::Package::k_unpack_bytes_max);
  if (!code || !*code || !info || !resources) return std::nullopt;
  Beside beside{.bundle = true, .info_plist = std::nullopt, .resources = std::nullopt};
  if (*info) beside.info_plist = **info;
  if (*resources) beside.resources = **resources;
  const auto report = check_code(**code, beside);
  if (!report || report->entitlements.empty()) return std::nullopt;
  const auto list = PropertyList::parse(report->entitlements);
  return list ? std::optional(list->flag("get-task-allow").value_or(false)) : std::nullopt;
}

}  // namespace

Result<ArchiveFacts> ios_contents(const std::filesystem::path& file) {
  const auto package = zip::Package::open(file);
  if (!package) return tl::unexpected(package.error());
  const auto payload = read_payload(*package);
  if (!payload) return tl::unexpected(payload.error());
  ArchiveFacts facts;
  facts.bytes = package->bytes().size();
  AppleContents& apple = facts.apple.emplace();
  const PayloadBundle& app = payload->app();
  const auto info = unpacked(*package, *payload, app.info_plist(), zip::Package::k_unpack_bytes_max);
  if (!info) return tl::unexpected(info.error());
  const auto list = *info ? PropertyList::parse(**info) : Result<PropertyList>(PropertyList::make());
  apple.says_encryption = list && list->flag("ITSAppUsesNonExemptEncryption").has_value();
  const auto embedded = unpacked(*package, *payload, app.profile(), zip::Package::k_unpack_bytes_max);
  if (embedded && *embedded) {
    const auto profile = read_profile(**embedded, app.profile());
    if (!profile) return tl::unexpected(profile.error());
    apple.profile = facts_of_profile(*profile);
  }
  apple.get_task_allow = may_be_debugged(*package, *payload);
  return facts;
}

}  // namespace train::signing
