#include "fold_standby.hpp"

#include "train/domain/review.hpp"

namespace train::engine {

Standby standby_of(const event::StandbyChosen& chosen) {
  Standby out;
  out.version = chosen.standby;
  out.build = chosen.build;
  out.from = chosen.from;
  out.from_build = chosen.from_build;
  out.source = chosen.source;
  out.sha256 = chosen.sha256;
  out.findings = chosen.findings;
  return out;
}

void see_standby(Standby& standby, const event::StandbySeen& seen, Instant at) {
  standby.seen = seen.release;
  standby.in_store = seen.build;
  standby.seen_at = at;
  if (!seen.release || standby.released) return;
  const auto status = seen.release->status;
  // Where nothing is submitted apart, a review is that of the release itself.
  const bool going_out = status == ReleaseStatus::releasing || status == ReleaseStatus::serving;
  if (going_out || (is_in_review(status) && !standby.submitted)) standby.released = at;
}

void settle_standby(Standby& standby, const Step& step, Instant at) {
  if (step.subject != standby.version.text() || step.build != standby.build) return;
  if (step.action == Action::prepare_standby) standby.built = true;
  if (step.action == Action::upload_standby) standby.uploaded = true;
  if (step.action == Action::release_standby) standby.released = at;
  if (step.action != Action::submit_standby && step.action != Action::cancel_standby) return;
  standby.submitted = step.action == Action::submit_standby;
  standby.stepped_aside = !standby.submitted;
  standby.seen.reset();
  standby.seen_at.reset();
}

}  // namespace train::engine
