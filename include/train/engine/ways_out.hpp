// The rollback choice: every way out of trouble with one app, side by side, from this release's own numbers. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/domain/plan.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

// halt: the rollout stops where it is. resume_previous: a release that everybody can get is halted, and the store
// serves the one before it again (Google Play only).
enum class Way { flag_off, halt, resume_previous, standby, hotfix, force_update };
std::string_view to_string(Way way);

struct WayOut {
  Way way = Way::hotfix;
  bool possible = false;
  std::string takes;            // time until it works
  std::string reaches;          // whom: new installs, people who updated, people offline
  std::string leaves;           // what it cannot undo
  std::vector<Reason> because;  // why it is possible or not, and why it stands where it stands
};

// The best one first, the impossible ones last.
std::vector<WayOut> ways_out(const Definition& definition, const State& state, const Release& release, const App& app,
                             Instant now);
// The one to take: the first that is possible. nullptr when nobody has the version, and when only a hotfix is left of a
// release with which nothing is wrong.
const WayOut* recommended(const AppProgress& app, const std::vector<WayOut>& ways);
// The possible ones, in the same order.
std::vector<Remedy> remedies(const std::vector<WayOut>& ways);

}  // namespace train::engine
