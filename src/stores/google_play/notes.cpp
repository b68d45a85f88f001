#include "notes.hpp"

#include <fmt/format.h>

#include "train/base/text.hpp"

namespace train::stores::google_play {

Result<Done> check_notes(const StoreFacts& store, const Notes& notes) {
  const auto problems = notes_problems(store, notes);
  if (problems.empty()) return Done{};
  return fail(ErrorKind::refused, "The release notes do not fit Google Play: " + join(problems, "; ") + ".",
              "Mend the files that `release_notes` names; nothing was sent.");
}

}  // namespace train::stores::google_play
