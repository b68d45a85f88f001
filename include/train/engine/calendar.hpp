// When the train leaves, when it may move, and who watches. Everything is computed in the calendar's zone: a cutoff
// keeps its local time of day across a clock change, a window follows the local clock, a freeze is whole local days
// (23 or 25 hours long where the clock changes).
#pragma once

#include <optional>
#include <string>

#include "train/base/time.hpp"
#include "train/domain/definition.hpp"

namespace train::engine {

// Departure `number`, counted from 0 (`first_cutoff`). Needs a rule with a first cutoff; `number` is not negative.
Instant cutoff(const CalendarRule& rule, int number);

// The first departure at or after `after`; nullopt without a calendar.
std::optional<Instant> next_cutoff(const CalendarRule& rule, Instant after);

struct Window {
  bool open = true;
  std::string why;                // while closed: "rollout hours" or "freeze: winter holidays"
  std::optional<Instant> opens;   // while closed: when it next opens; nullopt when never
  std::optional<Instant> closes;  // while open: the first instant at which it is closed; nullopt when never
};

// May a promotion happen at `now`: inside the rollout hours and outside every freeze.
Window promotion_window(const CalendarRule& rule, Instant now);
// May a submission happen at `now`: outside every freeze.
Window submission_window(const CalendarRule& rule, Instant now);

// The freeze that covers the local day of `now`, or nullptr. Points into `rule`.
const Freeze* freeze_at(const CalendarRule& rule, Instant now);

// Who is on duty at `now`; nullopt without members or before the rotation begins.
std::optional<std::string> owner_at(const Rotation& rotation, const Zone& zone, Instant now);

}  // namespace train::engine
