#include <fmt/format.h>

#include <algorithm>

#include "readers.hpp"

namespace train::definition {
namespace {

constexpr Word<Weekday> k_days[] = {{"mon", Weekday::mon}, {"tue", Weekday::tue}, {"wed", Weekday::wed},
                                    {"thu", Weekday::thu}, {"fri", Weekday::fri}, {"sat", Weekday::sat},
                                    {"sun", Weekday::sun}};

std::vector<Weekday> read_days(const Value& value) {
  std::vector<Weekday> days;
  const auto items = value.items();
  if (value.is_list() && items.empty()) value.problem("no day is given; leave the key out for every day");
  for (const Value& item : items) {
    const auto day = item.word(k_days);
    if (!day) continue;
    if (std::find(days.begin(), days.end(), *day) != days.end()) {
      item.problem(fmt::format("{} stands here twice", in_quotes(item.node().text)));
    }
    days.push_back(*day);
  }
  return days;
}

void read_rollout_hours(const Value& value, CalendarRule& calendar) {
  const Fields fields(value, section("rollout_hours"));
  RolloutHours hours;
  fields.with("days", [&](const Value& days) { hours.days = read_days(days); });
  fields.with("from", [&](const Value& from) { assign(hours.from_minute, from.minute_of_day()); });
  fields.with("to", [&](const Value& to) { assign(hours.to_minute, to.minute_of_day()); });
  if (hours.from_minute >= hours.to_minute) {
    value.problem("`from` must be before `to`; hours over midnight are not possible");
  }
  calendar.rollout_hours = hours;
}

void read_freezes(const Value& value, CalendarRule& calendar) {
  for (const Value& item : value.items()) {
    const Fields fields(item, section("freeze"));
    Freeze freeze;
    std::optional<LocalTime> from;
    std::optional<LocalTime> to;
    fields.with("from", [&](const Value& day) { from = day.date(); });
    fields.with("to", [&](const Value& day) { to = day.date(); });
    fields.with("reason", [&](const Value& reason) { assign(freeze.reason, reason.text()); });
    if (from && to && *from > *to) item.problem("`from` is after `to`; both days belong to the freeze");
    freeze.from = from.value_or(LocalTime{});
    freeze.to = to.value_or(LocalTime{});
    calendar.freezes.push_back(std::move(freeze));
  }
}

void read_timezone(const Value& value, CalendarRule& calendar) {
  const auto name = value.text();
  if (!name) return;
  if (auto zone = Zone::find(*name)) {
    calendar.zone = *zone;
    return;
  }
  value.problem(
      fmt::format("{} is not a time zone; an IANA name such as Europe/Berlin or UTC is wanted", in_quotes(*name)));
}

}  // namespace

void read_calendar(const Value& value, CalendarRule& calendar) {
  const Fields fields(value, section("calendar"));
  fields.with("timezone", [&](const Value& zone) { read_timezone(zone, calendar); });
  fields.with("first_cutoff", [&](const Value& first) { calendar.first_cutoff = first.local_time(); });
  fields.with("every", [&](const Value& every) { calendar.every = every.whole_days(); });
  fields.with("stabilization", [&](const Value& length) { assign(calendar.stabilization, length.duration()); });
  fields.with("rollout_hours", [&](const Value& hours) { read_rollout_hours(hours, calendar); });
  fields.with("freezes", [&](const Value& freezes) { read_freezes(freezes, calendar); });
  if (fields.has("first_cutoff") != fields.has("every")) {
    const auto given = fields.has("every") ? fields.get("every") : fields.get("first_cutoff");
    given->problem(fmt::format("stands alone; `first_cutoff` and `every` belong together, `{}` is missing",
                               fields.has("every") ? "first_cutoff" : "every"));
  }
}

}  // namespace train::definition
