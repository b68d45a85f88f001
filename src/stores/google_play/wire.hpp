// Google Play's JSON as values, and back. Bounded and type-checked: a document that is not what Google's contract
// promises is `invalid_answer`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/names.hpp"
#include "train/base/percent.hpp"
#include "train/base/time.hpp"
#include "train/ports/store.hpp"

namespace train::stores::google_play {

enum class Status { draft, in_progress, halted, completed, unknown };
std::string_view wire_word(Status status);

// One entry of a track's list. `document` is the entry as it was read, so that what we do not model is written back.
struct TrackRelease {
  std::string name;
  std::vector<std::int64_t> codes;
  Status status = Status::unknown;
  std::string status_word;
  std::optional<Percent> fraction;
  std::string countries;  // it goes to these only: "DE, FR"; empty: to all of the track
  std::string document;

  std::int64_t highest_code() const;
  bool has_code(std::int64_t code) const;
};

struct Summary {
  std::string name;
  std::vector<std::int64_t> codes;
  std::string lifecycle;  // without its RELEASE_LIFECYCLE_STATE_ prefix
};

struct Bundle {
  std::int64_t code = 0;
  std::string sha256;
};

Result<std::vector<TrackRelease>> parse_track(std::string_view json);
Result<std::vector<std::string>> parse_track_names(std::string_view json);
Result<std::vector<Summary>> parse_summaries(std::string_view json);
Result<std::vector<Bundle>> parse_bundles(std::string_view json);
Result<Bundle> parse_bundle(std::string_view json);
struct EditDocument {
  std::string id;
  std::optional<Instant> expires;
};
Result<EditDocument> parse_edit(std::string_view json);
Result<std::vector<Bundle>> parse_apks(std::string_view json);
Result<Bundle> parse_apk(std::string_view json);
bool is_object(std::string_view text);  // JSON, and an object

// What a new release says beside its status.
struct Details {
  Notes notes;
  int update_priority = 0;
  std::vector<std::int64_t> further_codes;  // of the APKs that go out beside the candidate
};
TrackRelease new_release(const Candidate& candidate, const Details& details);
// Where `from` goes is where `release` shall go.
void keep_countries(TrackRelease& release, const TrackRelease& from);
// The same release with another status; the fraction only where Play keeps one.
TrackRelease with_status(TrackRelease release, Status status, std::optional<Percent> fraction);
std::string track_body(std::string_view track, const std::vector<TrackRelease>& releases);

// Google's error envelope; empty fields where it was not one.
struct ApiError {
  int http_status = 0;
  std::string status;
  std::string reason;  // of `errors`, or the first of `details`
  std::string message;
  std::string detail_reason = {};  // of `details`, where both lists are there
};
ApiError parse_error(int http_status, std::string_view body);

// The version that a release's name says without doubt; a name is free text, so most say nothing. The console names
// releases "340 (3.4.0)", train "3.4.0", people "3.4.0 (340)"; "340" is a version only of a release without that code.
std::optional<VersionName> version_in(std::string_view name, const std::vector<std::int64_t>& codes);

}  // namespace train::stores::google_play
