// Release notes by Google Play's rules, checked before any call.
#pragma once

#include "train/base/error.hpp"
#include "train/ports/store.hpp"

namespace train::stores::google_play {

// At most 500 characters a language, and languages Play can know ("de-DE"). Every problem in one error.
Result<Done> check_notes(const Notes& notes);

}  // namespace train::stores::google_play
