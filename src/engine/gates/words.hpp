// How gates write their numbers.
#pragma once

#include <string>

#include "train/base/time.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/evidence.hpp"

namespace train::engine::gate_words {

std::string number(double value);    // "40,210"; one decimal where it is not whole
std::string about(double value);     // two digits, rounded up
std::string share(double fraction);  // "0.42 %"
std::string times(double ratio);     // "1.5 times"
std::string level(double value, const std::string& unit);
std::string exposures(const GateRule& rule);    // "sessions", or "exposures"
std::string ratio(const RatioEvidence& ratio);  // "2 times the live version's, limit 1.2 times"
std::string evidence(double ln_e);              // E itself: "136"; "over 1,000,000"
std::string moment(Instant at);                 // "4 Dec 10:00 UTC"

}  // namespace train::engine::gate_words
