// Verdicts of a log, judged again from what the log has.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "train/engine/replay.hpp"

namespace train::test {

// Each event as it is read from its line.
std::vector<Event> read_back(const std::vector<Event>& log);

// That every verdict comes out as it was recorded, bit for bit.
void expect_reproduced(const engine::Replay& replay);

}  // namespace train::test
