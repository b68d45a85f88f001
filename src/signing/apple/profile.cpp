#include "apple/profile.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apple/code_cms.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::int64_t k_apple_epoch = 978'307'200;  // 2001-01-01 in Unix seconds

std::vector<std::string> texts_of(plist_t array, bool data) {
  std::vector<std::string> out;
  if (array == nullptr) return out;
  for (std::uint32_t i = 0; i < plist_array_get_size(array); ++i) {
    const plist_t item = plist_array_get_item(array, i);
    if (auto text = data ? plist_bytes(item) : plist_text(item)) out.push_back(std::move(*text));
  }
  return out;
}

tl::unexpected<Error> no_profile(std::string_view shown, std::string_view why) {
  return fail(ErrorKind::refused, fmt::format("Cannot use the profile {}: {}.", shown, why),
              "Download it again from Apple's developer site.");
}

bool covers(std::string_view pattern, std::string_view bundle_id) {
  if (!pattern.ends_with('*')) return pattern == bundle_id;
  pattern.remove_suffix(1);
  return bundle_id.starts_with(pattern) && bundle_id.size() > pattern.size();
}

tl::unexpected<Error> unfit(const Profile& profile, ErrorKind kind, std::string_view why) {
  return fail(kind, fmt::format("The profile {} (\"{}\") {}.", profile.shown, printable(profile.name, 100), why),
              "Make one on Apple's developer site for this app and this certificate, and name it under `profiles`.");
}

}  // namespace

Result<Profile> read_profile(std::string bytes, std::string shown) {
  const auto content = cms_content(bytes);
  if (!content) return no_profile(shown, content.error().message);
  const auto list = PropertyList::parse(*content);
  if (!list) return no_profile(shown, list.error().message);
  const plist_t entitlements = list->item("Entitlements", PLIST_DICT);
  const plist_t expires = list->item("ExpirationDate", PLIST_DATE);
  if (entitlements == nullptr || expires == nullptr) return no_profile(shown, "it has no entitlements or no end");
  Profile out{.entitlements = PropertyList::copy_of(entitlements)};
  const std::string app = out.entitlements.text("application-identifier").value_or("");
  const std::size_t dot = app.find('.');
  if (dot == std::string::npos) return no_profile(shown, "it names no app");
  out.prefix = app.substr(0, dot);
  out.app = app.substr(dot + 1);
  out.name = list->text("Name").value_or("");
  out.teams = texts_of(list->item("TeamIdentifier", PLIST_ARRAY), false);
  out.certificates = texts_of(list->item("DeveloperCertificates", PLIST_ARRAY), true);
  std::int32_t seconds = 0;
  std::int32_t microseconds = 0;
  plist_get_date_val(expires, &seconds, &microseconds);
  out.expires = Instant(Duration(std::int64_t{seconds} + k_apple_epoch));
  out.for_all_devices = list->flag("ProvisionsAllDevices").value_or(false);
  out.for_devices = list->item("ProvisionedDevices", PLIST_ARRAY) != nullptr || out.for_all_devices;
  out.bytes = std::move(bytes);
  out.shown = std::move(shown);
  return out;
}

Result<Done> check_profile(const Profile& profile, const ProfileUse& use) {
  if (!covers(profile.app, use.bundle_id)) {
    return unfit(profile, ErrorKind::definition,
                 fmt::format("is for {}, not for {}", printable(profile.app, 200), use.bundle_id));
  }
  if (profile.expires <= use.now) {
    return unfit(profile, ErrorKind::auth, "expired on " + format_rfc3339(profile.expires));
  }
  if (std::find(profile.teams.begin(), profile.teams.end(), use.team) == profile.teams.end()) {
    return unfit(profile, ErrorKind::definition,
                 fmt::format("is of team {}, the certificate of team {}", printable(join(profile.teams, ", "), 100),
                             printable(use.team, 100)));
  }
  const auto& known = profile.certificates;
  if (std::find(known.begin(), known.end(), use.certificate) == known.end()) {
    return unfit(profile, ErrorKind::definition, "does not hold the certificate that is to sign");
  }
  return Done{};
}

}  // namespace train::signing
