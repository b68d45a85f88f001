// Google Play. Wire format, error table and quirks: docs/stores/google-play.md.
#pragma once

#include <memory>

#include "train/auth/google_token.hpp"
#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/http/client.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/store.hpp"

namespace train::stores {

struct GooglePlaySettings {
  App app;  // endpoint, package and track are taken from it
  auth::ServiceAccount account;
  Clock* clock = nullptr;  // outlives the store; waits between read-backs go through it
};
Result<std::unique_ptr<Store>> make_google_play(GooglePlaySettings settings);

}  // namespace train::stores
