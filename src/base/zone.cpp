#include <date/tz.h>

#include "train/base/time.hpp"

namespace train {
namespace {

const date::time_zone* zone_of(const void* zone) { return static_cast<const date::time_zone*>(zone); }

date::local_seconds to_date(const LocalTime& t) {
  return date::local_days(date::year(t.year) / static_cast<int>(t.month) / static_cast<int>(t.day)) +
         std::chrono::hours(t.hour) + std::chrono::minutes(t.minute) + std::chrono::seconds(t.second);
}

LocalTime from_date(date::local_seconds at) {
  const auto day = date::floor<date::days>(at);
  const date::year_month_day ymd(day);
  const date::hh_mm_ss<std::chrono::seconds> clock(at - day);
  LocalTime out;
  out.year = static_cast<int>(ymd.year());
  out.month = static_cast<unsigned>(ymd.month());
  out.day = static_cast<unsigned>(ymd.day());
  out.hour = static_cast<int>(clock.hours().count());
  out.minute = static_cast<int>(clock.minutes().count());
  out.second = static_cast<int>(clock.seconds().count());
  return out;
}

}  // namespace

Zone::Zone() : name_("UTC") {}

std::optional<Zone> Zone::find(std::string_view name) {
  Zone zone;
  if (name == "UTC") return zone;
  try {
    zone.zone_ = date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return std::nullopt;
  }
  zone.name_ = std::string(name);
  return zone;
}

LocalTime Zone::to_local(Instant at) const {
  if (zone_ == nullptr) return from_date(date::local_seconds(at.time_since_epoch()));
  return from_date(zone_of(zone_)->to_local(at));
}

Instant Zone::to_instant(const LocalTime& time) const {
  const auto local = to_date(time);
  if (zone_ == nullptr) return Instant(local.time_since_epoch());
  const auto info = zone_of(zone_)->get_info(local);
  // A gap belongs to nobody: the first instant after it. A doubled hour: its first run.
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return Instant(local.time_since_epoch()) - info.first.offset;
}

Weekday Zone::weekday(Instant at) const {
  const auto local = to_local(at);
  const date::weekday day(
      date::sys_days(date::year(local.year) / static_cast<int>(local.month) / static_cast<int>(local.day)));
  return static_cast<Weekday>(day.iso_encoding() - 1);
}

Instant Zone::start_of_day(Instant at, int days) const {
  const auto local = to_local(at);
  const date::sys_days day =
      date::sys_days(date::year(local.year) / static_cast<int>(local.month) / static_cast<int>(local.day)) +
      date::days(days);
  const date::year_month_day ymd(day);
  LocalTime midnight;
  midnight.year = static_cast<int>(ymd.year());
  midnight.month = static_cast<unsigned>(ymd.month());
  midnight.day = static_cast<unsigned>(ymd.day());
  return to_instant(midnight);
}

}  // namespace train
