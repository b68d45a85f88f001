#include "apple/findings.hpp"

#include <fmt/format.h>

#include <set>

#include "apple/examine.hpp"
#include "apple/profile.hpp"
#include "apple/property_list.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

Finding ios_note(std::string text) { return Finding{Finding::Level::note, std::move(text)}; }
Finding ios_warning(std::string text) { return Finding{Finding::Level::warning, std::move(text)}; }

std::string sdk_text(const ExaminedPayload& examined) {
  const PayloadBundle& app = examined.payload.app();
  if (!app.sdk.empty()) return printable(app.sdk, 60);
  const auto sdk = examined.report(app.executable).sdk_version;
  if (!sdk) return {};
  return fmt::format("SDK {}.{}", *sdk >> 16, *sdk >> 8 & 0xff);
}

void find_unsigned(const ExaminedPayload& examined, std::vector<Finding>& out) {
  std::vector<std::string> names;
  for (const auto& one : examined.code) {
    if (one.second.seal == SealKind::by_nobody) names.push_back(printable(one.first, 200));
  }
  if (names.empty()) return;
  out.push_back(ios_warning(
      fmt::format("{} of {} code files are signed by nobody (the first is {}): whether they are what was built and "
                  "released cannot be told.",
                  names.size(), examined.code.size(), names.front())));
}

void find_versions(const ExaminedPayload& examined, std::vector<Finding>& out) {
  std::set<std::string> odd;
  const PayloadBundle& app = examined.payload.app();
  for (const PayloadBundle& bundle : examined.payload.bundles) {
    if (bundle.is_app() && (bundle.version != app.version || bundle.build != app.build)) {
      odd.insert(printable(bundle.id, 200));
    }
  }
  if (odd.empty()) return;
  out.push_back(ios_note(fmt::format("{} had another version than its app; all of them get the new one.",
                                     join(std::vector<std::string>(odd.begin(), odd.end()), ", "))));
}

}  // namespace

std::vector<Finding> findings_of(const ExaminedPayload& examined) {
  std::vector<Finding> out;
  const PayloadBundle& app = examined.payload.app();
  find_unsigned(examined, out);
  find_versions(examined, out);
  if (examined.payload.find(app.path + "/PrivacyInfo.xcprivacy") == nullptr) {
    out.push_back(ios_warning(
        "There is no PrivacyInfo.xcprivacy in the app: Apple asks for one where APIs with required reasons are used."));
  }
  const auto list = PropertyList::parse(examined.report(app.executable).entitlements);
  if (list && list->flag("get-task-allow").value_or(false)) {
    out.push_back(
        ios_warning("The app may be debugged (get-task-allow): it was built for development, and the App "
                    "Store does not take such builds."));
  }
  if (const std::string sdk = sdk_text(examined); !sdk.empty()) {
    out.push_back(
        ios_note(fmt::format("It was built with {}, which stays: Apple's minimum may have moved on since.", sdk)));
  }
  out.push_back(
      ios_note(fmt::format("Version {} ({}) compiled into code stays as it is; what reads Info.plist sees the new one.",
                           printable(app.version, 60), printable(app.build, 60))));
  out.push_back(
      ios_note("LC_UUID stays, so the old dSYMs symbolicate; crash tools that go by version need them under the "
               "new number too."));
  return out;
}

std::vector<Finding> entitlement_findings(const std::string& entitlements, const std::string& bundle_id,
                                          const Profile& profile) {
  std::vector<Finding> out;
  const auto list = PropertyList::parse(entitlements);
  if (!list) return out;
  each_item(list->root(), [&](const std::string& key, plist_t) {
    if (plist_dict_get_item(profile.entitlements.root(), key.c_str()) != nullptr) return;
    out.push_back(ios_warning(fmt::format("{} claims {}, which the profile {} does not grant.", bundle_id,
                                          printable(key, 200), profile.shown)));
  });
  return out;
}

}  // namespace train::signing
