// `force-update`: how hard users of a bad version are asked to update, who may ask them, and what is written for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/engine/force_update.hpp"
#include "train/orders/order.hpp"

namespace train::orders {

struct ForceUpdateOrder {
  AppName app;                     // empty: every app
  std::optional<VersionName> bad;  // default: the release in focus
  Severity severity = Severity::low;
  bool legal = false;  // law or safety asks for it
  bool can_update_here = true;
  std::optional<Percent> share;    // of the users, on the bad version; default: as the store showed it
  std::optional<VersionName> fix;  // available to every user; default: the newest one in the log
  std::string why;                 // `apply` wants one
};

struct AssessedApp {
  AppName app;
  engine::ForceUpdateFacts facts;
  engine::ForceUpdateDecision decision;
};

// What the table says of each app. `usage` without a `force_update` section, for an unknown app, without a bad version,
// and for a fix that is not above it.
Result<std::vector<AssessedApp>> assess_force_update(const Definition& definition, const engine::State& state,
                                                     const ForceUpdateOrder& order);

// The one minimum and the one policy that the apps of all stores read: the least minimum, the hardest degree.
struct UpdatePolicy {
  VersionName bad;
  VersionName minimum;
  Degree degree = Degree::none;
  Duration grace{0};
  std::vector<std::string> exempt;
};
// nullopt when nobody is asked.
std::optional<UpdatePolicy> policy_of(const std::vector<AssessedApp>& all);

// Whoever asks users to update this hard, or withdraws it, has one of the roles that approve that degree; where the
// definition names none, release_manager. Everybody may where it lists no people. `usage` for an unknown person,
// `refused` for a missing role.
Result<Done> may_ask_to_update(const Definition& definition, const std::string& by, Degree degree);

// `refused` while an item of some decision is not approved.
Result<Done> update_is_approved(const engine::State& state, const std::vector<engine::ForceUpdateDecision>& decisions);

// `usage` for a reason that is blank.
Result<Done> has_reason(const std::string& why);

// Every condition of `force-update apply`, and what is to be appended once the parameters are written.
Events force_update(const Definition& definition, const engine::State& state, const std::string& by,
                    const ForceUpdateOrder& order, Instant now);

// The parameter as it is now, if it holds a version. `refused` when it is above the one wanted: it is never lowered.
Result<Done> minimum_rises(const std::string& parameter, const std::optional<VersionName>& present,
                           const VersionName& minimum);

// The writes of a forced update, the policy first: an app that reads the minimum finds its meaning beside it.
// `policy_text` is what `policy_parameter` gets. `refused` where the degree cannot be told by the parameters there are.
Result<std::vector<Step>> update_steps(const Definition& definition, const UpdatePolicy& policy,
                                       const std::string& policy_text);

}  // namespace train::orders
