// Time as values. Nothing here reads a clock; `ports/clock.hpp` does.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace train {

using Duration = std::chrono::seconds;
using Instant = std::chrono::sys_seconds;  // UTC

std::string format_rfc3339(Instant at);  // "2026-11-30T09:00:00Z"
// Accepts "Z" or a numeric offset, fractions of a second (dropped); nullopt otherwise.
std::optional<Instant> parse_rfc3339(std::string_view text);

// "90s 15m 6h 2d 2w": one whole number and one unit; nullopt otherwise. At most ten years.
std::optional<Duration> parse_duration(std::string_view text);
std::string format_duration(Duration length);  // "26h" -> "1d 2h"; at most two units
std::string format_age(Duration age);          // "just now", "3m ago", "2d ago"

// A wall-clock time without a zone, to the second.
struct LocalTime {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  auto operator<=>(const LocalTime&) const = default;
};
std::optional<LocalTime> parse_local_time(std::string_view text);  // "2026-11-30T17:00[:00]" or "2026-11-30"
std::string format_local(const LocalTime& time);                   // "2026-11-30T17:00"

enum class Weekday { mon, tue, wed, thu, fri, sat, sun };
std::string_view to_string(Weekday day);

// An IANA time zone. Copies are cheap; the data is the system's tzdata.
class Zone {
 public:
  Zone();  // UTC
  static std::optional<Zone> find(std::string_view name);

  const std::string& name() const { return name_; }
  LocalTime to_local(Instant at) const;
  // A time that does not exist (spring forward) becomes the first instant after the gap; one that exists
  // twice (autumn) becomes the earlier.
  Instant to_instant(const LocalTime& time) const;
  Weekday weekday(Instant at) const;
  // Midnight of the local day that contains `at`, moved by `days` local days (23 or 25 hours long at a change).
  Instant start_of_day(Instant at, int days = 0) const;

 private:
  std::string name_;
  const void* zone_ = nullptr;  // date::time_zone; null is UTC
};

}  // namespace train
