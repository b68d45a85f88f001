// What the App Store hears back of a version: written reviews, TestFlight use, performance metrics. It accrues with the
// clock from what its users do (Usage); the same acts give the same numbers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "train/base/time.hpp"
#include "world/service.hpp"

namespace train::sandbox::app_store {

inline constexpr double k_sessions_a_review = 2000;       // one in so many is followed by a written review
inline constexpr double k_low_reviews = 0.1;              // share of one and two stars, unless told
inline constexpr double k_beta_sessions_a_day = 200;      // of all testers, on each build that can be tested
inline constexpr Duration k_metrics_after{3 * 86400};     // live so long before there are metrics,
inline constexpr double k_metrics_sessions_least = 1000;  // and used so much
inline constexpr double k_launch_ms = 900;                // p90, unless told

struct Review {
  std::string id;
  std::string version_id;
  int rating = 5;  // 1..5
  std::string territory;
  Instant created;
};

// Of one version.
struct Feedback {
  Usage usage;
  std::optional<Instant> live_since;
  bool long_live = false;  // live before the sandbox began
  int reviews = 0;
  double low_owed = 0;  // of one or two stars, not written yet
};

// Of one build.
struct BetaUse {
  Instant until;
  double sessions = 0;
  double crashes = 0;
};

struct Feedbacks {
  std::vector<Review> reviews;               // in the order they were written
  std::map<std::string, Feedback> versions;  // by id
  std::map<std::string, BetaUse> builds;     // by id
};

bool has_metrics(const Feedback& feedback, Instant now);

}  // namespace train::sandbox::app_store
