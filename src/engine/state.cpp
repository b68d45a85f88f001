// Finding one's way in the state.
#include "train/engine/state.hpp"

#include <algorithm>

namespace train::engine {

AppProgress* Release::find(const AppName& app) {
  const auto found = std::find_if(apps.begin(), apps.end(), [&](const AppProgress& p) { return p.app == app; });
  return found == apps.end() ? nullptr : &*found;
}

const AppProgress* Release::find(const AppName& app) const { return const_cast<Release*>(this)->find(app); }

Release* State::find(const VersionName& version) {
  const auto found =
      std::find_if(releases.begin(), releases.end(), [&](const Release& r) { return r.version == version; });
  return found == releases.end() ? nullptr : &*found;
}

const Release* State::find(const VersionName& version) const { return const_cast<State*>(this)->find(version); }

const Release* State::focus() const {
  const Release* oldest = nullptr;
  for (const auto& release : releases) {
    if (!release.is_open()) continue;
    if (release.hotfix) return &release;
    if (oldest == nullptr) oldest = &release;
  }
  if (oldest != nullptr) return oldest;
  return releases.empty() ? nullptr : &releases.back();
}

}  // namespace train::engine
