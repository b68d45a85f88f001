// Finding and reading a scenario, by name or path. Inside the room.
#pragma once

#include <string>

#include "scenario.hpp"
#include "train/base/error.hpp"

namespace train::rehearsal {

Result<Scenario> load_scenario(const std::string& name, const AppRoster& roster);

}  // namespace train::rehearsal
