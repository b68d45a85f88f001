// Moving users off builds that harm them: the store asks people who run one of them to update. The store's half of a
// forced update; whether to do it is decided elsewhere. Google Play has it (app recovery); the App Store has no such
// call.
#pragma once

#include <vector>

#include "train/base/error.hpp"
#include "train/domain/recovery.hpp"

namespace train {

// Every write is safe to ask for again: it looks first, sends once and reads back. `unknown_outcome` when its answer
// was lost and reading does not show it.
class Recoveries {
 public:
  virtual ~Recoveries() = default;

  // All there are for a build, those that are over too, newest first. Never empty for a failed read.
  virtual Result<std::vector<Recovery>> list(const BuildNumber& build) = 0;
  // A draft: nobody is reached yet. One for the same builds and reach that is not over is returned as it stands.
  virtual Result<Recovery> prepare(const RecoveryWish& wish) = 0;
  // Reaches more people of the same kind; never fewer. `refused` for another kind.
  virtual Result<Recovery> widen(const RecoveryKey& key, const RecoveryReach& further) = 0;
  // From here on people are asked to update. `preparing` when the store has taken the order and still builds.
  virtual Result<Recovery> deploy(const RecoveryKey& key) = 0;
  // Nobody else is asked; for good.
  virtual Result<Recovery> cancel(const RecoveryKey& key) = 0;
};

}  // namespace train
