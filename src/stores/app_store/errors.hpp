// What App Store Connect says when it says no, and what to do about it. One table; docs/stores/app-store.md shows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/http/client.hpp"

namespace train::stores::app_store {

// One error of an answer. `meta.associatedErrors` hold the true reasons and follow the error that carries them.
struct ApiError {
  std::string code;
  std::string title;
  std::string detail;
};

// Every error of the body, flattened; empty when the body is not an error document.
std::vector<ApiError> read_errors(std::string_view body);

// An answer with a status of 400 or more as an Error. `what`: "create version 3.4.0".
Error explain(const http::Outcome& outcome, std::string_view what);

// "user-hour-lim:3600;user-hour-rem:3411;" → 3411 of 3600; both -1 when the header does not tell.
struct RateLimit {
  int limit = -1;
  int left = -1;
};
RateLimit read_rate_limit(std::string_view header);

}  // namespace train::stores::app_store
