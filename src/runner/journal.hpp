// A run's side of the event log: the state as of the last event read, and the events that the run appends.
//
// Threads: a journal is used by one thread at a time. The threads that carry out steps share it with their run; the run
// locks it for each of them (Run::finish_step).
#pragma once

#include <string>
#include <vector>

#include "train/runner/runner.hpp"

namespace train::runner {

// `conflict`: another run has moved the train, or does so right now.
tl::unexpected<Error> someone_else(const std::string& what);

class Journal {
 public:
  // Both outlive the journal. `on_event` may be empty.
  Journal(EventLog& log, const OnEvent& on_event) : log_(log), on_event_(on_event) {}

  const engine::State& state() const { return state_; }

  // Folds in what was appended since the last read, by anybody.
  Result<Done> load();

  // Intents of the loop's steps without an outcome: `conflict` when their owner is alive, else they are written off as
  // superseded. Those of what only people do are left to do_by_hand().
  Result<Done> take_over(Instant now);

  // In the name of "train", after the last event of `state()`. `conflict`: somebody else has appended meanwhile.
  Result<Done> append(Instant at, std::vector<EventBody> bodies);

  // After whatever else was written meanwhile. `conflict` only when the log never stands still.
  Result<Done> append_surely(Instant at, const event::Outcome& outcome);

  // The same for the intent of one step.
  Result<event::Intent> append_intent_surely(Instant at, const Step& step);

  // Appends an intent for each step; winning that append wins the right to act.
  Result<std::vector<event::Intent>> append_intents(Instant at, const std::vector<Step>& steps);

 private:
  EventLog& log_;
  const OnEvent& on_event_;
  engine::State state_;
  RunId run_;  // empty until the first intent
};

}  // namespace train::runner
