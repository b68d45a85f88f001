// How gates write their numbers.
#pragma once

#include <string>

#include "train/domain/definition.hpp"

namespace train::engine::gate_words {

std::string number(double value);    // "40,210"; one decimal where it is not whole
std::string about(double value);     // two digits, rounded up
std::string share(double fraction);  // "0.42 %"
std::string times(double ratio);     // "1.5 times"
std::string level(double value, const std::string& unit);
std::string exposures(const GateRule& rule);  // "sessions", or "exposures"

}  // namespace train::engine::gate_words
