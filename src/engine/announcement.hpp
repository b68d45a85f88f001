// Which events people are told of, and in what words. Inside the engine.
#pragma once

#include <optional>

#include "train/engine/state.hpp"

namespace train::engine {

std::optional<OutboxEntry> announcement_of(const State& before, const Event& event);

}  // namespace train::engine
