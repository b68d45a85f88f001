// Whether people on a bad version are asked to update, and how hard: by the definition's table, the same answer for the
// same facts. Pure. docs/force-update.md.
#pragma once

#include <optional>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/domain/plan.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

struct ForceUpdateFacts {
  VersionName bad;
  Severity severity = Severity::low;
  bool legal = false;              // law or safety asks for it
  bool can_update_here = true;     // false: offline, or in the middle of something that an update would end
  Percent share;                   // of the users on the bad version
  std::optional<VersionName> fix;  // a newer version that everybody can get now
};

struct ForceUpdateDecision {
  VersionName bad;
  Degree degree = Degree::none;
  std::optional<VersionName> minimum;  // the least version supported from now on; absent with `none`
  Duration grace{0};
  std::vector<std::string> exempt;
  std::vector<std::string> approvals;  // roles that must have approved
  std::vector<Reason> because;         // every fact that counted, and the row that decided
};

ForceUpdateDecision assess(const ForceUpdateRule& rule, const ForceUpdateFacts& facts);

// The percentage of an app that has `bad`, as the store last showed it; 0 when it is not known.
Percent share_of(const State& state, const AppName& app, const VersionName& bad);
// The newest version above `bad` that everybody of this app can get: a release at 100 %, or a standby that is out.
std::optional<VersionName> fix_for(const State& state, const AppName& app, const VersionName& bad);

// "force-update:3.4.0:hard:product": the sign-off of one role for this degree, away from this version; it counts for no
// other.
std::string force_update_item(const VersionName& bad, Degree degree, const std::string& role);
// The items that have not been signed in this release.
std::vector<std::string> missing_approvals(const Release& release, const ForceUpdateDecision& decision);

// How urgent Google Play shows the first version after a forced update: 0 (not at all) to 5.
int update_priority(const State& state, const AppName& app, const VersionName& version);

}  // namespace train::engine
