#include "train/engine/calendar.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "train/base/check.hpp"

namespace train::engine {
namespace {

constexpr Duration k_day = std::chrono::hours(24);
// Two hops a day and a week between freezes: a window that is still closed then never opens.
constexpr std::size_t k_hops_per_freeze_max = 20;

LocalTime date_of(const LocalTime& time) { return LocalTime{time.year, time.month, time.day, 0, 0, 0}; }

LocalTime plus_days(const LocalTime& time, std::int64_t days) {
  const auto date = std::chrono::year_month_day(std::chrono::year(time.year), std::chrono::month(time.month),
                                                std::chrono::day(time.day));
  const auto moved = std::chrono::year_month_day(std::chrono::sys_days(date) + std::chrono::days(days));
  LocalTime result = time;
  result.year = static_cast<int>(moved.year());
  result.month = static_cast<unsigned>(moved.month());
  result.day = static_cast<unsigned>(moved.day());
  return result;
}

Instant midnight(const Zone& zone, const LocalTime& day, std::int64_t days = 0) {
  return zone.to_instant(plus_days(date_of(day), days));
}

// Something that repeats: by local days where `every` is whole days, else by the second.
struct Repetition {
  const Zone& zone;
  LocalTime first;
  Duration every;

  Instant at(std::int64_t number) const {
    if (every % k_day != Duration{0}) return zone.to_instant(first) + every * number;
    return zone.to_instant(plus_days(first, every / k_day * number));
  }

  // The number of the last repetition at or before `now`; negative before the first.
  std::int64_t last_at_or_before(Instant now) const {
    std::int64_t number = (now - at(0)) / every;
    // The division counts 24-hour days; a clock change moves the truth by at most one repetition.
    while (at(number) > now) --number;
    while (at(number + 1) <= now) ++number;
    return number;
  }
};

Repetition departures(const CalendarRule& rule) {
  TRAIN_CHECK(rule.first_cutoff.has_value(), "a calendar without a first cutoff has no departures");
  return Repetition{rule.zone, *rule.first_cutoff, std::max(rule.every.value_or(k_day), k_day)};
}

struct Span {
  Instant from;
  Instant to;  // exclusive
};

// The rollout hours of one local day; empty (from >= to) on a day without any.
Span hours_of(const CalendarRule& rule, Instant any_time_that_day) {
  const LocalTime day = date_of(rule.zone.to_local(any_time_that_day));
  const Instant start = midnight(rule.zone, day);
  const auto& hours = *rule.rollout_hours;
  const bool listed = hours.days.empty() || std::find(hours.days.begin(), hours.days.end(),
                                                      rule.zone.weekday(any_time_that_day)) != hours.days.end();
  if (!listed) return Span{start, start};
  const auto at_minute = [&](int minute) {
    if (minute >= 24 * 60) return midnight(rule.zone, day, 1);
    LocalTime time = day;
    time.hour = minute / 60;
    time.minute = minute % 60;
    return rule.zone.to_instant(time);
  };
  return Span{at_minute(hours.from_minute), at_minute(hours.to_minute)};
}

bool within_hours(const CalendarRule& rule, Instant now) {
  if (!rule.rollout_hours) return true;
  const Span span = hours_of(rule, now);
  return span.from <= now && now < span.to;
}

Instant next_midnight(const CalendarRule& rule, Instant now) { return midnight(rule.zone, rule.zone.to_local(now), 1); }

// The earliest instant after `now` at which the answer of `within_hours` may differ.
Instant hours_turn(const CalendarRule& rule, Instant now) {
  const Span span = hours_of(rule, now);
  if (now < span.from && span.from < span.to) return span.from;
  if (span.from <= now && now < span.to) return span.to;
  return next_midnight(rule, now);
}

enum class Hours { respected, ignored };

bool is_open(const CalendarRule& rule, Instant now, Hours hours) {
  return freeze_at(rule, now) == nullptr && (hours == Hours::ignored || within_hours(rule, now));
}

std::optional<Instant> opening_after(const CalendarRule& rule, Instant now, Hours hours) {
  const std::size_t hops_max = k_hops_per_freeze_max * (rule.freezes.size() + 1);
  for (std::size_t hop = 0; hop < hops_max; ++hop) {
    if (is_open(rule, now, hours)) return now;
    const Freeze* freeze = freeze_at(rule, now);
    now = freeze != nullptr ? midnight(rule.zone, freeze->to, 1) : hours_turn(rule, now);
  }
  return std::nullopt;
}

std::optional<Instant> next_freeze_start(const CalendarRule& rule, Instant now) {
  std::optional<Instant> first;
  for (const Freeze& freeze : rule.freezes) {
    const Instant start = midnight(rule.zone, freeze.from);
    if (start <= now || date_of(freeze.to) < date_of(freeze.from)) continue;
    if (!first || start < *first) first = start;
  }
  return first;
}

// The end of the rollout hours that contain `now`; nullopt when every minute of the week is one.
std::optional<Instant> hours_end(const CalendarRule& rule, Instant now) {
  Instant end = now;
  for (int day = 0; day < 9; ++day) {
    if (!within_hours(rule, end)) return end;
    end = hours_turn(rule, end);
  }
  return std::nullopt;
}

std::optional<Instant> earlier(std::optional<Instant> a, std::optional<Instant> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

Window window(const CalendarRule& rule, Instant now, Hours hours) {
  Window result;
  result.open = is_open(rule, now, hours);
  if (!result.open) {
    const Freeze* freeze = freeze_at(rule, now);
    result.why = "rollout hours";
    if (freeze != nullptr) result.why = freeze->reason.empty() ? "freeze" : "freeze: " + freeze->reason;
    result.opens = opening_after(rule, now, hours);
    return result;
  }
  result.closes = next_freeze_start(rule, now);
  if (hours == Hours::respected && rule.rollout_hours) result.closes = earlier(result.closes, hours_end(rule, now));
  return result;
}

}  // namespace

Instant cutoff(const CalendarRule& rule, int number) {
  TRAIN_CHECK(number >= 0, "departures are counted from 0");
  return departures(rule).at(number);
}

std::optional<Instant> next_cutoff(const CalendarRule& rule, Instant after) {
  if (!rule.first_cutoff) return std::nullopt;
  const Repetition repetition = departures(rule);
  if (after <= repetition.at(0)) return repetition.at(0);
  const std::int64_t last = repetition.last_at_or_before(after);
  return repetition.at(last) == after ? after : repetition.at(last + 1);
}

Window promotion_window(const CalendarRule& rule, Instant now) { return window(rule, now, Hours::respected); }

Window submission_window(const CalendarRule& rule, Instant now) { return window(rule, now, Hours::ignored); }

const Freeze* freeze_at(const CalendarRule& rule, Instant now) {
  const LocalTime today = date_of(rule.zone.to_local(now));
  const auto covers = [&](const Freeze& freeze) {
    return date_of(freeze.from) <= today && today <= date_of(freeze.to);
  };
  const auto found = std::find_if(rule.freezes.begin(), rule.freezes.end(), covers);
  return found == rule.freezes.end() ? nullptr : &*found;
}

std::optional<std::string> owner_at(const Rotation& rotation, const Zone& zone, Instant now) {
  if (rotation.members.empty() || now < zone.to_instant(rotation.from)) return std::nullopt;
  const Repetition shifts{zone, rotation.from, std::max(rotation.every, Duration{1})};
  const auto shift = static_cast<std::size_t>(shifts.last_at_or_before(now));
  return rotation.members[shift % rotation.members.size()];
}

}  // namespace train::engine
