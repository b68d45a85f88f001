// How long a command waits for others in all, in real time: the last column of docs/waiting.md, which a test holds to
// these figures. Halts have their own (runner/stop.hpp), and so has a run (runner/waiting.hpp).
#pragma once

#include "train/base/patience.hpp"

namespace train::cli {

inline constexpr Patience::Length k_check_in_all{300'000};
inline constexpr Patience::Length k_plan_in_all{300'000};
inline constexpr Patience::Length k_refresh_in_all{300'000};  // of `status --refresh`, each time it looks
inline constexpr Patience::Length k_signals_in_all{120'000};  // each time it draws
inline constexpr Patience::Length k_start_in_all{120'000};
// Of what a person sets by hand, once it is confirmed.
inline constexpr Patience::Length k_flags_in_all{120'000};
inline constexpr Patience::Length k_recovery_in_all{120'000};
inline constexpr Patience::Length k_force_update_in_all{120'000};

}  // namespace train::cli
