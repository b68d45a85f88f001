// Phases: words for where a release and its apps stand, derived from the state and never stored.
#pragma once

#include <string_view>

#include "train/domain/definition.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

enum class AppPhase {
  awaiting_build,
  candidate,
  submitted,
  in_review,
  approved,
  rolling_out,
  completed,
  rejected,
  halted,
  rolled_back,
  superseded,
};
enum class ReleasePhase { scheduled, open, stabilizing, ready, shipping, done, superseded, abandoned };

std::string_view to_string(AppPhase phase);
std::string_view to_string(ReleasePhase phase);

// An ordinary pause on a rung is `rolling_out`; `halted` is a stop by a gate, a playbook or a person.
AppPhase app_phase(const AppProgress& app);
ReleasePhase release_phase(const Definition& definition, const Release& release, Instant now);

// When this release may be submitted at the earliest: its cutoff (or when it was opened) plus the stabilization that
// applies.
Instant earliest_submission(const Definition& definition, const Release& release);

bool is_exposed(const AppProgress& app);  // some user gets this version from its store
bool is_past_review(const AppProgress& app);

}  // namespace train::engine
