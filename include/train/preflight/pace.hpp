// How fast a healthy release goes at the traffic of the live version, and whether what is counted bears the judgement.
#pragma once

#include <map>
#include <utility>

#include "train/domain/definition.hpp"
#include "train/engine/pace.hpp"
#include "train/preflight/line.hpp"
#include "train/preflight/signals.hpp"

namespace train::preflight {

// What the live version counted in the last day; only where that could be told.
using LiveTraffic = std::map<std::pair<AppName, SignalName>, engine::Traffic>;

// From two readings of a cumulative count, the second `apart` after the first. nullopt: nothing was counted in between.
std::optional<engine::Traffic> traffic_between(const Measurement& then, const Measurement& now, Duration apart);

// "about 21 days at 50,000 sessions a day; `regress` at 50 % decides", for each app whose traffic is known: measured,
// or by `per_day` at half the gate's limit.
Lines pace_lines(const Definition& definition, const LiveTraffic& traffic);

// Of each signal that a deciding gate counts: exposures that are not independent of each other, and events that are
// reported late, with what to write into the definition. One line a signal and advice.
Lines advice_lines(const Definition& definition, const SignalAnswers& answers);

}  // namespace train::preflight
