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

bool is_finished(const Recovery& recovery);  // nothing comes of it any more
bool is_about(const Recovery& recovery, const std::vector<BuildNumber>& builds);
bool is_same_kind(const RecoveryReach& a, const RecoveryReach& b);
bool covers(const RecoveryReach& whole, const RecoveryReach& part);
// What of `wanted` is not in `present` yet.
RecoveryReach missing_in(const RecoveryReach& present, const RecoveryReach& wanted);
std::string describe_reach(const RecoveryReach& reach);  // "everybody", "DE, AT", "Android API 34"

}  // namespace train::stores::google_play
