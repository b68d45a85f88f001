// What each store's account may do, which version is live, and what a store can still stop.
#pragma once

#include <map>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/ports/store.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

struct StoreAnswers {
  Asked<std::vector<Store::Probe>> account;
  Asked<StoreView> view;  // asked only where the account could be
};

// `absent`: the store answered that no version is live. A store that does not know the app at all has `refused`.
Asked<LiveVersion> live_version(const Asked<StoreView>& view);

using LiveVersions = std::map<AppName, Asked<LiveVersion>>;

std::string store_of(const App& app);  // "the App Store"

Lines store_lines(const App& app, const StoreAnswers& answers);
Line halt_line(const App& app, const Asked<LiveVersion>& live);

}  // namespace train::preflight
