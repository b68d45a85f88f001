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

// By version code; else by name, which finds an older candidate of the same version.
const TrackRelease* find_ours(const Releases& present, const Candidate& candidate);

NewList start_list(const Releases& present, const Candidate& candidate, Percent to, const Details& details);
NewList percent_list(const Releases& present, const Candidate& candidate, Percent to);
NewList resume_list(const Releases& present, const Candidate& candidate, Percent to);
NewList complete_list(const Releases& present, const Candidate& candidate);
NewList halt_list(const Releases& present, const Candidate& candidate);

// The list with `ours` in it, sent once more as it stands: what was rejected goes to the reviewers again by that.
Releases place(const Releases& present, const TrackRelease& ours);

}  // namespace train::stores::google_play
