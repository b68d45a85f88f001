// How far a release is with the people who review it in its store.
#pragma once

#include "train/domain/store_view.hpp"

namespace train {

// It waits for the store's reviewers, or is with them.
bool is_in_review(ReleaseStatus status);

// It was handed to the store and has not come back: the store keeps it in some state, and who looks for it finds it.
// Not so: a draft, one that was rejected or taken back, and one in a state that this version does not know.
bool is_handed_in(ReleaseStatus status);

}  // namespace train
