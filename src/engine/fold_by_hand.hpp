// What a person does by hand outside the loop, as the log tells of it.
#pragma once

#include "train/engine/state.hpp"

namespace train::engine {

// `work` is what is known from now on about its thing, except that a refusal does not hide what was done before it.
void note_by_hand(std::vector<HandWork>& known, HandWork work);

}  // namespace train::engine
