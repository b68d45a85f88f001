// Release notes by Google Play's rules, checked before any call.
#pragma once

#include "train/base/error.hpp"
#include "train/ports/store.hpp"

namespace train::stores::google_play {

// Every problem in one error: domain/release_notes.hpp holds the rules.
Result<Done> check_notes(const StoreFacts& store, const Notes& notes);

}  // namespace train::stores::google_play
