// A log without a release, while a store is in the middle of one: it was lost, or never began.
#pragma once

#include <vector>

#include "train/runner/runner.hpp"

namespace train::cli {

// What users get in part and the log does not know, each as something a person must decide. Empty where the log has a
// release; then no store is asked. A store that does not answer in time is left out.
std::vector<Wait> rollouts_without_log(const engine::State& state, const runner::Ports& ports);

}  // namespace train::cli
