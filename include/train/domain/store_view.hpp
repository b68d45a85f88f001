// What a store shows of one app, in words both stores share; the store's own word is kept beside it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/base/names.hpp"
#include "train/base/percent.hpp"
#include "train/base/time.hpp"

namespace train {

enum class BuildState { processing, ready, failed };

// How far a build is with one group of testers: a TestFlight group, a testing track.
enum class TesterStatus {
  no_group,     // the store has no group of this name; `raw` names those it has
  absent,       // the group does not have the build
  unsubmitted,  // it does, but the store reviews it before these testers get it, and nobody has asked for that
  queued,       // the same, and the store takes no other build now; `raw` says which one is in the way
  in_review,    // waiting for that review, or in it
  rejected,
  untold,   // may be tested; the store waits to be told to tell the testers
  testing,  // the testers have it
  blocked,  // the store wants something else first: `raw` says what
  unknown,  // a word this version of train does not know: shown, and held on
};
std::string_view to_string(TesterStatus status);

struct SeenTesters {
  std::string group;
  TesterStatus status = TesterStatus::absent;
  std::string raw;  // the store's own word(s), printable; may be empty
  bool operator==(const SeenTesters&) const = default;
};

struct SeenBuild {
  BuildNumber number;
  BuildState state = BuildState::processing;
  std::string sha256;                  // where the store tells; else empty
  std::string detail;                  // the store's own word
  std::vector<SeenTesters> testers{};  // of the definition's groups, in its order; empty: not read
  bool operator==(const SeenBuild&) const = default;
};

// One version's place in its store.
//   App Store:   draft PREPARE_FOR_SUBMISSION, READY_FOR_REVIEW …; approved PENDING_DEVELOPER_RELEASE;
//                releasing PROCESSING_FOR_DISTRIBUTION, PENDING_APPLE_RELEASE; serving READY_FOR_DISTRIBUTION
//   Google Play: in_review while the release is committed but RELEASE_LIFECYCLE_STATE_IN_REVIEW; serving once PUBLISHED
enum class ReleaseStatus {
  draft,  // exists, not submitted
  waiting_for_review,
  in_review,
  rejected,       // a new build, or mended metadata, submits again
  withdrawn,      // taken back from review by somebody (DEVELOPER_REJECTED)
  approved,       // waits for us to release it
  releasing,      // on its way out; nothing to do
  held_by_store,  // approved, but a person must press a button in the store's console (managed publishing)
  serving,        // users get it, `percent` of them
  halted,         // a rollout stopped: Google Play `halted`, App Store phase PAUSED
  superseded,     // a newer version took its place
  unknown,        // a word this version of train does not know: shown, and held on
};
std::string_view to_string(ReleaseStatus status);

// The App Store's own ladder. Apple ticks it; it can be paused, resumed and completed, never set.
struct PhasedRelease {
  enum class State { inactive, active, paused, complete, unknown };
  State state = State::inactive;
  int day = 0;                       // 1..7; 0 before the first
  int pause_days_used = 0;           // of 30
  std::optional<Instant> next_tick;  // when it climbs next if left active; our estimate, never too late
  bool operator==(const PhasedRelease&) const = default;
};

struct SeenRelease {
  VersionName version;
  std::optional<BuildNumber> build;
  ReleaseStatus status = ReleaseStatus::draft;
  std::string raw;            // the store's own word(s), printable
  Percent percent;            // served now; unchanged by a halt; 0 before release
  bool percent_known = true;  // false: this look did not read it (Google Play at rest)
  std::optional<PhasedRelease> phased;
  bool notes_set = false;    // the definition's notes stand in the store (or none are wanted)
  std::string detail;        // what `raw` means and where to look, one line; empty where the status says it all
  bool status_known = true;  // false: the store's lists do not agree yet, one of them is behind; `status` is a guess
  bool releases_itself = false;  // App Store: on approval or at a date, without us (releaseType)
  bool operator==(const SeenRelease&) const = default;
};

// Which build is live is the store's answer. Its version is the log's, where it knows the build; else the App Store's
// own, or what the free text of a Google Play release says without doubt. 0: nobody can tell.
struct LiveVersion {
  VersionName version;
  BuildNumber build;
  std::vector<BuildNumber> further{};  // other builds that the same release serves, lowest first (Google Play)
  bool is_named() const { return version != VersionName(); }
  std::string text() const { return is_named() ? version.text() : "build " + build.text(); }  // for people
  bool operator==(const LiveVersion&) const = default;
};

// How many requests the store still grants, where its answers tell (App Store: per key, in a rolling hour).
struct RequestBudget {
  int limit = 0;  // an hour
  int left = 0;
  Instant as_of;
  bool operator==(const RequestBudget&) const = default;
};

// App Store: another version than the asked one that holds the one editable place of its platform.
struct SlotHolder {
  std::string version;  // the store's own form, printable
  ReleaseStatus status = ReleaseStatus::unknown;
  bool editable = false;  // neither queued, nor in review, nor approved: it could be renamed
  bool empty = false;     // a draft with neither build nor submission; a full look also found it without notes
  std::string raw;        // the store's own word
};

// What one look at an app found. A failed read is an Error, never an empty view.
struct StoreView {
  Instant as_of;
  std::optional<LiveVersion> live;     // the newest version served to everybody, other than `release`
  std::vector<SeenBuild> builds;       // of the release's version, newest first; only when asked for
  std::optional<SeenRelease> release;  // the asked version; nullopt: the store answered that it has none
  std::optional<SlotHolder> slot_held_by;
  std::optional<BuildNumber> highest_build;  // highest number ever used, where the store tells
  std::optional<RequestBudget> budget;
};

}  // namespace train
