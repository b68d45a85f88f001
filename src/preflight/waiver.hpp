// Who waived what, in words for a line.
#pragma once

#include <string>

#include "train/engine/state.hpp"

namespace train::preflight {

const engine::SignOff* waiver_of(const engine::Release& release, const std::string& item);
std::string waived_text(const engine::Release& release, const engine::SignOff& waiver);  // "waived for 3.4.0 by ana: …"

}  // namespace train::preflight
