// What must be so before a release leaves: it can be slowed, disabled or partly degraded safely. A line about that has
// a `waiver_item`, under which a named person may waive it for one release.
#pragma once

#include <map>

#include "train/domain/store_view.hpp"
#include "train/engine/state.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

// How far the way back of the release in focus is.
Lines standby_lines(const Definition& definition, const engine::State& state);

using LiveVersions = std::map<AppName, LiveVersion>;

// What each store can still stop, from what is live.
Lines halt_lines(const Definition& definition, const LiveVersions& live);

// Until every app of the release in focus is submitted, what is only worth a look otherwise fails: unless it is waived,
// which the line then says, with the name.
void settle_risks(Lines& lines, const engine::State& state);

}  // namespace train::preflight
