// One store as it was: what a stale read is answered from.
#pragma once

#include <deque>
#include <memory>

#include "train/base/time.hpp"
#include "world/service.hpp"

namespace train::sandbox {

class Past {
 public:
  // Before each write. The last hour is kept, at most 64 copies of it.
  void keep(const Service& before_write, Instant now);
  // A copy of the store as it was at `at`; nullptr when nothing was written since.
  std::unique_ptr<Service> as_of(Instant at) const;

 private:
  struct Copy {
    Instant at;  // of the write that followed
    std::unique_ptr<Service> service;
  };
  std::deque<Copy> copies_;
};

}  // namespace train::sandbox
