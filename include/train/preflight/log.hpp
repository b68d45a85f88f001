// Where the log lives, and what it tells about the runs of `train advance`.
#pragma once

#include <span>

#include "train/base/time.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

// Where the log lives outlives the run. A CI runner's disk does not.
enum class RunsOn { own_machine, ci_runner };
Lines place_lines(const Definition& definition, RunsOn where);

// Apple's ladder climbs by itself: is `advance` run at least as often? `events` is the whole log.
Lines tick_lines(const Definition& definition, std::span<const Event> events, Instant now);

}  // namespace train::preflight
