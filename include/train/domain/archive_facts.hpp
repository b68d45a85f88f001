// What an archive holds that decides whether a store takes it, and the judgement on it. Read offline, from the file
// alone. Each rule's source: docs/archive-checks.md.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "train/base/time.hpp"
#include "train/domain/store_facts.hpp"

namespace train {

struct AndroidContents {
  bool debuggable = false;
  bool test_only = false;
  std::optional<int> target_sdk;         // nullopt: not stated, or by a code name
  std::set<std::string> permissions;     // "android.permission.CAMERA"
  std::set<std::string> service_types;   // of foreground services: "location", one word each
  std::set<std::string> abis;            // with native code: "arm64-v8a"
  std::vector<std::string> not_aligned;  // 64-bit libraries whose segments are not aligned to 16 KB
};

struct ProvisioningProfile {
  std::string name;
  std::string app_id;            // "ABCDE12345.com.example.charge"; may end in "*"
  bool debugging = false;        // it allows a debugger: a development profile
  bool for_devices = false;      // it lists devices: development or ad hoc
  bool for_all_devices = false;  // an enterprise's
  std::optional<Instant> expires;
  std::optional<Instant> certificate_expires;  // the last of its certificates
};

struct AppleContents {
  std::optional<bool> get_task_allow;  // of the signature's entitlements; nullopt: it is not signed, or has none
  std::optional<ProvisioningProfile> profile;
  bool says_encryption = false;  // ITSAppUsesNonExemptEncryption stands in its Info.plist
};

struct ArchiveFacts {
  std::uint64_t bytes = 0;
  std::optional<AndroidContents> android;
  std::optional<AppleContents> apple;
};

struct ArchiveFinding {
  enum class Weight {
    shown,    // a person should know it; nothing is wrong
    warned,   // the store takes it, and says something
    refused,  // the store refuses it: the upload waits until it is waived
  };
  std::string rule;  // "debuggable": stable words
  Weight weight = Weight::shown;
  std::string text;    // one sentence, without the archive's name
  std::string source;  // who says so: "Google Play, target API level"
  bool operator==(const ArchiveFinding&) const = default;
};

struct ArchiveQuestion {
  std::string store_id;                 // whose app it should be
  const ArchiveFacts* live = nullptr;   // of the version that is live, where its archive is at hand
  bool encryption_is_declared = false;  // the definition answers the question of export compliance
  Instant now;
};
std::vector<ArchiveFinding> judge_archive(const ArchiveFacts& facts, const ArchiveQuestion& question);

// "risk:archive:android:debuggable": what `train waive` takes.
std::string archive_item(const std::string& app, const ArchiveFinding& finding);

}  // namespace train
