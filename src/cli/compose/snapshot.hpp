// The fold as JSON text, for state.json: for people and scripts to look at; never read back.
#pragma once

#include <string>
#include <vector>

#include "train/domain/event.hpp"

namespace train::cli {

std::string snapshot_json(const std::vector<Event>& events);

}  // namespace train::cli
