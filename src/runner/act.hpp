// One step, done through the port it belongs to.
#pragma once

#include "train/runner/runner.hpp"

namespace train::runner {

Result<Done> act(const Definition& definition, const Ports& ports, const engine::State& state, const Step& step);

}  // namespace train::runner
