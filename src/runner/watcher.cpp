#include "watcher.hpp"

#include <algorithm>

#include "journal.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::runner {
namespace {

bool moves_exposure(Action action) {
  return raises_exposure(action) || action == Action::halt || action == Action::pause;
}

}  // namespace

bool needs_store(const Step& step) { return !step.app.empty(); }

// Another run's call can end ours (Google Play keeps one edit per account). Then either the log has moved, and it is
// not our turn, or it is worth looking again.
Result<Done> Watcher::look_undisturbed(const engine::State& state) {
  constexpr int attempts = 4;
  constexpr Duration pause{2};
  for (int i = 0; i < attempts && !is_fresh_; ++i) {
    look(state);
    if (!was_disturbed()) return Done{};
    auto news = ports_.log->read(state.seq);
    if (!news) return tl::unexpected(news.error());
    if (!news->empty()) return someone_else("Another run is moving the train.");
    if (i + 1 < attempts && ports_.clock->wait_until(now_ + pause)) is_fresh_ = false;
  }
  return Done{};
}

bool Watcher::was_disturbed() const {
  return std::any_of(observation_.apps.begin(), observation_.apps.end(), [](const AppObservation& seen) {
    return seen.failure && seen.failure->kind == ErrorKind::conflict;
  });
}

void Watcher::look(const engine::State& state) {
  observation_ = look_around(definition_, ports_, state, full_, now_);
  now_ = ports_.clock->now();
  for (const auto& seen : observation_.apps) {
    if (seen.full) looked_closely_.insert({seen.version, seen.app});
  }
  is_fresh_ = true;
}

bool Watcher::look_closer(const engine::State& state, const Plan& plan) {
  bool missing = false;
  for (const auto& step : plan.steps) {
    const Target target{step.version, step.app};
    // The way back looks by itself, and is not kept waiting by another look.
    const bool ready = step.action == Action::release_standby || looked_closely_.count(target) != 0;
    if (!needs_store(step) || ready) continue;
    full_.insert(target);
    missing = true;
  }
  if (missing) look(state);
  return missing;
}

bool Watcher::has_new_targets(const engine::State& state) const {
  const auto targets = targets_of(definition_, state, now_);
  return std::any_of(targets.begin(), targets.end(), [&](const Target& t) {
    const auto* seen = observation_.find(t.version, t.app);
    return seen == nullptr || standby_is_unexamined(state, *seen);
  });
}

// A candidate has just been chosen: what is live becomes its way back, and has not been examined.
bool Watcher::standby_is_unexamined(const engine::State& state, const AppObservation& seen) const {
  const auto* app = definition_.find_app(seen.app);
  const auto* release = state.find(seen.version);
  const auto* progress = release == nullptr ? nullptr : release->find(seen.app);
  if (app == nullptr || progress == nullptr || ports_.signer == nullptr) return false;
  if (!engine::wants_standby(definition_, app->facts(), *release, *progress)) return false;
  return !seen.standby || (!seen.standby->source && !seen.standby->failure);
}

bool Watcher::needs_evidence(const engine::State& state) const {
  for (const auto& release : state.releases) {
    for (const auto& app : release.apps) {
      if (!release.is_open() || !engine::is_exposed(app) || definition_.find_app(app.app) == nullptr) continue;
      if (measured_at_ != now_ || evidence_.find(release.version, app.app) == nullptr) return true;
    }
  }
  return false;
}

void Watcher::measure_if_due(const engine::State& state) {
  if (!needs_evidence(state)) return;
  evidence_ = measure(definition_, ports_, state, now_);
  measured_at_ = now_;
}

void Watcher::on_step_end(const Step& step, bool succeeded) {
  now_ = ports_.clock->now();
  const Target target{step.version, step.app};
  looked_closely_.erase(target);
  // The store shows it already. Where a glance does not tell to how many, the step comes up again, and is looked at
  // closely before it is taken.
  if (succeeded && moves_exposure(step.action))
    full_.erase(target);
  else
    full_.insert(target);
}

void Watcher::expire_close_looks() {
  is_fresh_ = false;
  looked_closely_.clear();
}

}  // namespace train::runner
