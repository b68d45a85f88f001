#include <algorithm>

#include "noticing.hpp"
#include "steps.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::engine {
namespace {

void notice_ended(const Case& c, std::vector<EventBody>& out) {
  notice_view(c, out);
  if (out.empty()) notice_standby(c, out);
}

// One look at a time: what a later part notices may rest on what an earlier one put into the log.
void notice_app(const Case& c, std::vector<EventBody>& out) {
  constexpr void (*parts[])(const Case&, std::vector<EventBody>&) = {
      notice_view,  notice_adoption, notice_candidate, notice_standby,   notice_rules,
      notice_stage, notice_drift,    notice_gates,     notice_escalation};
  // What goes out in its place has taken over: nothing of the rollout is judged any more.
  if (app_phase(c.progress) == AppPhase::rolled_back) return notice_ended(c, out);
  for (const auto part : parts) {
    part(c, out);
    if (!out.empty()) return;
  }
}

bool app_is_over(const Case& c) {
  const auto phase = app_phase(c.progress);
  if (phase == AppPhase::rolled_back || phase == AppPhase::superseded) return true;
  return phase == AppPhase::completed && is_watch_over(c) && !decide_trouble(c);
}

bool is_over(const World& world, const Release& release) {
  if (world.definition.source && !release.tagged) return false;
  return std::all_of(world.definition.apps.begin(), world.definition.apps.end(),
                     [&](const App& app) { return app_is_over(make_case(world, release, app)); });
}

VersionName newest_known(const World& world) {
  VersionName newest = newest_taken(world.state);  // a standby's is taken, whether it goes out or not
  for (const auto& seen : world.observation.apps) {
    if (seen.view && seen.view->live) newest = std::max(newest, seen.view->live->version);
  }
  return newest;
}

// The calendar opens the next release as soon as none is on its way to a cutoff.
void notice_calendar(const World& world, std::vector<EventBody>& out) {
  Instant after = world.now;
  for (const auto& release : world.state.releases) {
    if (release.is_open() &&
        (release.hotfix || release_phase(world.definition, release, world.now) != ReleasePhase::shipping))
      return;
    if (release.cutoff) after = std::max(after, *release.cutoff + Duration(1));
  }
  const auto cutoff = next_cutoff(world.definition.calendar, after);
  const VersionName newest = newest_known(world);
  if (!cutoff || newest == VersionName()) return;
  out.emplace_back(event::Opened{newest.next(world.definition.next), false, cutoff, std::nullopt});
}

}  // namespace

std::vector<EventBody> notice(const World& world) {
  std::vector<EventBody> out;
  for (const auto& release : world.state.releases) {
    const bool ended = !release.is_open();
    if (ended && &release != world.state.focus()) continue;
    if (!ended && !release.departed && release.cutoff.value_or(release.opened) <= world.now)
      out.emplace_back(event::Departed{release.version});
    for (const auto& app : world.definition.apps) {
      std::vector<EventBody> found;
      const Case c = make_case(world, release, app);
      if (ended)
        notice_ended(c, found);
      else
        notice_app(c, found);
      out.insert(out.end(), found.begin(), found.end());
    }
    if (out.empty() && !ended && release.departed && is_over(world, release))
      out.emplace_back(event::Finished{release.version});
  }
  if (out.empty()) notice_calendar(world, out);
  return out;
}

}  // namespace train::engine
