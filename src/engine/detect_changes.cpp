#include <algorithm>

#include "cadence.hpp"
#include "detect.hpp"
#include "outbox.hpp"
#include "steps.hpp"
#include "train/base/fault.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/identity.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::engine {
namespace {

void detect_ended(const AppContext& context, std::vector<EventBody>& out) {
  detect_view(context, out);
  if (out.empty()) detect_standby(context, out);
}

// One look at a time: what a later part notices may rest on what an earlier one put into the log.
void detect_app(const AppContext& context, std::vector<EventBody>& out) {
  constexpr void (*parts[])(const AppContext&, std::vector<EventBody>&) = {
      detect_view,  detect_adoption, detect_candidate, detect_standby,    detect_rules,
      detect_stage, detect_drift,    detect_gates,     detect_escalation, detect_cadence};
  // What goes out in its place has taken over: nothing of the rollout is judged any more.
  if (app_phase(context.progress) == AppPhase::rolled_back) return detect_ended(context, out);
  for (const auto part : parts) {
    part(context, out);
    if (!out.empty()) return;
  }
}

// It was done here before its place was taken.
bool was_done(const AppContext& context) {
  const auto& full = context.progress.full_since;
  const auto& taken = context.progress.status_since;  // by the newer one
  return full && taken && *taken >= *full + context.ladder.stages.back().watch;
}

bool is_superseded(const DecisionInput& input, const Release& release) {
  if (TRAIN_FAULT("superseded_is_done")) return false;
  return std::any_of(input.definition.apps.begin(), input.definition.apps.end(), [&](const App& app) {
    const AppContext context = make_app_context(input, release, app);
    return app_phase(context.progress) == AppPhase::superseded && !was_done(context);
  });
}

bool app_is_over(const AppContext& context) {
  const auto phase = app_phase(context.progress);
  if (phase == AppPhase::superseded) return context.progress.exposed_since.has_value();
  if (phase == AppPhase::rolled_back) return true;
  return phase == AppPhase::completed && is_watch_over(context) && !decide_trouble(context);
}

bool is_over(const DecisionInput& input, const Release& release) {
  if (input.definition.source && !release.tagged) return false;
  return std::all_of(input.definition.apps.begin(), input.definition.apps.end(),
                     [&](const App& app) { return app_is_over(make_app_context(input, release, app)); });
}

VersionName newest_known(const DecisionInput& input) {
  VersionName newest = newest_taken(input.state);  // a standby's is taken, whether it goes out or not
  for (const auto& seen : input.observation.apps) {
    if (seen.view && seen.view->live) newest = std::max(newest, seen.view->live->version);
  }
  return newest;
}

// The calendar opens the next release as soon as none is on its way to a cutoff.
void detect_calendar(const DecisionInput& input, std::vector<EventBody>& out) {
  Instant after = input.now;
  for (const auto& release : input.state.releases) {
    if (release.is_open() &&
        (release.hotfix || release_phase(input.definition, release, input.now) != ReleasePhase::shipping))
      return;
    if (release.cutoff) after = std::max(after, *release.cutoff + Duration(1));
  }
  const auto cutoff = next_cutoff(input.definition.calendar, after);
  const VersionName newest = newest_known(input);
  if (!cutoff || newest == VersionName()) return;
  out.emplace_back(event::Opened{newest.next(input.definition.next), false, cutoff, std::nullopt});
}

// The log learns whose it is, and of apps that were added.
void detect_definition(const DecisionInput& input, std::vector<EventBody>& out) {
  if (input.state.releases.empty()) return;
  auto own = identity_of(input.definition);
  if (!input.state.definition || input.state.definition->apps != own.apps) out.emplace_back(std::move(own));
}

}  // namespace

std::vector<EventBody> detect_changes(const DecisionInput& input) {
  std::vector<EventBody> out;
  if (estrangement(input.definition, input.state)) return out;
  detect_definition(input, out);
  detect_channels(input, out);
  if (!out.empty()) return out;
  for (const auto& release : input.state.releases) {
    const bool ended = !release.is_open();
    if (ended && &release != input.state.focus()) continue;
    if (!ended && !release.departed && release.cutoff.value_or(release.opened) <= input.now)
      out.emplace_back(event::Departed{release.version});
    for (const auto& app : input.definition.apps) {
      std::vector<EventBody> found;
      const AppContext context = make_app_context(input, release, app);
      if (ended)
        detect_ended(context, found);
      else
        detect_app(context, found);
      out.insert(out.end(), found.begin(), found.end());
    }
    if (out.empty() && !ended && release.departed && is_over(input, release))
      out.emplace_back(event::Finished{release.version, is_superseded(input, release)});
  }
  if (out.empty()) detect_calendar(input, out);
  return out;
}

}  // namespace train::engine
