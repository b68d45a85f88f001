// When a run last looked at a release, so that a scheduled job that has stopped is seen. From the log alone.
#pragma once

#include <optional>

#include "train/engine/state.hpp"

namespace train::engine {

struct LastRun {
  Instant at;                     // exact to about an hour: a run that finds nothing new is noted once an hour
  std::optional<Duration> every;  // the longest time between two runs of late; nullopt: too few are noted
  bool late = false;              // a release is on its way, and the next run should have come long ago
};

// nullopt: no run has looked at an app of this release.
std::optional<LastRun> last_run(const Release& release, Instant now);

}  // namespace train::engine
