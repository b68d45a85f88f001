// What must be so before a release leaves: it can be slowed, disabled or partly degraded safely. A line about that has
// a `waiver_item`, under which a named person may waive it for one release.
#pragma once

#include "train/engine/state.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

// Until every app of the release in focus is submitted, what is only worth a look otherwise fails: unless it is waived,
// which the line then says, with the name. What nobody asked stays as it is. Without the log nothing is settled, and a
// line says so.
void settle_risks(Lines& lines, const Asked<engine::State>& state);

}  // namespace train::preflight
