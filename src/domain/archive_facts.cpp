#include "train/domain/archive_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "train/base/text.hpp"
#include "train/domain/play_rules.hpp"

namespace train {
namespace {

using Weight = ArchiveFinding::Weight;

constexpr std::size_t k_named_most = 5;
constexpr double k_size_grown = 1.25;  // of the live archive

constexpr std::string_view k_play_upload = "Google Play Console, upload checks";
constexpr std::string_view k_play_target = "Google Play, target API level requirement";
constexpr std::string_view k_play_64_bit = "Google Play, 64-bit requirement";
constexpr std::string_view k_play_pages = "Android, support of 16 KB page sizes";
constexpr std::string_view k_play_services = "Google Play, declaration of foreground services";
constexpr std::string_view k_against_live = "compared with the archive that is live";
constexpr std::string_view k_apple_signing = "App Store Connect, validation of signatures";
constexpr std::string_view k_apple_export = "App Store Connect, export compliance";

class Judge {
 public:
  void add(std::string rule, Weight weight, std::string text, std::string_view source) {
    findings.push_back({std::move(rule), weight, std::move(text), std::string(source)});
  }
  std::vector<ArchiveFinding> findings;
};

std::string some_of(const std::vector<std::string>& all) {
  std::vector<std::string> named(all.begin(),
                                 all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), k_named_most)));
  return printable(join(named, ", "), 600) +
         (all.size() > k_named_most ? fmt::format(" and {} more", all.size() - k_named_most) : "");
}

std::vector<std::string> new_in(const std::set<std::string>& ours, const std::set<std::string>& live) {
  std::vector<std::string> out;
  std::set_difference(ours.begin(), ours.end(), live.begin(), live.end(), std::back_inserter(out));
  return out;
}

void judge_target(const AndroidContents& android, Judge& out) {
  if (!android.target_sdk) {
    out.add("target_sdk", Weight::warned, "the manifest names no targetSdkVersion as a number", k_play_target);
  } else if (static_cast<std::uint64_t>(*android.target_sdk) < k_play_target_sdk_floor) {
    out.add("target_sdk", Weight::refused,
            fmt::format("targetSdkVersion is {}, and new versions must target at least {}", *android.target_sdk,
                        k_play_target_sdk_floor),
            k_play_target);
  }
}

void judge_native_code(const AndroidContents& android, Judge& out) {
  const auto has = [&](const char* abi) { return android.abis.count(abi) != 0; };
  if (has("armeabi-v7a") && !has("arm64-v8a"))
    out.add("64_bit", Weight::refused, "there is native code for armeabi-v7a and none for arm64-v8a", k_play_64_bit);
  if (has("x86") && !has("x86_64"))
    out.add("64_bit_x86", Weight::refused, "there is native code for x86 and none for x86_64", k_play_64_bit);
  if (android.not_aligned.empty()) return;
  const bool counts = static_cast<std::uint64_t>(android.target_sdk.value_or(0)) >= k_first_target_with_16k_pages;
  out.add("page_size", counts ? Weight::refused : Weight::warned,
          fmt::format("native libraries are not aligned to 16 KB pages: {}", some_of(android.not_aligned)),
          k_play_pages);
}

void judge_android(const AndroidContents& android, const AndroidContents* live, Judge& out) {
  if (android.debuggable) out.add("debuggable", Weight::refused, "the app is debuggable", k_play_upload);
  if (android.test_only) out.add("test_only", Weight::refused, "the app is marked testOnly", k_play_upload);
  judge_target(android, out);
  judge_native_code(android, out);
  if (live == nullptr) return;
  if (const auto more = new_in(android.permissions, live->permissions); !more.empty())
    out.add("permissions", Weight::shown, "permissions new since the live version: " + some_of(more), k_against_live);
  if (const auto more = new_in(android.service_types, live->service_types); !more.empty())
    out.add("foreground_services", Weight::shown,
            "types of foreground services new since the live version: " + some_of(more), k_play_services);
}

bool covers_app(std::string_view app_id, std::string_view bundle_id) {
  // What stands before the first dot is the team.
  const auto dot = app_id.find('.');
  auto pattern = dot == std::string_view::npos ? app_id : app_id.substr(dot + 1);
  if (pattern.empty() || pattern.back() != '*') return pattern == bundle_id;
  pattern.remove_suffix(1);
  return starts_with(bundle_id, pattern);
}

void judge_profile(const ProvisioningProfile& profile, const ArchiveQuestion& question, Judge& out) {
  const auto name = printable(profile.name, 100);
  if (profile.debugging || (profile.for_devices && !profile.for_all_devices))
    out.add("profile_kind", Weight::refused,
            fmt::format("the profile \"{}\" is one for {}", name, profile.debugging ? "development" : "named devices"),
            k_apple_signing);
  if (profile.for_all_devices)
    out.add("profile_kind", Weight::refused, fmt::format("the profile \"{}\" is an enterprise's", name),
            k_apple_signing);
  if (!covers_app(profile.app_id, question.store_id))
    out.add("profile_app", Weight::refused,
            fmt::format("the profile \"{}\" is for {}, not for {}", name, printable(profile.app_id, 200),
                        question.store_id),
            k_apple_signing);
  if (profile.expires && *profile.expires <= question.now)
    out.add("profile_expired", Weight::refused,
            fmt::format("the profile \"{}\" expired on {}", name, format_rfc3339(*profile.expires)), k_apple_signing);
  if (profile.certificate_expires && *profile.certificate_expires <= question.now)
    out.add("certificate_expired", Weight::refused,
            fmt::format("the certificate in the profile \"{}\" expired on {}", name,
                        format_rfc3339(*profile.certificate_expires)),
            k_apple_signing);
}

void judge_apple(const AppleContents& apple, const ArchiveQuestion& question, Judge& out) {
  if (apple.get_task_allow.value_or(false))
    out.add("get_task_allow", Weight::refused,
            "the app may be debugged (get-task-allow): it was signed for development", k_apple_signing);
  if (apple.profile) judge_profile(*apple.profile, question, out);
  if (!apple.says_encryption && !question.encryption_is_declared)
    out.add("export_compliance", Weight::warned,
            "its Info.plist has no ITSAppUsesNonExemptEncryption: the build waits until somebody answers in App Store "
            "Connect, or the definition does (`export_compliance`)",
            k_apple_export);
}

void judge_size(const ArchiveFacts& facts, const ArchiveFacts* live, Judge& out) {
  if (live == nullptr || live->bytes == 0) return;
  if (static_cast<double>(facts.bytes) <= k_size_grown * static_cast<double>(live->bytes)) return;
  out.add("size", Weight::warned,
          fmt::format("the archive grew from {:.1f} to {:.1f} MB since the live version",
                      static_cast<double>(live->bytes) / 1e6, static_cast<double>(facts.bytes) / 1e6),
          k_against_live);
}

}  // namespace

std::vector<ArchiveFinding> judge_archive(const ArchiveFacts& facts, const ArchiveQuestion& question) {
  Judge out;
  const AndroidContents* live_android =
      question.live != nullptr && question.live->android ? &*question.live->android : nullptr;
  if (facts.android) judge_android(*facts.android, live_android, out);
  if (facts.apple) judge_apple(*facts.apple, question, out);
  judge_size(facts, question.live, out);
  return std::move(out.findings);
}

std::string archive_item(const std::string& app, const ArchiveFinding& finding) {
  return fmt::format("risk:archive:{}:{}", app, finding.rule);
}

}  // namespace train
