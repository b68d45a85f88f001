// Instants, lengths and zones. Zones are the system's: the changes named here are those of Berlin in 2026, on 29 March
// at 02:00 to 03:00 and on 25 October at 03:00 to 02:00, local time.
#include "train/base/time.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace train {
namespace {

Instant at(const char* text) { return *parse_rfc3339(text); }
LocalTime local(const char* text) { return *parse_local_time(text); }
Zone berlin() { return *Zone::find("Europe/Berlin"); }

TEST(Instants, AreReadWithAnyOffsetAndWrittenInUtc) {
  struct {
    const char* text;
    const char* utc;
  } const rows[] = {
      {"2026-11-30T09:00:00Z", "2026-11-30T09:00:00Z"},      {"2026-11-30t09:00:00z", "2026-11-30T09:00:00Z"},
      {"2026-11-30 09:00:00Z", "2026-11-30T09:00:00Z"},      {"2026-11-30T10:30:00+01:30", "2026-11-30T09:00:00Z"},
      {"2026-11-30T01:00:00-0800", "2026-11-30T09:00:00Z"},  {"2026-11-30T09:00:00.999Z", "2026-11-30T09:00:00Z"},
      {"2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z"}, {"2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"},
      {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
  };
  for (const auto& row : rows) {
    const auto read = parse_rfc3339(row.text);
    ASSERT_TRUE(read) << row.text;
    EXPECT_EQ(format_rfc3339(*read), row.utc) << row.text;
  }
}

TEST(Instants, AreNotReadFromAnythingElse) {
  for (const char* text :
       {"", "2026-11-30", "2026-11-30T09:00:00", "2026-11-30T09:00Z", "2026-11-31T09:00:00Z", "2023-02-29T09:00:00Z",
        "2026-13-01T09:00:00Z", "2026-11-30T24:00:00Z", "2026-11-30T09:60:00Z", "2026-11-30T09:00:00.Z",
        "2026-11-30T09:00:00+19:00", "2026-11-30T09:00:00Z ", "26-11-30T09:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Durations, HaveOneWholeNumberAndOneUnit) {
  EXPECT_EQ(parse_duration("90s"), Duration(90));
  EXPECT_EQ(parse_duration("15m"), Duration(900));
  EXPECT_EQ(parse_duration("6h"), Duration(6 * 3600));
  EXPECT_EQ(parse_duration(" 2d "), Duration(2 * 86400));
  EXPECT_EQ(parse_duration("2w"), Duration(14 * 86400));
  EXPECT_EQ(parse_duration("0s"), Duration(0));
  EXPECT_EQ(parse_duration("3660d"), Duration(3660LL * 86400));
  for (const char* text : {"", "s", "5", "1.5h", "-1h", "1h30m", "1 h", "4000d", "999999999w", "9999999999s", "1y"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Durations, AreShownInAtMostTwoUnits) {
  EXPECT_EQ(format_duration(Duration(0)), "0s");
  EXPECT_EQ(format_duration(Duration(59)), "59s");
  EXPECT_EQ(format_duration(Duration(3600)), "1h");
  EXPECT_EQ(format_duration(Duration(26 * 3600)), "1d 2h");
  EXPECT_EQ(format_duration(Duration(26 * 3600 + 59)), "1d 2h");
  EXPECT_EQ(format_duration(Duration(-90)), "-1m 30s");
}

TEST(Ages, AreShownInTheUnitThatMatters) {
  EXPECT_EQ(format_age(Duration(-5)), "just now");
  EXPECT_EQ(format_age(Duration(59)), "just now");
  EXPECT_EQ(format_age(Duration(60)), "1m ago");
  EXPECT_EQ(format_age(Duration(3600)), "1h ago");
  EXPECT_EQ(format_age(Duration(47 * 3600)), "47h ago");
  EXPECT_EQ(format_age(Duration(48 * 3600)), "2d ago");
}

TEST(LocalTimes, AreReadToTheMinuteAndRefusedWithAZone) {
  EXPECT_EQ(format_local(local("2026-11-30T17:05")), "2026-11-30T17:05");
  EXPECT_EQ(format_local(local("2026-11-30")), "2026-11-30T00:00");
  EXPECT_EQ(local("2026-11-30T17:05:09").second, 9);
  for (const char* text : {"", "2026-11-30T", "2026-11-30T17", "2026-02-30", "2026-11-30T17:05Z", "2026-11-30T17:05x"})
    EXPECT_FALSE(parse_local_time(text)) << text;
}

TEST(Zones, AreFoundByNameOnly) {
  EXPECT_EQ(Zone().name(), "UTC");
  EXPECT_EQ(berlin().name(), "Europe/Berlin");
  for (const char* name : {"", "Berlin", "Europe/Nowhere", "../../etc/passwd"}) EXPECT_FALSE(Zone::find(name)) << name;
}

TEST(Zones, FollowSummerTime) {
  EXPECT_EQ(format_local(berlin().to_local(at("2026-03-29T00:59:59Z"))), "2026-03-29T01:59");
  EXPECT_EQ(format_local(berlin().to_local(at("2026-03-29T01:00:00Z"))), "2026-03-29T03:00");
  EXPECT_EQ(berlin().to_instant(local("2026-07-01T12:00")), at("2026-07-01T10:00:00Z"));
  EXPECT_EQ(berlin().to_instant(local("2026-12-01T12:00")), at("2026-12-01T11:00:00Z"));
  EXPECT_EQ(Zone().to_instant(local("2026-07-01T12:00")), at("2026-07-01T12:00:00Z"));
}

TEST(Zones, MoveATimeThatDoesNotExistToTheFirstAfterTheGap) {
  EXPECT_EQ(berlin().to_instant(local("2026-03-29T02:30")), at("2026-03-29T01:00:00Z"));
}

TEST(Zones, TakeTheEarlierOfATimeThatExistsTwice) {
  EXPECT_EQ(berlin().to_instant(local("2026-10-25T02:30")), at("2026-10-25T00:30:00Z"));
}

TEST(Zones, KnowTheLocalWeekday) {
  EXPECT_EQ(Zone().weekday(at("2026-11-30T23:30:00Z")), Weekday::mon);
  EXPECT_EQ(berlin().weekday(at("2026-11-30T23:30:00Z")), Weekday::tue);
  EXPECT_EQ(to_string(Weekday::mon), "mon");
  EXPECT_EQ(to_string(Weekday::sun), "sun");
}

TEST(Zones, HaveDaysOf23And25Hours) {
  const auto spring = berlin().start_of_day(at("2026-03-29T10:00:00Z"));
  EXPECT_EQ(spring, at("2026-03-28T23:00:00Z"));
  EXPECT_EQ(berlin().start_of_day(spring, 1) - spring, Duration(23 * 3600));
  const auto autumn = berlin().start_of_day(at("2026-10-25T10:00:00Z"));
  EXPECT_EQ(berlin().start_of_day(autumn, 1) - autumn, Duration(25 * 3600));
  EXPECT_EQ(berlin().start_of_day(autumn, -1), at("2026-10-23T22:00:00Z"));
}

}  // namespace
}  // namespace train
