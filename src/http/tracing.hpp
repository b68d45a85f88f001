// One attempt, timed for the observer. Costs one atomic read where nobody observes.
#pragma once

#include <optional>

#include "train/http/observer.hpp"

namespace train::http {

class AttemptTimer {
 public:
  AttemptTimer();
  void tell(const Request& request, const Outcome& outcome, int attempt,
            std::optional<std::chrono::milliseconds> next_try) const;

 private:
  Observer* observer_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace train::http
