// What Google Play's answers say together. A release is known by its version codes: its name is free text, and is read
// only for a release whose codes the log does not know yet. Two axes: where a release stands with the reviewers (the
// list of releases, no edit needed) and whom it serves (the track, through an edit). The track says `inProgress` from
// the commit on, so by itself it proves nothing about availability.
#pragma once

#include <optional>
#include <vector>

#include "train/domain/store_view.hpp"
#include "train/ports/store.hpp"
#include "wire.hpp"

namespace train::stores::google_play {

struct Answers {
  std::vector<Summary> summaries;
  std::optional<std::vector<TrackRelease>> track;  // only after a full look, or a step
  std::optional<std::vector<Bundle>> bundles;
};
// The listed release of exactly these codes, in any order.
const Summary* find_summary(const std::vector<Summary>& listed, const std::vector<std::int64_t>& codes);
// Every release of the track that is no draft, the newest first.
std::vector<SeenRelease> all_served(const Answers& answers);

StoreView combine(const Answers& answers, const Sought& sought, Instant as_of);

}  // namespace train::stores::google_play
