// What a run knows of the world: its last look at the stores, what the signals measured, and how closely to look next
// time.
//
// Threads: a watcher is used by one thread at a time; the run locks it for the threads that carry out steps
// (Run::finish_step). A look asks each app in a thread of its own, and has joined them when it returns.
#pragma once

#include "look.hpp"

namespace train::runner {

// Whether the step is done on an app, through its store; else on the train: its branch, flags and messages.
bool needs_store(const Step& step);

class Watcher {
 public:
  // Both outlive the watcher.
  Watcher(const Definition& definition, const Ports& ports)
      : definition_(definition), ports_(ports), now_(ports.clock->now()) {}

  Instant now() const { return now_; }  // of the last look or step: one moment for all that is decided on it
  const Observation& observation() const { return observation_; }
  const Evidence& evidence() const { return evidence_; }

  // Looks if something has happened since the last look. `conflict`: another run is moving the train.
  Result<Done> look_undisturbed(const engine::State& state);
  void look(const engine::State& state);

  // A step is only taken on a close look; true when one was made and the question must be asked again.
  bool look_closer(const engine::State& state, const Plan& plan);

  // Whether `state` names an app or a standby that the last look did not cover.
  bool has_new_targets(const engine::State& state) const;

  // Signals are read once an app is exposed, and again when the clock has moved.
  void measure_if_due(const engine::State& state);

  // A step has ended: decides how closely its app is looked at next.
  void on_step_end(const Step& step, bool succeeded);
  // The stores must be asked again before the next decision.
  void expire_look() { is_fresh_ = false; }
  // The same, and no close look counts any more.
  void expire_close_looks();

 private:
  bool was_disturbed() const;
  bool standby_is_unexamined(const engine::State& state, const AppObservation& seen) const;
  bool needs_evidence(const engine::State& state) const;

  const Definition& definition_;
  const Ports& ports_;
  Instant now_;
  Observation observation_;
  Evidence evidence_;
  std::optional<Instant> measured_at_;
  bool is_fresh_ = false;
  Targets full_;            // to be looked at closely next time
  Targets looked_closely_;  // were, since the last step on them
};

}  // namespace train::runner
