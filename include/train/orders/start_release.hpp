// `start`: the next release is opened, or a hotfix beside the one that is on its way.
#pragma once

#include <map>
#include <optional>

#include "train/orders/order.hpp"

namespace train::orders {

// What a store says of the version that is to be opened, as far as it was asked.
struct StoreBefore {
  std::optional<VersionName> live;
  bool has_version = false;  // it knows the version already, which is then adopted
};

struct StartOrder {
  VersionName version;
  bool hotfix = false;
  std::map<AppName, StoreBefore> stores;  // an app whose store could not be asked is absent: the first look says it
};

// The next version by `versioning`, after the newest that this train knows, else after `live`; `usage` where neither is
// known.
Result<VersionName> next_version(const Definition& definition, const engine::State& state, bool hotfix,
                                 const std::optional<VersionName>& live);

// `usage` for a version in a form that the store of one of the apps does not take. `refused` for a version that was
// opened before, is taken by a standby, is not newer, or is below what a store that takes only rising numbers serves;
// and while another release of the kind has not left.
Events start_release(const Definition& definition, const engine::State& state, const std::string& by,
                     const StartOrder& order, Instant now);

// What somebody who opens `version` should know of the other open releases: a breach that is latched, a stop that a
// person ordered. One sentence each.
std::vector<std::string> trouble_beside(const engine::State& state, const VersionName& version);

}  // namespace train::orders
