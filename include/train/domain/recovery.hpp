// A store's request to users of some builds to update: the store's half of a forced update. Plain values; the call is
// ports/recoveries.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "train/base/names.hpp"
#include "train/base/time.hpp"

namespace train {

// Whom it reaches among those who run the builds. Exactly one kind, which stays what it was at the beginning.
struct RecoveryReach {
  bool everybody = false;
  std::vector<std::string> regions;      // ISO 3166, of the user's account: "DE"
  std::vector<std::int64_t> api_levels;  // of Android: 34
  bool operator==(const RecoveryReach&) const = default;
};

struct RecoveryWish {
  std::vector<BuildNumber> builds;  // at least one, each of them released before
  RecoveryReach reach;
};

// `draft` reaches nobody. `preparing`: the store builds what it needs. `active`: people are being asked. `cancelled` is
// for good.
enum class RecoveryStatus { draft, preparing, active, failed, cancelled, unknown };

struct RecoveryProgress {  // of one build, as the store counts
  BuildNumber build;
  std::int64_t devices = 0;    // that had it
  std::int64_t recovered = 0;  // of these: moved off it
};

struct Recovery {
  std::string id;
  RecoveryStatus status = RecoveryStatus::unknown;
  std::string raw;                                                // the store's own word, printable
  std::vector<BuildNumber> builds;                                // rising; empty where it names a range
  std::optional<std::pair<BuildNumber, BuildNumber>> range = {};  // from, to; both included
  RecoveryReach reach;
  std::optional<Instant> created;
  std::optional<Instant> deployed;
  std::optional<Instant> cancelled;
  std::vector<RecoveryProgress> progress;  // empty until the store counts
};

// Which one is meant; `build` is one of those it is about, because the store lists them by build.
struct RecoveryKey {
  std::string id;
  BuildNumber build;
};

bool is_finished(const Recovery& recovery);  // nothing comes of it any more
bool is_deployed(const Recovery& recovery);  // the store asks people, or has taken the order to
bool is_about(const Recovery& recovery, const std::vector<BuildNumber>& builds);
bool is_same_kind(const RecoveryReach& a, const RecoveryReach& b);
bool covers(const RecoveryReach& whole, const RecoveryReach& part);
std::string describe_reach(const RecoveryReach& reach);  // "everybody", "DE, AT", "Android API 34"

// A reach as the log holds it: "everybody", "regions DE,AT", "android 34"; nullopt for what is none of these.
std::string stored_reach(const RecoveryReach& reach);
std::optional<RecoveryReach> parse_stored_reach(std::string_view text);

}  // namespace train
