// The store's picture: what changed, which build is the candidate, what was taken over.
#include <fmt/core.h>
#include <algorithm>

#include "noticing.hpp"
#include "requirements.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"
#include "train/engine/testers.hpp"

namespace train::engine {
namespace {

bool is_out(const std::optional<SeenRelease>& release) {
  return release && (release->status == ReleaseStatus::serving || release->status == ReleaseStatus::halted);
}

bool is_draft(const std::optional<SeenRelease>& release) { return release && release->status == ReleaseStatus::draft; }

// A glance does not read the percentage, nor tell a halt from a running rollout; what was known of them stays.
SeenRelease completed_glance(const SeenRelease& glance, const std::optional<SeenRelease>& known) {
  SeenRelease out = glance;
  if (!known) return out;
  if (!glance.percent_known && is_out(glance.version == known->version ? std::optional(glance) : std::nullopt) &&
      is_out(known)) {
    out.status = known->status;
    out.percent = known->percent;
    out.raw = known->raw;
  }
  if (!out.build) out.build = known->build;
  if (is_draft(glance) && is_draft(known)) out.notes_set = known->notes_set;
  return out;
}

bool same_look(const AppProgress& known, const event::Seen& now) {
  return known.looked && known.seen == now.release && known.live == now.live && known.builds == now.builds;
}

}  // namespace

event::Seen merge_view(const AppProgress& known, const AppObservation& look) {
  event::Seen out;
  out.version = look.version;
  out.app = look.app;
  const StoreView& view = *look.view;
  out.live = view.live ? view.live : known.live;
  out.builds = look.full ? view.builds : known.builds;
  out.percent_as_of = known.percent_as_of;
  out.budget = view.budget;
  if (!view.release) return out;
  out.release = look.full ? *view.release : completed_glance(*view.release, known.seen);
  if (view.release->percent_known) out.percent_as_of = view.as_of;
  out.release->percent_known = true;  // in the log it is what is known, with its age beside it
  return out;
}

void notice_view(const Case& c, std::vector<EventBody>& out) {
  if (c.look == nullptr || !c.look->view) return;
  auto seen = merge_view(c.progress, *c.look);
  const bool same = same_look(c.progress, seen);
  // The age of the percentage alone is worth an event only where a later look would otherwise be due at once.
  const bool aged = c.look->full && is_exposed(c.progress) && c.app.drift_check > Duration(0) &&
                    c.progress.percent_as_of && c.look->view->as_of - *c.progress.percent_as_of >= c.app.drift_check;
  if (!same || aged) out.emplace_back(std::move(seen));
}

namespace {

// Google Play's bundles carry no version name: one that another release has, or an older one, is not this release's.
bool belongs_to_another(const Case& c, const BuildNumber& build) {
  if (c.model.version_record) return false;
  if (c.progress.standby && c.progress.standby->build == build) return true;
  return std::any_of(c.world.state.releases.begin(), c.world.state.releases.end(), [&](const Release& other) {
    const auto* app = other.version == c.release.version ? nullptr : other.find(c.app.name);
    if (app == nullptr) return false;
    return (app->candidate && build <= app->candidate->build) || (app->standby && build <= app->standby->build);
  });
}

std::optional<SeenBuild> newest_ready(const Case& c) {
  std::optional<SeenBuild> best;
  for (const auto& build : c.progress.builds) {
    if (build.state != BuildState::ready || belongs_to_another(c, build.number)) continue;
    if (!best || build.number > best->number) best = build;
  }
  return best;
}

bool before_review(const Case& c) {
  const auto phase = app_phase(c.progress);
  return phase == AppPhase::awaiting_build || phase == AppPhase::candidate || phase == AppPhase::rejected;
}

event::CandidateChosen chosen(const Case& c, BuildNumber build, std::string origin) {
  event::CandidateChosen out;
  out.version = c.release.version;
  out.app = c.app.name;
  out.build = std::move(build);
  out.origin = std::move(origin);
  return out;
}

std::optional<event::CandidateChosen> from_artifact(const Case& c) {
  if (c.look == nullptr || !c.look->artifact) return std::nullopt;
  const auto& artifact = *c.look->artifact;
  if (c.progress.candidate && artifact.build <= c.progress.candidate->build) return std::nullopt;
  if (!c.model.version_record && is_reserved(c.world.state, c.app.name, artifact.build)) return std::nullopt;
  auto out = chosen(c, artifact.build, "artifact");
  out.sha256 = artifact.sha256;
  out.path = artifact.path;
  return out;
}

std::optional<event::CandidateChosen> from_store(const Case& c) {
  const auto build = newest_ready(c);
  if (!build || c.app.artifact) return std::nullopt;
  if (c.progress.candidate && build->number <= c.progress.candidate->build) return std::nullopt;
  return chosen(c, build->number, "store");
}

}  // namespace

std::vector<std::string> voided_sign_offs(const Definition& definition, const Release& release, const AppName& app) {
  std::vector<std::string> out;
  const auto* progress = release.find(app);
  if (progress == nullptr || !progress->candidate) return out;
  auto items = candidate_items(definition, release);
  if (const auto* known = definition.find_app(app)) {
    for (const auto& group : known->testers) items.push_back(testers_item(app, group));
  }
  for (const auto& item : items) {
    if (is_signed(release, item)) out.push_back(item);
  }
  return out;
}

void notice_candidate(const Case& c, std::vector<EventBody>& out) {
  if (!c.release.departed || !before_review(c)) return;
  auto found = from_artifact(c);
  if (!found) found = from_store(c);
  if (!found) return;
  found->voided = voided_sign_offs(c.world.definition, c.release, c.app.name);
  out.emplace_back(std::move(*found));
}

// The store already has this version further than a draft, and not by our hand: it is taken over where it stands.
void notice_adoption(const Case& c, std::vector<EventBody>& out) {
  if (c.seen() == nullptr || c.progress.candidate || c.seen()->status == ReleaseStatus::draft || !c.seen()->build)
    return;
  out.emplace_back(chosen(c, *c.seen()->build, "adopted"));
  const auto adopt = [&](Before before) {
    for (const auto& item : items_before(c.world.definition, c.release, before)) {
      if (is_signed(c.release, item)) continue;
      event::SignedOff signed_off;
      signed_off.version = c.release.version;
      signed_off.item = item;
      signed_off.how = event::SignedOff::How::adopted;
      signed_off.why = c.app.name + " had passed it before the train took over";
      out.emplace_back(std::move(signed_off));
    }
  };
  adopt(Before::submission);
  if (is_exposed(c.progress)) adopt(Before::rollout);
}

}  // namespace train::engine
