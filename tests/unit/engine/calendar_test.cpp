#include "train/engine/calendar.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace train::engine {
namespace {

using namespace std::chrono_literals;

Instant utc(const char* text) { return *parse_rfc3339(text); }

// Every other Monday at 17:00 in Berlin, which is UTC+1 in winter and +2 in summer.
CalendarRule berlin() {
  CalendarRule rule;
  rule.zone = *Zone::find("Europe/Berlin");
  rule.first_cutoff = parse_local_time("2026-11-30T17:00");
  rule.every = 14 * 24h;
  return rule;
}

RolloutHours office_hours() {
  return RolloutHours{{Weekday::mon, Weekday::tue, Weekday::wed, Weekday::thu}, 9 * 60, 17 * 60};
}

Freeze freeze(const char* from, const char* to, std::string reason) {
  return Freeze{*parse_local_time(from), *parse_local_time(to), std::move(reason)};
}

std::string text(const std::optional<Instant>& at) { return at ? format_rfc3339(*at) : "never"; }

TEST(Cutoff, KeepsItsLocalTimeAcrossAClockChange) {
  const CalendarRule rule = berlin();
  EXPECT_EQ(format_rfc3339(cutoff(rule, 0)), "2026-11-30T16:00:00Z");
  EXPECT_EQ(format_rfc3339(cutoff(rule, 1)), "2026-12-14T16:00:00Z");
  EXPECT_EQ(format_rfc3339(cutoff(rule, 8)), "2027-03-22T16:00:00Z");
  EXPECT_EQ(format_rfc3339(cutoff(rule, 9)), "2027-04-05T15:00:00Z");
}

TEST(Cutoff, ALocalTimeThatTheClockSkipsComesRightAfterTheGap) {
  CalendarRule rule = berlin();
  rule.first_cutoff = parse_local_time("2027-03-27T02:30");
  rule.every = 24h;
  EXPECT_EQ(format_rfc3339(cutoff(rule, 0)), "2027-03-27T01:30:00Z");
  EXPECT_EQ(format_rfc3339(cutoff(rule, 1)), "2027-03-28T01:00:00Z");
  EXPECT_EQ(format_rfc3339(cutoff(rule, 2)), "2027-03-29T00:30:00Z");
}

TEST(NextCutoff, IsTheFirstAtOrAfter) {
  const CalendarRule rule = berlin();
  EXPECT_EQ(text(next_cutoff(rule, utc("2020-01-01T00:00:00Z"))), "2026-11-30T16:00:00Z");
  EXPECT_EQ(text(next_cutoff(rule, utc("2026-11-30T16:00:00Z"))), "2026-11-30T16:00:00Z");
  EXPECT_EQ(text(next_cutoff(rule, utc("2026-11-30T16:00:01Z"))), "2026-12-14T16:00:00Z");
  EXPECT_EQ(text(next_cutoff(rule, utc("2027-04-05T15:00:00Z"))), "2027-04-05T15:00:00Z");
  EXPECT_EQ(text(next_cutoff(rule, utc("2027-04-05T15:30:00Z"))), "2027-04-19T15:00:00Z");
  EXPECT_EQ(text(next_cutoff(CalendarRule{}, utc("2027-04-05T15:30:00Z"))), "never");
}

TEST(NextCutoff, AgreesWithTheListOfCutoffs) {
  CalendarRule rule = berlin();
  rule.every = 24h;
  for (int number = 0; number < 800; ++number) {
    const Instant at = cutoff(rule, number);
    ASSERT_EQ(next_cutoff(rule, at), at) << number;
    ASSERT_EQ(next_cutoff(rule, at + 1s), cutoff(rule, number + 1)) << number;
  }
}

TEST(PromotionWindow, WithoutRulesItIsAlwaysOpen) {
  const Window window = promotion_window(CalendarRule{}, utc("2026-12-05T03:00:00Z"));
  EXPECT_TRUE(window.open);
  EXPECT_EQ(window.why, "");
  EXPECT_EQ(text(window.closes), "never");
}

struct HoursCase {
  std::string name;
  const char* now;
  bool open;
  std::string turns;  // opens or closes
};

class Hours : public testing::TestWithParam<HoursCase> {};

TEST_P(Hours, FollowTheLocalClock) {
  CalendarRule rule = berlin();
  rule.rollout_hours = office_hours();
  const Window window = promotion_window(rule, utc(GetParam().now));
  EXPECT_EQ(window.open, GetParam().open);
  EXPECT_EQ(window.why, GetParam().open ? "" : "rollout hours");
  EXPECT_EQ(text(window.open ? window.closes : window.opens), GetParam().turns);
  EXPECT_FALSE(window.open ? window.opens : window.closes);
  EXPECT_TRUE(submission_window(rule, utc(GetParam().now)).open);
}

INSTANTIATE_TEST_SUITE_P(
    , Hours,
    testing::Values(HoursCase{"monday_before", "2026-11-30T07:59:59Z", false, "2026-11-30T08:00:00Z"},
                    HoursCase{"monday_at_nine", "2026-11-30T08:00:00Z", true, "2026-11-30T16:00:00Z"},
                    HoursCase{"monday_last_second", "2026-11-30T15:59:59Z", true, "2026-11-30T16:00:00Z"},
                    HoursCase{"monday_at_five", "2026-11-30T16:00:00Z", false, "2026-12-01T08:00:00Z"},
                    HoursCase{"thursday_evening", "2026-12-03T18:00:00Z", false, "2026-12-07T08:00:00Z"},
                    HoursCase{"over_the_spring_change", "2027-03-25T18:00:00Z", false, "2027-03-29T07:00:00Z"},
                    HoursCase{"over_the_autumn_change", "2026-10-22T18:00:00Z", false, "2026-10-26T08:00:00Z"}),
    [](const auto& row) { return row.param.name; });

TEST(PromotionWindow, IsShorterOnTheDayTheClockSkipsAnHourAndLongerInAutumn) {
  CalendarRule rule = berlin();
  rule.rollout_hours = RolloutHours{{Weekday::sun}, 60, 4 * 60};  // 01:00 to 04:00
  const Window spring = promotion_window(rule, utc("2027-03-28T00:00:00Z"));
  EXPECT_TRUE(spring.open);
  EXPECT_EQ(text(spring.closes), "2027-03-28T02:00:00Z");
  const Window autumn = promotion_window(rule, utc("2026-10-24T23:00:00Z"));
  EXPECT_TRUE(autumn.open);
  EXPECT_EQ(text(autumn.closes), "2026-10-25T03:00:00Z");
}

TEST(PromotionWindow, FollowsAnAmericanClockToo) {
  CalendarRule rule;
  rule.zone = *Zone::find("America/New_York");
  rule.rollout_hours = office_hours();
  EXPECT_EQ(text(promotion_window(rule, utc("2027-03-12T12:00:00Z")).opens), "2027-03-15T13:00:00Z");
  EXPECT_EQ(text(promotion_window(rule, utc("2026-10-30T12:00:00Z")).opens), "2026-11-02T14:00:00Z");
}

TEST(PromotionWindow, WholeDaysInARowCloseOnlyAfterTheLast) {
  CalendarRule rule = berlin();
  rule.rollout_hours = RolloutHours{{Weekday::mon, Weekday::tue}, 0, 24 * 60};
  EXPECT_EQ(text(promotion_window(rule, utc("2026-11-30T10:00:00Z")).closes), "2026-12-01T23:00:00Z");
  rule.rollout_hours->days.clear();
  EXPECT_EQ(text(promotion_window(rule, utc("2026-11-30T10:00:00Z")).closes), "never");
}

TEST(PromotionWindow, HoursThatHoldNoMinuteNeverOpen) {
  CalendarRule rule = berlin();
  rule.rollout_hours = RolloutHours{{}, 600, 600};
  const Window window = promotion_window(rule, utc("2026-11-30T10:00:00Z"));
  EXPECT_FALSE(window.open);
  EXPECT_EQ(text(window.opens), "never");
}

TEST(Freezes, CoverWholeLocalDaysBothIncluded) {
  CalendarRule rule = berlin();
  rule.freezes = {freeze("2026-12-18", "2027-01-04", "winter holidays")};
  EXPECT_EQ(freeze_at(rule, utc("2026-12-17T22:59:59Z")), nullptr);
  ASSERT_NE(freeze_at(rule, utc("2026-12-17T23:00:00Z")), nullptr);
  EXPECT_EQ(freeze_at(rule, utc("2026-12-17T23:00:00Z"))->reason, "winter holidays");
  EXPECT_NE(freeze_at(rule, utc("2027-01-04T22:59:59Z")), nullptr);
  EXPECT_EQ(freeze_at(rule, utc("2027-01-04T23:00:00Z")), nullptr);
}

TEST(Freezes, CloseBothWindowsAndTheHoursComeAfter) {
  CalendarRule rule = berlin();
  rule.rollout_hours = office_hours();
  rule.freezes = {freeze("2026-12-18", "2027-01-07", "winter holidays")};
  const Window promotion = promotion_window(rule, utc("2026-12-21T10:00:00Z"));
  EXPECT_EQ(promotion.why, "freeze: winter holidays");
  EXPECT_EQ(text(promotion.opens), "2027-01-11T08:00:00Z");  // the 8th is a Friday
  const Window submission = submission_window(rule, utc("2026-12-21T10:00:00Z"));
  EXPECT_EQ(submission.why, "freeze: winter holidays");
  EXPECT_EQ(text(submission.opens), "2027-01-07T23:00:00Z");
  EXPECT_EQ(text(submission_window(rule, utc("2026-12-17T10:00:00Z")).closes), "2026-12-17T23:00:00Z");
}

TEST(Freezes, OneAfterTheOtherIsOneLongWait) {
  CalendarRule rule = berlin();
  rule.freezes = {freeze("2026-12-27", "2027-01-04", ""), freeze("2026-12-18", "2026-12-26", "holidays")};
  EXPECT_EQ(text(submission_window(rule, utc("2026-12-20T10:00:00Z")).opens), "2027-01-04T23:00:00Z");
  EXPECT_EQ(submission_window(rule, utc("2026-12-28T10:00:00Z")).why, "freeze");
}

TEST(Freezes, ADayOfTheClockChangeHas23Or25Hours) {
  CalendarRule rule = berlin();
  rule.freezes = {freeze("2027-03-28", "2027-03-28", "spring"), freeze("2026-10-25", "2026-10-25", "autumn")};
  EXPECT_EQ(text(submission_window(rule, utc("2027-03-27T23:00:00Z")).opens), "2027-03-28T22:00:00Z");
  EXPECT_EQ(text(submission_window(rule, utc("2026-10-24T22:00:00Z")).opens), "2026-10-25T23:00:00Z");
  EXPECT_TRUE(submission_window(rule, utc("2026-10-24T21:59:59Z")).open);
}

TEST(Owner, TurnsAtTheSameLocalTimeEveryWeek) {
  const Zone zone = *Zone::find("Europe/Berlin");
  const Rotation rotation{{"ana", "ben"}, 7 * 24h, *parse_local_time("2027-03-22")};
  EXPECT_EQ(owner_at(rotation, zone, utc("2027-03-21T22:59:59Z")), std::nullopt);
  EXPECT_EQ(owner_at(rotation, zone, utc("2027-03-21T23:00:00Z")), "ana");
  EXPECT_EQ(owner_at(rotation, zone, utc("2027-03-28T21:59:59Z")), "ana");
  EXPECT_EQ(owner_at(rotation, zone, utc("2027-03-28T22:00:00Z")), "ben");
  EXPECT_EQ(owner_at(rotation, zone, utc("2027-04-04T22:00:00Z")), "ana");
}

TEST(Owner, ShiftsShorterThanADayTurnToo) {
  const Rotation rotation{{"ana", "ben", "cleo"}, 8h, *parse_local_time("2026-11-30")};
  EXPECT_EQ(owner_at(rotation, Zone(), utc("2026-11-30T07:59:59Z")), "ana");
  EXPECT_EQ(owner_at(rotation, Zone(), utc("2026-11-30T08:00:00Z")), "ben");
  EXPECT_EQ(owner_at(rotation, Zone(), utc("2026-12-01T16:00:00Z")), "cleo");
}

TEST(Owner, NobodyWithoutMembers) {
  EXPECT_EQ(owner_at(Rotation{}, Zone(), utc("2026-11-30T08:00:00Z")), std::nullopt);
}

}  // namespace
}  // namespace train::engine
