// Who tests a candidate before it is submitted, as the runner and the commands need it.
#pragma once

#include <string>

#include "train/domain/definition.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

// "ios:testers:field-beta": what `waive` takes for a group that keeps the candidate back.
std::string testers_item(const AppName& app, const std::string& group);

// Some group still waits for the candidate: only a close look shows how far it is.
bool testing_is_open(const App& app, const Release& release, const AppProgress& progress);

}  // namespace train::engine
