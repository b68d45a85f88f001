// The rules of a track: what an update may say, what a commit makes of it, and whom it serves.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "google_play/model.hpp"
#include "google_play/wire.hpp"
#include "train/base/percent.hpp"

namespace train::sandbox::play {

// An update of a track, checked and completed with what Google adds by itself: a generated name, and the fully released
// version that goes on serving though the update does not list it. An empty list changes nothing.
Answered<std::vector<TrackRelease>> updated_list(const Track& track, std::vector<TrackRelease> wanted,
                                                 const Artifacts& artifacts);

// What only shows when an edit is validated or committed.
std::optional<Refusal> check_commit(const Track& track, const std::vector<TrackRelease>& wanted);

// Of an app that was never published.
std::optional<Refusal> check_draft_app(const std::vector<TrackRelease>& wanted);

enum class Sending { to_review, held };
// Takes `wanted` as the track's list. Returns each change in words: "play/production/340 inProgress 0.05".
std::vector<std::string> commit_track(Track& track, std::vector<TrackRelease> wanted, Sending sending, Instant now);

// Brings what users are served by up to what the track says and the reviewers allow.
void publish_allowed(Track& track);
bool in_review(const Track& track);
void restart_review(Track& track, Instant now);

// How much of the users each release has. A halted release keeps those who have it: Play withdraws nothing from
// devices.
struct Share {
  const TrackRelease* release = nullptr;
  Percent percent;
};
std::vector<Share> shares(const Track& track);
std::string change_text(const Track& track, const TrackRelease& release);

}  // namespace train::sandbox::play
