// `recovery prepare|deploy|widen|cancel`: a store's request to users of some builds to update, by a person's hand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/domain/recovery.hpp"
#include "train/orders/order.hpp"

namespace train::orders {

struct RecoveryOrder {
  Action action = Action::prepare_recovery;  // one on a recovery
  AppName app;
  std::string id;                      // of the recovery; empty to prepare one
  std::vector<BuildNumber> builds;     // to prepare: those that users shall leave; else one of them
  RecoveryReach reach;                 // to prepare or widen
  std::optional<VersionName> version;  // of the builds, where the log does not know it
  std::string why;
};

// The app, where its store can ask users to update; `usage` otherwise.
Result<const App*> app_with_recoveries(const Definition& definition, const AppName& app);

// The step that the order comes to. Roles and approvals are those of a hard forced update: whoever orders anything has
// one of its roles; what asks users to update (deploy, widen) also wants its approvals. `usage` for an app whose store
// cannot ask, an unknown person or a blank reason; `refused` for a missing role or approval.
Result<Step> recovery(const Definition& definition, const engine::State& state, const std::string& by,
                      const RecoveryOrder& order);

// What the store is asked for, as its step says: to prepare a recovery, and to name one.
RecoveryWish wish_of(const Step& step);
RecoveryKey key_of(const Step& step);
RecoveryReach reach_of(const Step& step);

// Whether the recoveries of the step's build show it as done.
bool shows_recovery(const std::vector<Recovery>& all, const Step& step);

}  // namespace train::orders
