// Google Play. Wire format, error table and quirks: docs/stores/google-play.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "train/auth/google_token.hpp"
#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/http/client.hpp"
#include "train/ports/archives.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/recoveries.hpp"
#include "train/ports/store.hpp"
#include "train/ports/upload_progress.hpp"

namespace train::stores {

struct GooglePlaySettings {
  App app;  // endpoint, package, track, and what goes out beside the build
  auth::GoogleCredentials account;
  Clock* clock = nullptr;             // outlives the store; waits between read-backs go through it
  Archives* archives = nullptr;       // reads the definition's further APKs; outlives the store
  std::filesystem::path kept_upload;  // a file: an upload that was cut goes on there; empty: not after this process
  std::function<void(const std::string& sentence)> told;  // what went well in an unusual way
  UploadProgress progress;
};
Result<std::unique_ptr<Store>> make_google_play(GooglePlaySettings settings);
// App recovery of the same app. Needs no edit; `archives`, `kept_upload` and `progress` are not used.
Result<std::unique_ptr<Recoveries>> make_google_play_recoveries(GooglePlaySettings settings);

}  // namespace train::stores
