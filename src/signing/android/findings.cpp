#include <fmt/format.h>

#include <algorithm>

#include "android/apk_block.hpp"
#include "android/native_code.hpp"
#include "android/source.hpp"
#include "train/base/text.hpp"
#include "train/domain/play_rules.hpp"

namespace train::signing {
namespace {

constexpr std::size_t k_named_max = 3;

void add_finding(std::vector<Finding>& out, Finding::Level level, std::string text) {
  out.push_back({level, std::move(text)});
}

bool is_arm64_library(std::string_view name) {
  const std::size_t at = name.find("lib/arm64-v8a/");
  return name.ends_with(".so") && (at == 0 || (at != std::string_view::npos && name[at - 1] == '/'));
}

void find_small_pages(const zip::Package& package, std::vector<Finding>& out) {
  std::vector<std::string> small;
  std::size_t count = 0;
  for (const zip::PackageEntry& entry : package.entries()) {
    if (!is_arm64_library(entry.name)) continue;
    if (!has_small_pages(package, entry)) continue;
    if (++count <= k_named_max) small.push_back(printable(entry.name, 200));
  }
  if (count == 0) return;
  add_finding(out, Finding::Level::warning,
              fmt::format("{} native librar{} not aligned to 16 KB pages ({}{}): Google Play takes no new version that "
                          "targets Android 15 (API {}) with such, and they do not load on devices with such pages.",
                          count, count == 1 ? "y is" : "ies are", join(small, ", "), count > k_named_max ? ", …" : "",
                          k_first_target_with_16k_pages));
}

void find_target(const ManifestFacts& base, std::vector<Finding>& out) {
  if (!base.target_sdk) {
    return add_finding(
        out, Finding::Level::warning,
        "The manifest names no targetSdkVersion as a number: check by hand that Google Play still takes it.");
  }
  if (*base.target_sdk >= k_play_target_sdk_floor) {
    return add_finding(out, Finding::Level::note, fmt::format("targetSdkVersion is {}.", *base.target_sdk));
  }
  add_finding(
      out, Finding::Level::warning,
      fmt::format("targetSdkVersion is {}; Google Play asks for at least {} of new versions and may not take this "
                  "one. It was left as it is: raising it changes how the app runs.",
                  *base.target_sdk, k_play_target_sdk_floor));
}

void find_seal(const AndroidSeal& seal, std::vector<Finding>& out) {
  if (!seal.signer) {
    add_finding(
        out, Finding::Level::warning,
        "The source is not signed: nothing shows that it is what was released, only its checksums were compared.");
  }
  if (seal.block && seal.block->find(k_block_stamp) != nullptr) {
    add_finding(out, Finding::Level::note, "The source stamp was left out: it seals the old signature.");
  }
}

}  // namespace

std::vector<Finding> android_findings(const AndroidSource& source, const AndroidSeal& seal) {
  std::vector<Finding> out;
  find_seal(seal, out);
  const ManifestFacts& base = source.base();
  if (base.debuggable) {
    add_finding(out, Finding::Level::warning, "The app is debuggable: Google Play takes no such build.");
  }
  if (base.test_only) {
    add_finding(out, Finding::Level::warning, "The app is marked testOnly: Google Play takes no such build.");
  }
  find_target(base, out);
  find_small_pages(source.package, out);
  add_finding(
      out, Finding::Level::note,
      "What was compiled into the code keeps the old version (BuildConfig.VERSION_NAME and VERSION_CODE, release "
      "names in analytics); only what asks the package manager sees the new one.");
  add_finding(
      out, Finding::Level::note,
      fmt::format("The code is that of version code {}: its mapping file and native symbols fit this build too. "
                  "Upload them again, or alias them, for the new version code where a crash reporter looks by it.",
                  *base.declared.build));
  return out;
}

}  // namespace train::signing
