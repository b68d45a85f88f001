// A store's own news, as a reason to look sooner. Never state: what became of a release is read from the store.
#pragma once

#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/time.hpp"

namespace train {

// Something may have changed.
struct Hint {
  std::string what;  // one line for people, printable: "version state WAITING_FOR_REVIEW → IN_REVIEW"
  Instant at;        // when the store noticed
};

class EventFeed {
 public:
  virtual ~EventFeed() = default;
  // News from `since` on that this feed has not told before, oldest first; empty when there is none. An error says why
  // nobody can tell: then only the clock decides when to look.
  virtual Result<std::vector<Hint>> hints_since(Instant since) = 0;
};

}  // namespace train
