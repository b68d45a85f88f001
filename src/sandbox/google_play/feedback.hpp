// What Google Play hears back of a version: how many used it in each hour, and what they wrote. It accrues with the
// clock from what its users do (Usage); the same acts give the same numbers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "google_play/model.hpp"
#include "train/base/time.hpp"
#include "world/service.hpp"

namespace train::sandbox::play {

inline constexpr double k_sessions_a_written_review = 2000;  // one in so many is followed by a written review
inline constexpr double k_low_star_share = 0.1;              // of one and two stars, unless told
inline constexpr double k_anr_rate = 0.001;                  // share of the users, unless told
inline constexpr double k_slow_start_rate = 0.02;

// Every session is a user of its own.
struct HourOfUse {
  Instant start;
  double users = 0;
  double crash_rate = 0;  // shares of the users
  double anr_rate = 0;
  double slow_start_rate = 0;
};

struct WrittenReview {
  std::string id;
  std::int64_t code = 0;
  std::string version;
  int stars = 5;              // 1..5
  bool tells_version = true;  // a user's device may not say
  Instant written;
};

// Of one version code; of several that one version has, the highest.
struct CodeUse {
  std::string version;
  std::vector<HourOfUse> hours;  // in order; only those in which somebody used it
  double sessions = 0;           // counted until now
  int reviews = 0;               // written until now
  double low_owed = 0;           // of one or two stars, not written yet
};

// Of one app.
struct Feedback {
  Instant counted_to;  // a whole hour
  std::map<std::int64_t, CodeUse> codes;
  std::vector<WrittenReview> reviews;  // in the order they were written
  std::optional<Instant> stalled_at;   // the Reporting API's data stands still since
};

// An app whose live version had its users for a month before `start`.
Feedback past_feedback(const PlayApp& app, Instant start);
// Counts the whole hours until `until`. The shares that are served must be those up to `until`.
void accrue_feedback(Feedback& feedback, const PlayApp& app, const UsageOf& usage_of, Instant until);

// GET …/reviews.
Handled list_reviews(const Feedback& feedback, const ServerRequest& request, Instant now);

}  // namespace train::sandbox::play
