// The calls of a stop: one thread for each app, and what came of them. The log is not touched here.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "train/runner/stop.hpp"

namespace train::runner {

// One call, or one that was intended and not made.
struct StopCall {
  Step step;
  std::string operation;  // of its intent
  bool intended = false;  // its intent went into the log with the order
  bool made = false;      // else the store showed that something else was to be done
  Result<Done> result = Done{};
};

// What one app is about, from the list to its end.
struct StopTask {
  const App* app = nullptr;  // nullptr: a flag
  engine::AppStop stop;
  std::vector<StopCall> calls;
  StoppedApp end;
};

class StopCalls {
 public:
  // All of it outlives the calls. `ordered` has the order in it.
  StopCalls(const Definition& definition, const Ports& ports, const StopWish& wish, const engine::State& ordered)
      : definition_(definition),
        ports_(ports),
        wish_(wish),
        ordered_(ordered),
        patience_(wish.patience.first_store, wish.patience.after_acceptance) {}

  // Carries the task out: on what is known, or on a look first where nobody has it by the log. Any thread.
  void carry_out(StopTask& task);
  // Looks again, and stops again what is served all the same; the look, where there was one.
  std::optional<AppObservation> look_again(StopTask& task);

  // Everything that this stop still waits for ends by it.
  const Patience& patience() const { return patience_; }
  bool anything_accepted() const { return accepted_; }
  void tell(const std::string& line);

 private:
  void tell_beginning(const StopTask& task);
  void refresh(StopTask& task, Depth depth);
  Result<Done> make(StopTask& task, const Step& step);
  Result<Done> call_for(StopTask& task);
  Result<Done> remove_from_sale(StopTask& task);
  void conclude(StopTask& task, const Result<Done>& result);
  void note_acceptance();
  double seconds() const;

  const Definition& definition_;
  const Ports& ports_;
  const StopWish& wish_;
  const engine::State& ordered_;
  Patience patience_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::atomic<bool> accepted_{false};
  std::mutex voice_;
};

}  // namespace train::runner
