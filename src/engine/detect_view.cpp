// The store's picture: what changed, which build is the candidate, what was taken over.
#include <fmt/core.h>
#include <algorithm>

#include "detect.hpp"
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

void detect_view(const AppContext& context, std::vector<EventBody>& out) {
  if (context.look == nullptr || !context.look->view) return;
  auto seen = merge_view(context.progress, *context.look);
  const bool same = same_look(context.progress, seen);
  // The age of the percentage alone is worth an event only where a later look would otherwise be due at once.
  const bool aged = context.look->full && is_exposed(context.progress) && context.app.drift_check > Duration(0) &&
                    context.progress.percent_as_of &&
                    context.look->view->as_of - *context.progress.percent_as_of >= context.app.drift_check;
  if (!same || aged) out.emplace_back(std::move(seen));
}

namespace {

// Google Play's bundles carry no version name: one that another release has, or an older one, is not this release's.
bool belongs_to_another(const AppContext& context, const BuildNumber& build) {
  if (!context.facts.one_build_sequence) return false;
  if (context.progress.standby && context.progress.standby->build == build) return true;
  return std::any_of(
      context.input.state.releases.begin(), context.input.state.releases.end(), [&](const Release& other) {
        const auto* app = other.version == context.release.version ? nullptr : other.find(context.app.name);
        if (app == nullptr) return false;
        return (app->candidate && build <= app->candidate->build) || (app->standby && build <= app->standby->build);
      });
}

std::optional<SeenBuild> newest_ready(const AppContext& context) {
  std::optional<SeenBuild> best;
  for (const auto& build : context.progress.builds) {
    if (build.state != BuildState::ready || belongs_to_another(context, build.number)) continue;
    if (!best || build.number > best->number) best = build;
  }
  return best;
}

bool before_review(const AppContext& context) {
  const auto phase = app_phase(context.progress);
  return phase == AppPhase::awaiting_build || phase == AppPhase::candidate || phase == AppPhase::rejected;
}

event::CandidateChosen chosen(const AppContext& context, BuildNumber build, CandidateOrigin origin) {
  event::CandidateChosen out;
  out.version = context.release.version;
  out.app = context.app.name;
  out.build = std::move(build);
  out.origin = origin;
  return out;
}

std::optional<event::CandidateChosen> from_artifact(const AppContext& context) {
  if (context.look == nullptr || !context.look->artifact) return std::nullopt;
  const auto& artifact = *context.look->artifact;
  if (context.progress.candidate && artifact.build <= context.progress.candidate->build) return std::nullopt;
  if (context.facts.one_build_sequence && is_reserved(context.input.state, context.app.name, artifact.build))
    return std::nullopt;
  auto out = chosen(context, artifact.build, CandidateOrigin::artifact);
  out.sha256 = artifact.sha256;
  out.path = artifact.path;
  return out;
}

std::optional<event::CandidateChosen> from_store(const AppContext& context) {
  const auto build = newest_ready(context);
  if (!build || context.app.artifact) return std::nullopt;
  if (context.progress.candidate && build->number <= context.progress.candidate->build) return std::nullopt;
  return chosen(context, build->number, CandidateOrigin::store);
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

void detect_candidate(const AppContext& context, std::vector<EventBody>& out) {
  if (!context.release.departed || !before_review(context)) return;
  auto found = from_artifact(context);
  if (!found) found = from_store(context);
  if (!found) return;
  found->voided = voided_sign_offs(context.input.definition, context.release, context.app.name);
  out.emplace_back(std::move(*found));
}

// The store already has this version further than a draft, and not by our hand: it is taken over where it stands.
void detect_adoption(const AppContext& context, std::vector<EventBody>& out) {
  if (context.seen() == nullptr || context.progress.candidate || context.seen()->status == ReleaseStatus::draft ||
      !context.seen()->build)
    return;
  out.emplace_back(chosen(context, *context.seen()->build, CandidateOrigin::adopted));
  const auto adopt = [&](Before before) {
    for (const auto& item : items_before(context.input.definition, context.release, before)) {
      if (is_signed(context.release, item)) continue;
      event::SignedOff signed_off;
      signed_off.version = context.release.version;
      signed_off.item = item;
      signed_off.how = event::SignedOff::How::adopted;
      signed_off.why = context.app.name + " had passed it before the train took over";
      out.emplace_back(std::move(signed_off));
    }
  };
  adopt(Before::submission);
  if (is_exposed(context.progress)) adopt(Before::rollout);
}

}  // namespace train::engine
