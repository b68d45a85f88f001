#include "train/base/time.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include "train/base/text.hpp"

namespace train {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// Reads exactly `digits` digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool is_date(int year, unsigned month, unsigned day) {
  return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)).ok();
}

std::optional<LocalTime> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !is_date(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day))) return std::nullopt;
  LocalTime out;
  out.year = *year;
  out.month = static_cast<unsigned>(*month);
  out.day = static_cast<unsigned>(*day);
  return out;
}

bool take_clock(std::string_view& text, LocalTime& out, bool seconds_required) {
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return false;
  const auto minute = take_number(text, 2);
  if (!minute || *hour > 23 || *minute > 59) return false;
  out.hour = *hour;
  out.minute = *minute;
  if (!take(text, ':')) return !seconds_required;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return false;
  out.second = *second;
  return true;
}

Instant as_utc(const LocalTime& t) {
  const sys_days date =
      std::chrono::year_month_day(std::chrono::year(t.year), std::chrono::month(t.month), std::chrono::day(t.day));
  return Instant(date) + std::chrono::hours(t.hour) + std::chrono::minutes(t.minute) + std::chrono::seconds(t.second);
}

// "Z" or "+hh:mm"; the offset from UTC.
std::optional<Duration> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return Duration(0);
  const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
  if (sign == 0) return std::nullopt;
  const auto hour = take_number(text, 2);
  take(text, ':');
  const auto minute = take_number(text, 2);
  if (!hour || !minute || *hour > 18 || *minute > 59) return std::nullopt;
  return sign * Duration(*hour * 3600 + *minute * 60);
}

}  // namespace

std::string format_rfc3339(Instant at) {
  const auto date = std::chrono::floor<days>(at);
  const std::chrono::year_month_day ymd(date);
  const std::chrono::hh_mm_ss clock(at - date);
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return out.data();
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  auto local = take_date(text);
  if (!local || (!take(text, 'T') && !take(text, 't') && !take(text, ' '))) return std::nullopt;
  if (!take_clock(text, *local, true)) return std::nullopt;
  if (take(text, '.')) {
    const auto end = text.find_first_not_of("0123456789");
    if (end == 0) return std::nullopt;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return as_utc(*local) - *offset;
}

std::optional<Duration> parse_duration(std::string_view text) {
  text = trim(text);
  if (text.size() < 2) return std::nullopt;
  std::int64_t unit = 0;
  switch (text.back()) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86400;
      break;
    case 'w':
      unit = 7 * 86400;
      break;
    default:
      return std::nullopt;
  }
  text.remove_suffix(1);
  if (text.size() > 9) return std::nullopt;
  std::int64_t count = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    count = count * 10 + (c - '0');
  }
  constexpr std::int64_t ten_years = 10LL * 366 * 86400;
  if (count * unit > ten_years) return std::nullopt;
  return Duration(count * unit);
}

std::string format_duration(Duration length) {
  if (length < Duration(0)) return "-" + format_duration(-length);
  constexpr std::array<std::pair<std::int64_t, char>, 4> units{{{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
  std::int64_t rest = length.count();
  std::string out;
  int shown = 0;
  for (const auto& unit : units) {
    const auto count = rest / unit.first;
    rest %= unit.first;
    if (count == 0 && shown == 0) continue;
    if (count != 0) out += (out.empty() ? "" : " ") + std::to_string(count) + unit.second;
    if (++shown == 2) break;
  }
  return out.empty() ? "0s" : out;
}

std::string format_age(Duration age) {
  if (age < Duration(60)) return "just now";
  if (age < Duration(3600)) return std::to_string(age.count() / 60) + "m ago";
  if (age < Duration(48 * 3600)) return std::to_string(age.count() / 3600) + "h ago";
  return std::to_string(age.count() / 86400) + "d ago";
}

std::optional<LocalTime> parse_local_time(std::string_view text) {
  auto out = take_date(text);
  if (!out || text.empty()) return out;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  if (!take_clock(text, *out, false) || !text.empty()) return std::nullopt;
  return out;
}

std::string format_local(const LocalTime& t) {
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
  return out.data();
}

namespace {
constexpr std::array<std::string_view, 7> k_weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
}  // namespace

std::string_view to_string(Weekday day) { return k_weekdays[static_cast<std::size_t>(day)]; }

}  // namespace train
