// One seed played from its first order to its rest.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "world.hpp"

namespace train::simulation {

// A seed, without some of its steps: each step draws from a seed of its own, so that the others stay what they are.
struct Story {
  std::uint64_t seed = 0;
  std::set<int> without;
};

struct Played {
  std::vector<Violation> violations;
  std::vector<std::string> trace;
  std::string log;
  std::map<std::string, int> kinds;  // how many events of each, and intents of each action
  int steps = 0;
};

Played play_out(const Story& story, bool traced);

// The same violation with as few steps as can be found by leaving out one after the other.
Story shortened(const Story& story, const std::string& invariant);

std::string replay_command(const Story& story);

}  // namespace train::simulation
