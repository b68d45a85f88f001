// What a track's list becomes by each of our steps. Pure: the list as it is in, the whole list as it shall be out;
// nullopt when it is so already. Every other release on the track is kept where Play lets it stand.
#pragma once

#include <optional>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/percent.hpp"
#include "train/ports/store.hpp"
#include "wire.hpp"

namespace train::stores::google_play {

using Releases = std::vector<TrackRelease>;
using NewList = Result<std::optional<Releases>>;

// By version code: the candidate's own release, else the one of an earlier candidate. Never by name, which is free
// text.
const TrackRelease* find_ours(const Releases& present, const Candidate& candidate);

NewList start_list(const Releases& present, const Candidate& candidate, Percent to, const Details& details);
NewList percent_list(const Releases& present, const Candidate& candidate, Percent to);
NewList resume_list(const Releases& present, const Candidate& candidate, Percent to);
NewList complete_list(const Releases& present, const Candidate& candidate);
NewList halt_list(const Releases& present, const Candidate& candidate);

// The list with `ours` in it, in the place of earlier candidates. Sent as it stands, it sends what was rejected to the
// reviewers again.
Releases place(const Releases& present, const TrackRelease& ours, const std::vector<BuildNumber>& earlier);

// Version codes that users get from `live` and would not get from `ours`: old builds for old devices. The highest codes
// of `live` are those that the new builds replace.
std::vector<std::int64_t> lost_codes(const TrackRelease& live, const TrackRelease& ours);
// Refused where `wanted` takes a live code away that the definition does not drop.
Result<Done> loses_nothing(const Releases& present, const Releases& wanted, const std::vector<std::int64_t>& drop);

}  // namespace train::stores::google_play
