// Apple's words as the domain's: pure functions over rows.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "train/domain/store_view.hpp"
#include "train/ports/store.hpp"
#include "wire.hpp"

namespace train::stores::app_store {

bool is_live_word(std::string_view state);    // served, or was: the app is not on its first version
bool holds_the_slot(std::string_view state);  // a version in the making or in review; no second one beside it
bool is_editable(std::string_view state);     // build, notes and release type may change

ReleaseStatus status_of(const VersionRow& row);
PhasedRelease phase_of(const PhaseRow& row);
Percent percent_of(const VersionRow& row);      // 0 before release
SeenRelease release_of(const VersionRow& row);  // notes_set is left false for a draft: its texts are elsewhere
// What Apple's word means for people and where on its site to look, one line; empty where the status says it all.
std::string detail_of(const VersionRow& row, const std::string& app_id);
// Somebody has paused it since the step was decided on: that is a person's stop, and neither overtaken nor taken for
// the train's own.
bool was_paused_meanwhile(const VersionRow& row, const Candidate& candidate);
SeenBuild seen_build(const BuildRow& row);

const VersionRow* find_version(const std::vector<VersionRow>& rows, const VersionName& version);
// Whether nothing of this app but `version` was ever live: Apple then wants no notes and allows no phased release.
bool is_first_version(const std::vector<VersionRow>& rows, const VersionName& version);
// The version everybody else has. Once ours is live Apple calls the one before it replaced, whatever our percentage is.
std::optional<LiveVersion> live_beside(const std::vector<VersionRow>& rows, const VersionName& version);
// The version that holds the platform's one editable place, unless it is `version` itself; nullptr: the place is free.
const VersionRow* slot_holder_beside(const std::vector<VersionRow>& rows, const VersionName& version);
SlotHolder holder_of(const VersionRow& row);  // `empty` as far as a row tells: its notes are elsewhere

}  // namespace train::stores::app_store
