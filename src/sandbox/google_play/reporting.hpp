// The Developer Reporting API: metric sets with their freshness, and queries that keep to it.
#pragma once

#include <functional>
#include <string>

#include "google_play/feedback.hpp"
#include "world/service.hpp"

namespace train::sandbox::play {

inline constexpr double k_users_least = 100;  // in a period; below them Google shows no row

// Whether the version's data has gone dark (POST /_sandbox/health, `silent`).
using IsSilent = std::function<bool(const std::string& version)>;

// GET apps/PACKAGE/SET, POST apps/PACKAGE/SET:query, GET apps/PACKAGE/anomalies. `what` is what follows the package.
Handled answer_reporting(const PlayApp& app, const Feedback& feedback, const IsSilent& is_silent,
                         const ServerRequest& request, const std::string& what, Instant now);

}  // namespace train::sandbox::play
