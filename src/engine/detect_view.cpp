// The store's picture: what changed, which build is the candidate, what was taken over.
#include <fmt/core.h>
#include <algorithm>

#include "detect.hpp"
#include "requirements.hpp"
#include "train/base/fault.hpp"
#include "train/domain/review.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"
#include "train/engine/testers.hpp"

namespace train::engine {
namespace {

bool is_out(const SeenRelease& release) {
  return release.status == ReleaseStatus::serving || release.status == ReleaseStatus::halted;
}

// What this look left out stays as it was known: the percentage, and a halt that looks like a running rollout.
SeenRelease completed(const SeenRelease& look, const SeenRelease& known, bool full) {
  SeenRelease out = look;
  if (!look.percent_known && look.version == known.version && is_out(look) && is_out(known)) {
    out.status = known.status;
    out.percent = known.percent;
    out.raw = known.raw;
  }
  const bool stopped = known.status == ReleaseStatus::halted && known.percent.is_zero();
  // Once its review is over it is published as it was left: halted, with a share that nobody was given.
  if (stopped && look.status == ReleaseStatus::halted) out.percent = Percent();
  // A glance tells that it is in review, and not that it was halted there.
  if (!full && stopped && look.status == ReleaseStatus::in_review) {
    out.status = known.status;
    out.raw = known.raw;
  }
  if (!out.build) out.build = known.build;
  const bool drafts = look.status == ReleaseStatus::draft && known.status == ReleaseStatus::draft;
  if (!full && drafts) out.notes_set = known.notes_set;
  return out;
}

// The store's lists do not agree. What was out is out: the track says to how many. Else the last certain word stands;
// what has none yet was sent by a commit, and is taken to be in review, which grants nothing.
SeenRelease certain(const SeenRelease& look, const std::optional<SeenRelease>& known) {
  SeenRelease out = look;
  const bool was_out =
      known && is_out(*known) && !known->percent.is_zero();  // a release is halted at 0 % in its review
  if (was_out && is_out(look)) return completed(out, *known, true);
  if (known && is_handed_in(known->status)) return *known;
  out.status = ReleaseStatus::in_review;
  out.percent = Percent();
  return out;
}

// Its version is the log's where the log knows the build: a release's name in the store is free text.
LiveVersion named(const AppContext& context, LiveVersion live) {
  for (const auto& release : context.input.state.releases) {
    const auto* app = release.find(context.app.name);
    if (app == nullptr) continue;
    if (app->candidate && app->candidate->build == live.build) live.version = release.version;
    if (app->standby && app->standby->build == live.build) live.version = app->standby->version;
  }
  return live;
}

bool is_with_reviewers(ReleaseStatus status) {
  return is_in_review(status) || status == ReleaseStatus::approved || status == ReleaseStatus::held_by_store;
}

// Where a release is created by its commit, one that a close look finds neither on the track nor on the list was taken
// out by somebody. It is not sent again without a word from a person.
std::optional<SeenRelease> without_it(const AppContext& context, bool full) {
  const auto* known = context.seen();
  if (known == nullptr || TRAIN_FAULT("absence_is_news")) return std::nullopt;
  const bool apart = context.facts.reviews_apart();
  if (known->status == ReleaseStatus::withdrawn && !apart) return *known;
  // What the train made itself is believed to be deleted on a close look only, and not right after a call.
  if (context.progress.created_by_us && (!full || may_lag(context))) return *known;
  // Before the submission a version may be deleted; afterwards a store keeps it in some state.
  if (!is_handed_in(known->status)) return std::nullopt;
  SeenRelease out = *known;
  if (full && !apart && is_with_reviewers(known->status) && !may_lag(context)) {
    out.status = ReleaseStatus::withdrawn;
    out.raw = "not on the track any more";
  }
  return out;
}

std::optional<SeenRelease> merge_release(const AppContext& context, const StoreView& view, bool full) {
  const auto& known = context.progress.seen;
  if (!view.release) return without_it(context, full);
  if (view.release->status == ReleaseStatus::superseded && !context.progress.was_in_review) return std::nullopt;
  if (!view.release->status_known) return certain(*view.release, known);
  return known ? completed(*view.release, *known, full) : *view.release;
}

bool same_look(const AppProgress& known, const event::Seen& now) {
  return known.looked && known.seen == now.release && known.live == now.live && known.builds == now.builds;
}

}  // namespace

// Absence is not news: what was submitted does not leave a store, and a list may be partial or behind.
bool is_missing(const AppContext& context) {
  if (context.look == nullptr || !context.look->view || context.look->view->release) return false;
  return context.seen() != nullptr && is_handed_in(context.seen()->status) &&
         context.seen()->status != ReleaseStatus::superseded;
}

event::Seen merge_view(const AppContext& context) {
  const AppProgress& known = context.progress;
  const AppObservation& look = *context.look;
  event::Seen out;
  out.version = look.version;
  out.app = look.app;
  const StoreView& view = *look.view;
  out.live = view.live ? named(context, *view.live) : known.live;
  out.builds = look.full ? view.builds : known.builds;
  out.percent_as_of = known.percent_as_of;
  out.budget = view.budget;
  out.release = merge_release(context, view, look.full);
  if (!out.release) return out;
  if (view.release && view.release->percent_known) out.percent_as_of = view.as_of;
  // In the log it is what is known, with its age beside it.
  out.release->percent_known = true;
  out.release->status_known = true;
  return out;
}

void detect_view(const AppContext& context, std::vector<EventBody>& out) {
  if (context.look == nullptr || !context.look->view) return;
  auto seen = merge_view(context);
  const bool same = same_look(context.progress, seen);
  // The age of the percentage alone is worth an event only where a later look would otherwise be due at once.
  const auto& release = context.look->view->release;
  const bool aged = context.look->full && release && release->percent_known && is_exposed(context.progress) &&
                    context.app.drift_check > Duration(0) && context.progress.percent_as_of &&
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

// Two releases wait for a build, and the store does not tell of which version a build is: `build add` does.
bool is_ambiguous(const AppContext& context) {
  if (!context.facts.one_build_sequence) return false;
  const auto& releases = context.input.state.releases;
  return std::any_of(releases.begin(), releases.end(), [&](const Release& other) {
    if (other.version == context.release.version || !other.is_open() || !other.departed) return false;
    return before_review(make_app_context(context.input, other, context.app));
  });
}

}  // namespace

std::optional<BuildNumber> build_of_nobody_knows_which(const AppContext& context) {
  if (context.app.artifact || !is_ambiguous(context)) return std::nullopt;
  const auto build = newest_ready(context);
  if (!build || (context.progress.candidate && build->number <= context.progress.candidate->build)) return std::nullopt;
  return build->number;
}

namespace {

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
  if (!build || context.app.artifact || is_ambiguous(context)) return std::nullopt;
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
