// Numbers that Google Play sets for new versions. Each one's page states what holds today.
#pragma once

#include <cstdint>

namespace train {

// Since 31 August 2026: https://developer.android.com/google/play/requirements/target-sdk
inline constexpr std::uint64_t k_play_target_sdk_floor = 36;
// https://developer.android.com/guide/practices/page-sizes
inline constexpr std::uint64_t k_first_target_with_16k_pages = 35;
inline constexpr std::uint64_t k_large_page_bytes = 16384;

}  // namespace train
