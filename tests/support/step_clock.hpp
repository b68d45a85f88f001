// A clock that moves only when somebody waits. For one thread at a time, but for `now`, which any thread may ask while
// nobody waits.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "train/ports/clock.hpp"

namespace train::test {

class StepClock final : public Clock {
 public:
  explicit StepClock(Instant start) : now_(start) {}

  Instant now() override { return now_; }
  bool wait_until(Instant until) override {
    waits.push_back(until);
    if (interrupted) return false;
    now_ = std::max(now_, until);
    if (on_wait) on_wait();
    return true;
  }
  void advance(Duration by) { now_ += by; }

  std::vector<Instant> waits;     // what was waited for, in order
  bool interrupted = false;       // as by SIGINT: no wait ends well
  std::function<void()> on_wait;  // what the world does meanwhile; may be empty

 private:
  Instant now_;
};

}  // namespace train::test
