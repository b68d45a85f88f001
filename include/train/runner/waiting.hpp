// How long a run waits for others, in real time: the bounds of docs/waiting.md. One call's own bound is its adapter's.
// What was not answered by then is held on, and named.
#pragma once

#include "train/base/patience.hpp"

namespace train::runner {

inline constexpr Patience::Length k_look_patience{120'000};    // for all stores, asked side by side
inline constexpr Patience::Length k_signals_patience{60'000};  // for all signals, asked side by side
inline constexpr Patience::Length k_step_patience{600'000};    // for one step; an upload and a removal have none
inline constexpr Patience::Length k_run_patience{7'200'000};   // then a run begins nothing more

}  // namespace train::runner
