// Moving users off builds that harm them: the store asks people who run one of them to update. The store's half of a
// forced update; whether to do it is decided elsewhere. Google Play has it (app recovery); the App Store has no such
// call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "train/base/error.hpp"
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

// Every write is safe to ask for again: it looks first, sends once and reads back. `unknown_outcome` when its answer
// was lost and reading does not show it.
class Recoveries {
 public:
  virtual ~Recoveries() = default;

  // All there are for a build, those that are over too, newest first. Never empty for a failed read.
  virtual Result<std::vector<Recovery>> list(const BuildNumber& build) = 0;
  // A draft: nobody is reached yet. One for the same builds and reach that is not over is returned as it stands.
  virtual Result<Recovery> prepare(const RecoveryWish& wish) = 0;
  // Reaches more people of the same kind; never fewer. `refused` for another kind.
  virtual Result<Recovery> widen(const RecoveryKey& key, const RecoveryReach& further) = 0;
  // From here on people are asked to update. `preparing` when the store has taken the order and still builds.
  virtual Result<Recovery> deploy(const RecoveryKey& key) = 0;
  // Nobody else is asked; for good.
  virtual Result<Recovery> cancel(const RecoveryKey& key) = 0;
};

}  // namespace train
