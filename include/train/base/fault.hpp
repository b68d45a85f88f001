// Faults that were mended, put back one by one to see whether the simulation still finds them (docs/simulation.md).
// `if (TRAIN_FAULT("stage_never_comes_down")) …` stands where the mend is and does what was done before it. It is the
// constant false, and the branch is gone, unless the build defines TRAIN_FAULTS, which no build that is installed does.
#pragma once

#ifdef TRAIN_FAULTS

#include <string>
#include <string_view>

namespace train {

// The one that is put back; empty: none. Set before anything runs, and only read from then on.
inline std::string fault_put_back;  // NOLINT

inline bool is_put_back(std::string_view fault) { return fault_put_back == fault; }

}  // namespace train

#define TRAIN_FAULT(name) ::train::is_put_back(name)

#else

#define TRAIN_FAULT(name) false

#endif
