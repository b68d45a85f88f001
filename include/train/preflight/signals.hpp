// Whether every signal answers for the version that is live: a signal that does not answer now holds every gate on it.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "train/domain/definition.hpp"
#include "train/domain/evidence.hpp"
#include "train/preflight/stores.hpp"

namespace train::preflight {

// Asked about the live version of that app.
using SignalAnswers = std::map<std::pair<AppName, SignalName>, Asked<Measurement>>;

// What a look costs, in the source's own words; absent: it tells nothing.
using SignalCosts = std::map<std::pair<AppName, SignalName>, std::string>;

// One line for each app and signal; what has no answer was not asked because of its live version.
Lines signal_lines(const Definition& definition, const LiveVersions& live, const SignalAnswers& answers,
                   const SignalCosts& costs = {});

}  // namespace train::preflight
