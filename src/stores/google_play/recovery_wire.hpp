// Google Play's app recovery actions as JSON, and back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/ports/recoveries.hpp"

namespace train::stores::google_play {

// Newest first.
Result<std::vector<Recovery>> parse_recoveries(std::string_view json);
Result<Recovery> parse_recovery(std::string_view json);
std::string recovery_body(const RecoveryWish& wish);
std::string further_targeting_body(const RecoveryReach& further);

// What of `wanted` is not in `present` yet.
RecoveryReach missing_in(const RecoveryReach& present, const RecoveryReach& wanted);

}  // namespace train::stores::google_play
