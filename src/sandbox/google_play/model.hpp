// What the built-in Google Play keeps: tracks as lists of releases, artifacts by version code, and the edits that
// change them. docs/stores/google-play.md names the rules.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google_play/upload.hpp"
#include "train/base/time.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::sandbox::play {

enum class Status { draft, in_progress, halted, completed };
std::string_view wire_word(Status status);
std::optional<Status> parse_status(std::string_view word);

// Where a release stands with the reviewers; the words of releaseLifecycleState.
enum class Review { draft, not_sent, in_review, approved_not_published, not_approved, published };
std::string_view wire_word(Review review);

struct Note {
  std::string language;
  std::string text;
};
struct Countries {
  std::vector<std::string> countries;
  bool rest_of_world = false;
};

struct TrackRelease {
  std::string name;
  std::vector<std::int64_t> codes;  // rising, at least one
  Status status = Status::draft;
  std::optional<double> fraction;  // 0 < f < 1, only in_progress and halted
  int update_priority = 0;
  std::vector<Note> notes;
  std::optional<Countries> countries;
  Review review = Review::draft;
  Instant review_since{};
};

struct Track {
  std::string name;
  std::vector<TrackRelease> releases;   // what the track says
  std::vector<TrackRelease> published;  // what users are served by, which a review may hold back from `releases`
  std::vector<TrackRelease> past;       // completed once, oldest first: what a halt falls back on
};

struct Artifact {
  std::int64_t code = 0;
  std::string version;  // versionName
  std::string sha1;
  std::string sha256;
  bool is_apk = false;
};
using Artifacts = std::map<std::int64_t, Artifact>;

enum class EditState { open, committed, deleted, expired };

struct Edit {
  std::string id;
  Instant expires;
  EditState state = EditState::open;
  std::map<std::string, std::vector<TrackRelease>> tracks;  // only those it touched
  Artifacts artifacts;                                      // only its own
  std::vector<std::string> symbols;                         // "340 proguard": what came beside a build
  std::map<std::string, UploadSession> uploads;             // by upload_id
};

// An app recovery action: asks those who run some builds to update.
enum class RecoveryState { draft, active, canceled };
struct RecoveryAction {
  std::int64_t id = 0;
  RecoveryState state = RecoveryState::draft;
  std::vector<std::int64_t> codes;  // or, where it names a range:
  std::optional<std::pair<std::int64_t, std::int64_t>> range = {};
  bool everybody = false;
  std::vector<std::string> regions;
  std::vector<std::int64_t> sdk_levels;
  Instant created{};
  Instant updated{};
  std::optional<Instant> deployed = {};
  std::optional<Instant> canceled = {};
  std::map<std::int64_t, double> devices;  // by version code, when it was deployed
};

struct PlayApp {
  AppSetup setup;
  std::map<std::string, Track> tracks;
  Artifacts artifacts;
  std::vector<Edit> edits;
  std::vector<RecoveryAction> recoveries;
  bool unsent_changes = false;      // a person took changes back from review
  bool listing_in_review = false;   // a person sent the store listing to the reviewers, and they have it
  bool managed_publishing = false;  // what is approved waits for a button in the console
  bool draft_app = false;           // never published: takes draft releases only
};

TrackRelease* find_by_codes(std::vector<TrackRelease>& releases, const std::vector<std::int64_t>& codes);
const TrackRelease* find_by_codes(const std::vector<TrackRelease>& releases, const std::vector<std::int64_t>& codes);
const TrackRelease* find_by_status(const std::vector<TrackRelease>& releases, Status status);
bool is_production(std::string_view track);           // of any form factor
std::string codes_text(const TrackRelease& release);  // "340", "340,1340"

}  // namespace train::sandbox::play
