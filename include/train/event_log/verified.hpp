// What `train log --verify` finds in a log that is whole.
#pragma once

#include <cstddef>
#include <string>

namespace train::event_log {

struct Verified {
  std::size_t events = 0;
  std::string head;        // hash of the last event
  bool torn_tail = false;  // its last write was cut short; it is left out, and the next write sets it aside
};

}  // namespace train::event_log
