// One step, done through the port it belongs to.
#pragma once

#include "train/runner/runner.hpp"

namespace train::runner {

Result<Done> act(const Definition& definition, const Ports& ports, const engine::State& state, const Step& step);

// The engine plans only what the store's facts declare, and the store offers that: anything else is a fault of ours.
Result<Done> not_offered(const Step& step);

}  // namespace train::runner
