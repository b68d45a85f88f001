// Which versions and build numbers a store takes. A number that it refuses is better known when the release is opened
// than when it is submitted. Sources: docs/stores/app-store.md, docs/stores/google-play.md.
#pragma once

#include <optional>
#include <string>

#include "train/base/names.hpp"
#include "train/domain/store_facts.hpp"

namespace train {

// Why the store does not take it, the end of a sentence that names it ("has four numbers, and the App Store takes at
// most three"); nullopt: it does.
std::optional<std::string> unfit_version(const StoreFacts& store, const VersionName& version);
std::optional<std::string> unfit_build(const StoreFacts& store, const BuildNumber& build);

}  // namespace train
