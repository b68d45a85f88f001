// How many requests this key still has, and what of them is kept for a halt. Apple tells with its answers; every job
// that uses the key spends from the same budget.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "train/base/error.hpp"
#include "train/base/time.hpp"
#include "train/domain/store_view.hpp"
#include "train/http/client.hpp"

namespace train::stores::app_store {

// "user-hour-lim:3600;user-hour-rem:3411;user-minute-lim:150;user-minute-rem:149": what the header tells, with any
// separators and in any case; -1 where it tells nothing.
struct RateLimit {
  struct Window {
    int limit = -1;
    int left = -1;
    bool is_told() const { return limit >= 0 && left >= 0; }
  };
  Window hour;  // rolling
  Window minute;
};
RateLimit read_rate_limit(std::string_view header);

// Enough for a halt of several apps: each takes a look (3), the write, and a minute of reading back (30).
inline constexpr int k_hour_reserve = 60;
inline constexpr int k_minute_reserve = 10;
inline constexpr Duration k_minute{60};
// A rolling hour frees the budget bit by bit: after this long it is worth asking again.
inline constexpr Duration k_ask_again{15 * 60};

class Budget {
 public:
  // Every answer, at the time it came. What it does not tell stays as it was told before.
  void note(const http::Outcome& outcome, Instant now);

  // Why an ordinary request must not be sent now; nullopt when it may be.
  std::optional<Error> refusal(Instant now, std::string_view what) const;
  // Until when an ordinary request has to wait for the minute to pass; nullopt when it need not.
  std::optional<Instant> wait_until(Instant now) const;
  // Of a 429: it is about the minute, so that one minute later it would pass.
  bool passes_in_a_minute(const http::Outcome& refused, Instant now) const;
  // When to come back after a 429, in words for people.
  std::string come_back(const http::Outcome& refused, Instant now) const;

  // As last told; nullopt when it never was.
  std::optional<RequestBudget> told() const;
  int kept_for_a_halt() const;  // of the hour

 private:
  RateLimit rate_;
  Instant hour_at_{};
  Instant minute_at_{};
};

}  // namespace train::stores::app_store
