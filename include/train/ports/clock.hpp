// The time, and waiting for it. A virtual clock moves when somebody waits.
#pragma once

#include "train/base/error.hpp"
#include "train/base/time.hpp"

namespace train {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
  // Returns once `until` has come, or earlier when interrupted (SIGINT, SIGTERM): false then.
  virtual bool wait_until(Instant until) = 0;
};

}  // namespace train
