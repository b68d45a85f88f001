// Plays the world's part of a scenario on a sandbox that somebody else drives: health, faults, reviews and what people
// do in a store's console, at their time or percentage. What runners and people do with train is left to them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::rehearsal {

class ScenarioPlayer {
 public:
  // `scenario` is a built-in name or a file; `definition` when it cannot be read. The sandbox outlives the player.
  static Result<std::unique_ptr<ScenarioPlayer>> create(const std::string& scenario, sandbox::Sandbox& sandbox);
  virtual ~ScenarioPlayer() = default;

  // Does what has fallen due by the sandbox's clock and shares; a line for people for each.
  virtual std::vector<std::string> look() = 0;
  // Events that this cannot play, one line each.
  virtual std::vector<std::string> left_to_others() const = 0;
};

}  // namespace train::rehearsal
