#include "train/engine/phase.hpp"

#include <algorithm>

namespace train::engine {

std::string_view to_string(AppPhase phase) {
  switch (phase) {
    case AppPhase::awaiting_build:
      return "awaiting_build";
    case AppPhase::candidate:
      return "candidate";
    case AppPhase::submitted:
      return "submitted";
    case AppPhase::in_review:
      return "in_review";
    case AppPhase::approved:
      return "approved";
    case AppPhase::rolling_out:
      return "rolling_out";
    case AppPhase::completed:
      return "completed";
    case AppPhase::rejected:
      return "rejected";
    case AppPhase::halted:
      return "halted";
    case AppPhase::rolled_back:
      return "rolled_back";
    case AppPhase::superseded:
      return "superseded";
  }
  return "";
}

std::string_view to_string(ReleasePhase phase) {
  switch (phase) {
    case ReleasePhase::scheduled:
      return "scheduled";
    case ReleasePhase::open:
      return "open";
    case ReleasePhase::stabilizing:
      return "stabilizing";
    case ReleasePhase::ready:
      return "ready";
    case ReleasePhase::shipping:
      return "shipping";
    case ReleasePhase::done:
      return "done";
    case ReleasePhase::superseded:
      return "superseded";
    case ReleasePhase::abandoned:
      return "abandoned";
  }
  return "";
}

namespace {

bool stopped_for_cause(const AppProgress& app) {
  if (app.halt || app.rollback || app.drift) return true;
  const bool breached = std::any_of(app.breaches.begin(), app.breaches.end(), [](const auto& breach) {
    return breach.second.reaction == Reaction::pause || breach.second.reaction == Reaction::rollback;
  });
  // Paused by us is a rung; running is a resume of ours that the store has not been seen to follow yet. A stop by
  // somebody else is drift.
  return breached || app.control == AppProgress::Control::none || app.control == AppProgress::Control::halted;
}

AppPhase before_the_store(const AppProgress& app) {
  return app.candidate ? AppPhase::candidate : AppPhase::awaiting_build;
}

}  // namespace

AppPhase app_phase(const AppProgress& app) {
  if (app.standby && app.standby->released) return AppPhase::rolled_back;
  if (!app.seen) return before_the_store(app);
  switch (app.seen->status) {
    case ReleaseStatus::draft:
    case ReleaseStatus::withdrawn:
      return before_the_store(app);
    case ReleaseStatus::waiting_for_review:
      return AppPhase::submitted;
    case ReleaseStatus::in_review:
      return AppPhase::in_review;
    case ReleaseStatus::rejected:
      return AppPhase::rejected;
    case ReleaseStatus::approved:
    case ReleaseStatus::releasing:
    case ReleaseStatus::held_by_store:
      return AppPhase::approved;
    case ReleaseStatus::serving:
      return app.seen->percent.is_all() ? AppPhase::completed : AppPhase::rolling_out;
    case ReleaseStatus::halted:
      return stopped_for_cause(app) ? AppPhase::halted : AppPhase::rolling_out;
    case ReleaseStatus::superseded:
      return AppPhase::superseded;
    case ReleaseStatus::unknown:
      if (app.removal) return AppPhase::halted;
      return app.stage > 0 ? AppPhase::rolling_out : before_the_store(app);
  }
  return AppPhase::candidate;
}

Instant earliest_submission(const Definition& definition, const Release& release) {
  const auto stabilization = release.hotfix ? definition.hotfix.stabilization : definition.calendar.stabilization;
  return release.cutoff.value_or(release.opened) + stabilization;
}

namespace {

bool is_submitted(const AppProgress& app) {
  const auto phase = app_phase(app);
  return phase != AppPhase::awaiting_build && phase != AppPhase::candidate;
}

}  // namespace

ReleasePhase release_phase(const Definition& definition, const Release& release, Instant now) {
  if (release.abandoned) return ReleasePhase::abandoned;
  if (release.finished) return release.superseded ? ReleasePhase::superseded : ReleasePhase::done;
  if (std::any_of(release.apps.begin(), release.apps.end(), is_submitted)) return ReleasePhase::shipping;
  if (!release.departed) return ReleasePhase::open;
  return now < earliest_submission(definition, release) ? ReleasePhase::stabilizing : ReleasePhase::ready;
}

bool is_exposed(const AppProgress& app) {
  return app.seen && (app.seen->status == ReleaseStatus::serving || app.seen->status == ReleaseStatus::halted) &&
         !app.seen->percent.is_zero();
}

bool is_past_review(const AppProgress& app) {
  const auto phase = app_phase(app);
  return phase == AppPhase::approved || phase == AppPhase::rolling_out || phase == AppPhase::completed ||
         phase == AppPhase::halted || phase == AppPhase::superseded;
}

}  // namespace train::engine
