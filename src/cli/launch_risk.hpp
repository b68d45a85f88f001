// What must be so before a release leaves: it can be slowed, disabled or partly degraded safely. A line about that has
// a `risk`, the item under which a named person may waive it for one release.
#pragma once

#include "check.hpp"
#include "preflight.hpp"
#include "train/engine/state.hpp"

namespace train::cli {

// How far the way back of the release in focus is.
CheckLines check_standbys(const Definition& definition, const engine::State& state);

// What each store can still stop, from what is live.
CheckLines check_halts(const Definition& definition, const LiveVersions& live);

// Until every app of the release in focus is submitted, what is only worth a look otherwise fails: unless it is waived,
// which the line then says, with the name.
void settle_risks(CheckLines& lines, const engine::State& state);

}  // namespace train::cli
