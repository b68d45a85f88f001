// What App Store Connect itself measures: written reviews, performance metrics, TestFlight's crash counts. What each
// answer becomes, and what Apple does not tell: docs/signals/app-store.md.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "train/auth/app_store_token.hpp"
#include "train/base/error.hpp"
#include "train/http/client.hpp"
#include "train/ports/signal_source.hpp"

namespace train::signals {

struct AppStoreAccess {
  std::string bundle_id;
  std::string endpoint;  // no trailing slash
  auth::AppStoreKey key;
};

// One app's reads, shared by its signals: Apple's ids are looked up once. Used by one thread at a time.
class AppStoreReader;
// `auth` when the key cannot be used.
Result<std::shared_ptr<AppStoreReader>> open_app_store_reader(AppStoreAccess access, http::Sleep sleep);

// By the name of the app that a subject names; an app that is not here cannot be measured.
using AppStoreReaders = std::map<AppName, std::shared_ptr<AppStoreReader>>;

// A proportion: reviews with one or two stars out of all written reviews of the version.
// Option `territory`: storefronts, one a line; all when absent. Failed when there are more than `pages_most` pages of
// 200: the first of them are not all.
std::unique_ptr<SignalSource> make_app_store_reviews(AppStoreReaders readers, int pages_most = 25);

// Option `metric`: "launch", or "launch/launchTime" where Apple's category has several: a level, `percentile` p50 or
// p90 (default) on `device` (default all_iphones); the signal's `unit`, when given, must be Apple's. Or "beta_crashes":
// a proportion, crashes out of TestFlight sessions of the version's build.
std::unique_ptr<SignalSource> make_app_store_metrics(AppStoreReaders readers);

}  // namespace train::signals
