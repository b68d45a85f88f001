// Reads of App Store Connect for signals. Whatever is not a usable answer becomes a Measurement that says why.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_answer.hpp"
#include "train/signals/app_store.hpp"

namespace train::signals {

namespace app_store {
using Query = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view k_json = "application/json";
inline constexpr std::string_view k_xcode_metrics = "application/vnd.apple.xcode-metrics+json";

// Apple's ids of what a subject names.
struct Ids {
  std::string version;
  std::string build;  // the build that the version serves; empty when none is attached
};

// ---- pure reading (app_store_wire.cpp)
// A status of 400 or more, as a sentence: Apple's code and words, and what it usually means.
std::string refusal(const http::Outcome& outcome, std::string_view what);
Reading<std::string> app_id_in(const nlohmann::json& document, const std::string& bundle_id);
Reading<Ids> ids_in(const nlohmann::json& document, const VersionName& version);
}  // namespace app_store

class AppStoreReader {
 public:
  std::mutex turn;  // held while one signal is measured: several sources share a reader

  AppStoreReader(AppStoreAccess access, auth::AppStoreTokens tokens, http::Sleep sleep)
      : access_(std::move(access)), tokens_(std::move(tokens)), client_(std::move(sleep)) {}

  Reading<app_store::Ids> find(const VersionName& version, Instant now);
  // A document; null JSON when Apple answers 404.
  Reading<nlohmann::json> get(const std::string& path, const app_store::Query& query, Instant now,
                              std::string_view what, std::string_view accept = app_store::k_json);
  // The `data` of every page. `failed` past `pages_most` pages, a next page elsewhere, or one that was read already.
  Reading<std::vector<nlohmann::json>> list(const std::string& path, const app_store::Query& query, Instant now,
                                            int pages_most, std::string_view what);

 private:
  Reading<nlohmann::json> get_url(const std::string& url, Instant now, std::string_view what, std::string_view accept);
  Reading<http::Outcome> send(http::Request request, Instant now);
  Reading<std::string> app_id(Instant now);

  AppStoreAccess access_;
  auth::AppStoreTokens tokens_;
  http::Client client_;
  std::string app_id_;                           // an app's id never changes
  std::map<std::string, app_store::Ids> known_;  // by version; only those that have a build
};

}  // namespace train::signals
