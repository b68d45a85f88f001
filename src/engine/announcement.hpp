// Which events people are told of, and in what words. Inside the engine: the outbox is part of the fold.
#pragma once

#include <optional>
#include <vector>

#include "train/engine/state.hpp"

namespace train::engine {

std::optional<OutboxEntry> announcement_of(const State& before, const Event& event);
void mark_sent(std::vector<OutboxEntry>& outbox, const Step& notify_step);

}  // namespace train::engine
