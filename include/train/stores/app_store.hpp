// App Store Connect. Wire format, error table and quirks: docs/stores/app-store.md.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "train/auth/app_store_token.hpp"
#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/http/client.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/store.hpp"
#include "train/ports/upload_progress.hpp"

namespace train::stores {

struct AppStoreSettings {
  App app;  // endpoint and bundle id are taken from it
  auth::AppStoreKey key;
  Clock* clock = nullptr;  // outlives the store; waits between read-backs go through it
  UploadProgress progress;
  std::function<void(const std::string& sentence)> told;  // what went well in an unusual way; may be empty
};
// `auth` when the key cannot be used.
Result<std::unique_ptr<Store>> make_app_store(AppStoreSettings settings);

}  // namespace train::stores
