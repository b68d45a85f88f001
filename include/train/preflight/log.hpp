// Where the log lives, and what it tells about the runs of `train advance`.
#pragma once

#include <vector>

#include "train/base/time.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

using LogAnswer = Asked<std::vector<Event>>;  // the whole log

// Where the log lives outlives the run. A CI runner's disk does not.
enum class RunsOn { own_machine, ci_runner };
Lines place_lines(const Definition& definition, RunsOn where);

Line log_line(const LogAnswer& log);

// Apple's ladder climbs by itself: is `advance` run at least as often?
Lines tick_lines(const Definition& definition, const LogAnswer& log, Instant now);

}  // namespace train::preflight
