#include "train/engine/gates/judge.hpp"

#include "train/engine/gates/bounds.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace train::engine {
namespace {

using namespace std::chrono_literals;

const Instant k_now = *parse_rfc3339("2026-12-01T12:00:00Z");
const double k_nan = std::numeric_limits<double>::quiet_NaN();

Gate a_gate() {
  Gate gate;
  gate.signal = "crashes";
  gate.limit = 0.01;
  return gate;
}

Measurement counted(double events, double exposures) {
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.counts = Counts{events, exposures};
  seen.as_of = k_now - 60s;
  return seen;
}

Measurement sampled(double value, Instant as_of = k_now) {
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.value = value;
  seen.as_of = as_of;
  return seen;
}

// A question about the first stage, a day old and baked, whose counts begin at zero.
struct Asked {
  GateRule rule{a_gate(), SignalKind::proportion, "", 1h, std::nullopt, {24h}, {0.01}};
  SignalHistory history;
  GateQuestion question;

  explicit Asked(Measurement seen) {
    history.release_baseline = history.stage_baseline = Tally{};
    question.seen = std::move(seen);
    question.baked = 24h;
    question.now = k_now;
  }
  GateQuestion asked() {
    question.rule = &rule;
    question.history = &history;
    return question;
  }
  GateEvidence answer() {
    const GateQuestion one = asked();
    return judge(std::span(&one, 1)).front();
  }
};

TEST(Gate, ABadReleaseBreachesBeforeItBakes) {
  Asked asked(counted(30, 1000));
  asked.question.baked = 1h;
  const GateEvidence evidence = asked.answer();
  EXPECT_EQ(evidence.verdict, Verdict::breach);
  EXPECT_EQ(evidence.why, "30 of 1,000 exposures (3 %), limit 1 %");
  EXPECT_EQ(evidence.missing, "");
  EXPECT_DOUBLE_EQ(evidence.ln_e_halt,
                   ln_restarted(ln_evidence(Side::halt, Counting::proportion, {30, 1000}, 0.01), {}));
}

TEST(Gate, AGoodReleasePasses) {
  const GateEvidence evidence = Asked(counted(5, 3000)).answer();
  EXPECT_EQ(evidence.verdict, Verdict::pass);
  EXPECT_DOUBLE_EQ(evidence.promote_limit, 0.03);
  EXPECT_DOUBLE_EQ(evidence.stage_exposures, 3000);
  EXPECT_EQ(evidence.missing, "");
}

TEST(Gate, NoEventNeverBreaches) {
  for (const double limit : {0.0, 1e-6, 0.01, 0.2, 1.0}) {
    for (const double exposures : {0.0, 1.0, 5000.0, 1e6, 1e9}) {
      Asked asked(counted(0, exposures));
      asked.rule.gate.limit = limit;
      SCOPED_TRACE(std::to_string(limit) + " of " + std::to_string(exposures));
      EXPECT_NE(asked.answer().verdict, Verdict::breach);
    }
  }
}

TEST(Gate, EvidenceForAHaltIsOfTheReleaseAndForAPassOfTheStage) {
  Asked asked(counted(130, 22000));
  asked.history.release_baseline = Tally{{100, 20000}, {}};
  asked.history.stage_baseline = Tally{{129, 21000}, {}};
  const GateEvidence evidence = asked.answer();
  EXPECT_DOUBLE_EQ(evidence.events, 30);
  EXPECT_DOUBLE_EQ(evidence.exposures, 2000);
  EXPECT_DOUBLE_EQ(evidence.stage_events, 1);
  EXPECT_DOUBLE_EQ(evidence.stage_exposures, 1000);
  const double since_begin = ln_evidence(Side::halt, Counting::proportion, {30, 2000}, 0.01);
  EXPECT_DOUBLE_EQ(evidence.ln_e_halt, ln_restarted(since_begin, {}));
  EXPECT_DOUBLE_EQ(evidence.ln_e_promote, ln_evidence(Side::promote, Counting::proportion, {1, 1000}, 0.03));
}

TEST(Gate, ThePassLimitTightensByStageAndTheLastRepeats) {
  for (const auto& [stage, wanted] :
       std::vector<std::pair<int, double>>{{1, 0.03}, {2, 0.02}, {3, 0.015}, {4, 0.012}, {9, 0.012}}) {
    Asked asked(counted(0, 1000));
    asked.question.stage = stage;
    EXPECT_DOUBLE_EQ(asked.answer().promote_limit, wanted) << "stage " << stage;
  }
}

// Six gates, five of them healthy: the one bad gate needs six times the evidence it would need alone.
TEST(Gate, SharingTheBudgetAsksForMoreEvidence) {
  Asked bad(counted(25, 1000));
  ASSERT_EQ(bad.answer().verdict, Verdict::breach);
  const Asked healthy(counted(5, 3000));
  std::vector<Asked> others(5, healthy);
  std::vector<GateQuestion> questions{bad.asked()};
  for (Asked& other : others) questions.push_back(other.asked());
  const auto shared = judge(questions);
  EXPECT_EQ(shared[0].verdict, Verdict::hold);
  EXPECT_TRUE(warns(shared[0]));
  EXPECT_EQ(shared[1].verdict, Verdict::pass);
}

TEST(Gate, ACapOnEventsAUnitCountsThemOnlyThatMuch) {
  Asked asked(counted(30, 1000));
  ASSERT_EQ(asked.answer().verdict, Verdict::breach);
  asked.rule.gate.max_per_unit = 10;
  EXPECT_EQ(asked.answer().verdict, Verdict::hold);
  asked.question.seen = counted(1500, 1000);  // more than one a unit is allowed then
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
}

TEST(Gate, OnlyWhatIsNotYetABreachWarns) {
  GateEvidence evidence;
  evidence.ln_e = std::log(9.9);
  EXPECT_FALSE(warns(evidence));
  evidence.ln_e = std::log(10.1);
  EXPECT_TRUE(warns(evidence));
  evidence.verdict = Verdict::breach;
  EXPECT_FALSE(warns(evidence));
}

TEST(LevelsOfAStage, ASampleOfTheEarlierOneDoesNotPass) {
  Asked asked(sampled(0.5, k_now - 25h));
  asked.rule.kind = SignalKind::level;
  asked.rule.fresh_within = 72h;
  asked.rule.gate.limit = 1;
  asked.rule.gate.for_samples = 3;
  EXPECT_EQ(asked.answer().verdict, Verdict::hold);
  EXPECT_EQ(asked.answer().missing, "the newest data ends 1h before this stage began");
  asked.question.seen->as_of = k_now - 23h;
  EXPECT_EQ(asked.answer().verdict, Verdict::pass);
}

TEST(Breaches, DataOfTheEarlierStageCounts) {
  Asked asked(counted(500, 3000));
  asked.rule.fresh_within = 72h;
  asked.question.seen->as_of = k_now - 25h;
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
}

struct HoldCase {
  std::string name;
  void (*change)(Asked&);
  std::string missing;
};

class Holds : public testing::TestWithParam<HoldCase> {};

TEST_P(Holds, SaysWhatIsMissing) {
  Asked asked(counted(5, 3000));
  ASSERT_EQ(asked.answer().verdict, Verdict::pass);
  GetParam().change(asked);
  const GateEvidence evidence = asked.answer();
  EXPECT_EQ(evidence.verdict, Verdict::hold);
  EXPECT_EQ(evidence.missing, GetParam().missing);
}

void set_state(Asked& asked, Measurement::State state, std::string detail) {
  asked.question.seen->state = state;
  asked.question.seen->detail = std::move(detail);
}

INSTANTIATE_TEST_SUITE_P(
    , Holds,
    testing::Values(
        HoldCase{"never_read", [](Asked& a) { a.question.seen.reset(); }, "no data: the signal has not been read"},
        HoldCase{"no_data", [](Asked& a) { set_state(a, Measurement::State::no_data, "no series"); },
                 "no data: no series"},
        HoldCase{"stale_says_the_source", [](Asked& a) { set_state(a, Measurement::State::stale, "9h old"); },
                 "stale: 9h old"},
        HoldCase{"failed", [](Asked& a) { set_state(a, Measurement::State::failed, "HTTP 503"); },
                 "no data: the signal could not be read: HTTP 503"},
        HoldCase{"detail_is_made_printable", [](Asked& a) { set_state(a, Measurement::State::no_data, "a\x1b[2Jb"); },
                 "no data: a\\u{1b}[2Jb"},
        HoldCase{"old_sample", [](Asked& a) { a.question.seen->as_of = k_now - 2h; },
                 "stale: the newest sample is 2h old, wants 1h"},
        HoldCase{"older_than_the_gate_wants", [](Asked& a) { a.rule.gate.fresh_within = 30s; },
                 "stale: the newest sample is 1m old, wants 30s"},
        HoldCase{"sample_from_the_future", [](Asked& a) { a.question.seen->as_of = k_now + 1h; },
                 "no data: the newest sample is in the future; compare the clocks"},
        HoldCase{"nan_events", [](Asked& a) { a.question.seen->counts.events = k_nan; },
                 "no data: the counts are not plausible numbers"},
        HoldCase{"infinite_exposures",
                 [](Asked& a) { a.question.seen->counts.exposures = std::numeric_limits<double>::infinity(); },
                 "no data: the counts are not plausible numbers"},
        HoldCase{"negative_events", [](Asked& a) { a.question.seen->counts.events = -1; },
                 "no data: the counts are not plausible numbers"},
        HoldCase{"more_events_than_exposures",
                 [](Asked& a) {
                   a.question.seen->counts = {600, 500};
                 },
                 "no data: more events than exposures (600 of 500)"},
        HoldCase{"counts_fell",
                 [](Asked& a) {
                   a.history.stage_baseline = Tally{{0, 4000}, {}};
                 },
                 "counts fell: 5 of 3,000 now, 0 of 4,000 before"},
        HoldCase{"nothing_exposed",
                 [](Asked& a) {
                   a.question.seen->counts = {0, 0};
                 },
                 "no data: nothing has been exposed yet, by this signal's own count"},
        HoldCase{"counts_fell_since_a_restart",
                 [](Asked& a) {
                   a.history.restarts = {Tally{{5, 3100}, {}}};
                 },
                 "counts fell: 5 of 3,000 now, 5 of 3,100 before"},
        HoldCase{"telemetry_is_missing",
                 [](Asked& a) {
                   a.rule.per_day = 2'000'000;
                   a.question.seen->counts = {0, 3000};
                 },
                 "telemetry is missing: 3,000 exposures in this stage, about 20,000 were expected; does the version "
                 "start at all?"},
        HoldCase{"crash_loops",
                 [](Asked& a) {
                   a.rule.gate.max_per_unit = 2;
                   a.question.seen->counts = {7000, 3000};
                 },
                 "no data: more events than exposures (7,000 of 3,000)"},
        HoldCase{"no_counts_when_the_stage_began", [](Asked& a) { a.history.stage_baseline.reset(); },
                 "needs 200 exposures in this stage, has 0"},
        HoldCase{"live_not_measured", [](Asked& a) { a.rule.gate.regress = 0.2; },
                 "the live version has not been measured"},
        HoldCase{"live_is_stale",
                 [](Asked& a) {
                   a.rule.gate.regress = 0.2;
                   a.question.live = counted(400, 90000);
                   a.question.live->as_of = k_now - 2h;
                 },
                 "the live version: stale: the newest sample is 2h old, wants 1h"},
        HoldCase{"live_fell",
                 [](Asked& a) {
                   a.rule.gate.regress = 0.2;
                   a.question.live = counted(400, 90000);
                   a.history.live_at = Tally{{400, 99000}, {}};
                   a.history.ours_at = Tally{};
                 },
                 "the live version: counts fell: 400 of 90,000 now, 400 of 99,000 before"},
        HoldCase{"rule_was_changed", [](Asked& a) { a.question.changed_rules = "its rule was changed"; },
                 "its rule was changed"},
        HoldCase{"bakes", [](Asked& a) { a.question.baked = 21h; }, "bakes 3h more"},
        HoldCase{"data_of_the_earlier_stage",
                 [](Asked& a) {
                   a.rule.fresh_within = 72h;
                   a.question.seen->as_of = k_now - 25h;
                 },
                 "the newest data ends 1h before this stage began"},
        HoldCase{"few_exposures",
                 [](Asked& a) {
                   a.question.seen->counts = {0, 40};
                 },
                 "needs 200 exposures in this stage, has 40"},
        HoldCase{"bakes_and_few",
                 [](Asked& a) {
                   a.question.baked = 21h;
                   a.question.seen->counts = {0, 40};
                 },
                 "bakes 3h more; needs 200 exposures in this stage, has 40"},
        HoldCase{"too_bad_to_pass",
                 [](Asked& a) {
                   a.question.seen->counts = {13, 1000};
                   a.question.stage = 4;
                 },
                 "will not pass at this rate: 1.3 % in this stage, a pass here needs less than 1.2 %"},
        HoldCase{"limit_not_a_number", [](Asked& a) { a.rule.gate.limit = k_nan; }, "the limit is not a number"},
        HoldCase{"limit_below_zero", [](Asked& a) { a.rule.gate.limit = -0.01; }, "the limit is below zero"}),
    [](const auto& row) { return row.param.name; });

TEST(Gate, MissingExposuresAreNamedWithTheTimeTheyTake) {
  Asked asked(counted(5, 1000));
  asked.question.stage = 4;
  const GateEvidence evidence = asked.answer();
  EXPECT_EQ(evidence.verdict, Verdict::hold);
  EXPECT_EQ(evidence.missing, "needs about 610 more exposures, about 14h 26m at the present pace");
}

TEST(ExposuresNeeded, SoManyMoreAtThisRateWouldPass) {
  for (const Counts& seen : {Counts{0, 100}, Counts{5, 1000}, Counts{3, 500}, Counts{95, 12000}}) {
    SCOPED_TRACE(std::to_string(seen.events) + " of " + std::to_string(seen.exposures));
    const auto more = exposures_needed(Counting::proportion, seen, 0.01, 0.05);
    ASSERT_TRUE(more.has_value());
    const double rate = (seen.events + 0.5) / (seen.exposures + 1);
    const auto ln_e_after = [&](double m) {
      return ln_evidence(Side::promote, Counting::proportion, {seen.events + rate * m, seen.exposures + m}, 0.01);
    };
    EXPECT_GE(ln_e_after(*more), std::log(20.0));
    for (double fewer = 0; fewer < *more; fewer += 1) ASSERT_LT(ln_e_after(fewer), std::log(20.0)) << fewer;
  }
}

TEST(ExposuresNeeded, NoneWhereItPassesAlreadyAndNeverWhereTheRateIsTooHigh) {
  EXPECT_EQ(exposures_needed(Counting::proportion, {0, 1000}, 0.01, 0.05), 0);
  EXPECT_EQ(exposures_needed(Counting::proportion, {12, 1000}, 0.01, 0.05), std::nullopt);
  EXPECT_EQ(exposures_needed(Counting::proportion, {0, 0}, 0.01, 0.05), std::nullopt);
}

struct LevelCase {
  std::string name;
  double value = 0;
  int over = 0;
  Verdict verdict = Verdict::hold;
  std::string why;
  std::string missing;
};

class Levels : public testing::TestWithParam<LevelCase> {};

TEST_P(Levels, AreJudgedBySamplesInARow) {
  Asked asked(sampled(GetParam().value));
  asked.rule.kind = SignalKind::level;
  asked.rule.unit = "s";
  asked.rule.gate.limit = 2;
  asked.rule.gate.for_samples = 3;
  asked.history.over = GetParam().over;
  const GateEvidence evidence = asked.answer();
  EXPECT_EQ(evidence.verdict, GetParam().verdict);
  EXPECT_EQ(evidence.why, GetParam().why);
  EXPECT_EQ(evidence.missing, GetParam().missing);
  EXPECT_FALSE(warns(evidence));
}

INSTANTIATE_TEST_SUITE_P(
    , Levels,
    testing::Values(LevelCase{"within", 0.8, 0, Verdict::pass, "0.8 s, limit 2 s", ""},
                    LevelCase{"on_the_limit", 2, 0, Verdict::pass, "2 s, limit 2 s", ""},
                    LevelCase{"over_once", 2.5, 1, Verdict::hold,
                              "2.5 s, limit 2 s, over it in 1 of 3 samples in a row", "a sample within the limit"},
                    LevelCase{"over_often_enough", 2.5, 3, Verdict::breach,
                              "2.5 s, limit 2 s, over it in 3 of 3 samples in a row", ""},
                    LevelCase{"over_ever_since", 2.5, 40, Verdict::breach,
                              "2.5 s, limit 2 s, over it in 3 of 3 samples in a row", ""},
                    LevelCase{"not_a_number", k_nan, 3, Verdict::hold, "", "no data: the value is not a number"}),
    [](const auto& row) { return row.param.name; });

TEST(Level, HoldsUntilItHasBaked) {
  Asked asked(sampled(0.8));
  asked.rule.kind = SignalKind::level;
  asked.rule.gate.limit = 2;
  asked.rule.gate.for_samples = 3;
  asked.question.baked = 23h;
  EXPECT_EQ(asked.answer().missing, "bakes 1h more");
}

// Eleven windows over the line in a row are proof at 1 in 100; below it, seven let it pass at 1 in 20.
TEST(Level, WithoutForIsJudgedByTheSignsOfItsWindows) {
  Asked asked(sampled(2.5));
  asked.rule.kind = SignalKind::level;
  asked.rule.gate.limit = 2;
  for (const auto& [over, all, wanted] : std::vector<std::tuple<double, double, Verdict>>{{10, 10, Verdict::hold},
                                                                                          {11, 11, Verdict::breach},
                                                                                          {0, 6, Verdict::hold},
                                                                                          {0, 7, Verdict::pass},
                                                                                          {3, 20, Verdict::pass},
                                                                                          {10, 20, Verdict::hold}}) {
    asked.history.over_limit.now = {over, all};
    EXPECT_EQ(asked.answer().verdict, wanted) << over << " of " << all;
  }
}

TEST(Level, ALevelThatIsOnlyOftenOverItsLimitSaysSo) {
  Asked asked(sampled(0.8));
  asked.rule.kind = SignalKind::level;
  asked.rule.gate.limit = 2;
  asked.history.over_limit.now = {11, 20};
  EXPECT_EQ(asked.answer().missing, "will not pass: 11 of 20 samples of this stage are over the limit");
  asked.history.over_limit.now = {0, 0};
  EXPECT_EQ(asked.answer().missing, "has no sample of this stage yet");
}

TEST(Level, ComparesWithTheLiveVersionWindowByWindow) {
  Asked asked(sampled(2.5));
  asked.rule.kind = SignalKind::level;
  asked.rule.gate.limit.reset();
  asked.rule.gate.regress = 0.2;
  asked.question.live = sampled(2.0);
  asked.history.over_live.now = {0, 12};
  EXPECT_EQ(asked.answer().verdict, Verdict::pass);
  asked.history.over_live.now = {12, 12};
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
  asked.question.live.reset();
  asked.history.over_live.now = {0, 12};
  EXPECT_EQ(asked.answer().missing, "the live version has not been measured");
}

TEST(Alarm, ObjectsAndProvesNothing) {
  Asked asked(sampled(0));
  asked.rule.kind = SignalKind::alarm;
  asked.rule.gate.limit.reset();
  EXPECT_EQ(asked.answer().verdict, Verdict::pass);
  asked.question.seen->raised = true;
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
  asked.question.seen->state = Measurement::State::no_data;
  asked.question.seen->detail = "the alarm says INSUFFICIENT_DATA";
  EXPECT_EQ(asked.answer().missing, "no data: the alarm says INSUFFICIENT_DATA");
}

// Two hours, 1 % of the audience: what the live version has brought meanwhile is the measure.
SignalHistory against_live(double events, double exposures, double live_events, double live_exposures) {
  SignalHistory history;
  history.release_baseline = history.stage_baseline = Tally{};
  history.count({}, Tally{});
  history.count({{events, exposures}, {}}, Tally{{live_events, live_exposures}, {}});
  return history;
}

Asked compared(double events, double exposures) {
  Asked asked(counted(events, exposures));
  asked.rule.gate.limit.reset();
  asked.rule.gate.regress = 0.2;
  asked.question.live = counted(495, 99000);
  asked.history = against_live(events, exposures, 495, 99000);
  return asked;
}

TEST(Ratio, AVersionMuchWorseThanTheLiveOneBreaches) {
  const GateEvidence evidence = compared(25, 1000).answer();
  EXPECT_EQ(evidence.verdict, Verdict::breach);
  EXPECT_EQ(evidence.why, "25 of 1,000 exposures (2.5 %); 5 times the live version's, limit 1.2 times");
  ASSERT_TRUE(evidence.ratio);
  EXPECT_DOUBLE_EQ(evidence.ratio->promote_limit, 3);
}

TEST(Ratio, OneThatIsNoWorsePassesOnceItIsProven) {
  EXPECT_EQ(compared(1, 1000).answer().verdict, Verdict::pass);
  EXPECT_EQ(compared(4, 400).answer().missing, "does not yet prove that it is below 3 times the live version's");
  Asked few = compared(2, 100);
  few.rule.gate.min_exposures = 0;
  few.rule.shares.clear();
  EXPECT_EQ(few.answer().missing,
            "will not pass at this rate: 4 times the live version's, a pass here needs less than 3 times");
}

TEST(Ratio, WhatAPersonOverrodeIsNotJudgedAgain) {
  Asked asked = compared(25, 1000);
  ASSERT_EQ(asked.answer().verdict, Verdict::breach);
  asked.history.count({{0, 0}, {}}, Tally{});  // a stretch that began before
  asked.history.forget({{25, 1000}, {}}, Tally{{495, 99000}, {}});
  EXPECT_NE(asked.answer().verdict, Verdict::breach);
  asked.question.seen = counted(50, 2000);
  asked.question.live = counted(990, 198000);
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
}

TEST(Ratio, BothLimitsMustPassAndEitherBreaches) {
  Asked asked = compared(1, 1000);
  asked.rule.gate.limit = 0.01;
  EXPECT_EQ(asked.answer().verdict, Verdict::pass);
  asked.rule.gate.limit = 0.0001;
  EXPECT_EQ(asked.answer().verdict, Verdict::hold);
  Asked worse = compared(25, 1000);
  worse.rule.gate.limit = 0.2;
  EXPECT_EQ(worse.answer().verdict, Verdict::breach);
}

// Five healthy days, then 3 %: judged from the beginning it would take days, from the last restart it takes hours.
TEST(Restarts, ForgetAHealthyPast) {
  Asked asked(counted(75 + 12, 25400));
  asked.history.restarts = {Tally{{15, 5000}, {}}, Tally{{30, 10000}, {}}, Tally{{45, 15000}, {}},
                            Tally{{60, 20000}, {}}, Tally{{75, 25000}, {}}};
  EXPECT_NE(asked.answer().verdict, Verdict::breach);
  asked.question.seen = counted(75 + 24, 25800);
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
  asked.history.restarts.clear();
  EXPECT_NE(asked.answer().verdict, Verdict::breach);
}

// The truth may lie anywhere between: a halt takes the best of it, a promotion the worst.
TEST(Spread, TheWorstEndCountsInEachDirection) {
  Asked asked(counted(10, 2000));
  ASSERT_EQ(asked.answer().verdict, Verdict::pass);
  asked.question.seen->between = CountSpan{{0, 1500}, {60, 2500}};
  EXPECT_EQ(asked.answer().verdict, Verdict::hold);
  asked.question.seen->between = CountSpan{{80, 1500}, {120, 2500}};
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
}

TEST(Mean, SeveralSlightlyBadGatesBreachTogetherAndTheWorstIsNamed) {
  std::vector<Asked> gates(3, Asked(counted(24, 1000)));
  gates[1].question.seen = counted(25, 1000);
  std::vector<GateQuestion> questions;
  for (Asked& gate : gates) questions.push_back(gate.asked());
  const auto judged = judge(questions);
  EXPECT_EQ(judged[0].verdict, Verdict::hold);
  EXPECT_EQ(judged[1].verdict, Verdict::breach);
  EXPECT_EQ(judged[2].verdict, Verdict::hold);
}

TEST(Mean, GatesThatAreDarkCountForNothing) {
  std::vector<Asked> gates(2, Asked(counted(26, 1000)));
  gates[1].question.seen.reset();
  std::vector<GateQuestion> questions;
  for (Asked& gate : gates) questions.push_back(gate.asked());
  EXPECT_EQ(judge(questions)[0].verdict, Verdict::breach);
}

struct OverCase {
  std::string name;
  int previous = 0;
  std::optional<Instant> previous_at;
  Measurement seen;
  int wanted = 0;
};

class NextOver : public testing::TestWithParam<OverCase> {};

TEST_P(NextOver, CountsSamplesInARow) {
  const OverCase& row = GetParam();
  EXPECT_EQ(next_over(row.previous, row.previous_at, row.seen, 2), row.wanted);
}

INSTANTIATE_TEST_SUITE_P(, NextOver,
                         testing::Values(OverCase{"the_first", 0, {}, sampled(3), 1},
                                         OverCase{"a_quarter_later", 1, k_now - 15min, sampled(3), 2},
                                         OverCase{"too_soon", 1, k_now - 14min, sampled(3), 1},
                                         OverCase{"the_same_sample", 1, k_now, sampled(3), 1},
                                         OverCase{"an_older_sample", 2, k_now + 1h, sampled(1), 2},
                                         OverCase{"back_within_the_limit", 2, k_now - 1min, sampled(2), 0},
                                         OverCase{"over_again_right_after", 0, k_now - 1min, sampled(3), 1},
                                         OverCase{"not_a_number", 2, k_now - 1h, sampled(k_nan), 2},
                                         OverCase{"no_data", 2, k_now - 1h, Measurement{}, 2}),
                         [](const auto& row) { return row.param.name; });

TEST(Combine, BreachBeatsHoldBeatsPassAndAdvisoryGatesNeverDecide) {
  const auto gate = [](Verdict verdict, bool advisory = false) {
    GateEvidence evidence;
    evidence.verdict = verdict;
    evidence.advisory = advisory;
    return evidence;
  };
  using Gates = std::vector<GateEvidence>;
  EXPECT_EQ(combine(Gates{gate(Verdict::pass), gate(Verdict::pass)}), Verdict::pass);
  EXPECT_EQ(combine(Gates{gate(Verdict::pass), gate(Verdict::hold)}), Verdict::hold);
  EXPECT_EQ(combine(Gates{gate(Verdict::breach), gate(Verdict::hold), gate(Verdict::pass)}), Verdict::breach);
  EXPECT_EQ(combine(Gates{gate(Verdict::pass), gate(Verdict::breach, true), gate(Verdict::hold, true)}), Verdict::pass);
  EXPECT_EQ(combine(Gates{}), Verdict::pass);
}

}  // namespace
}  // namespace train::engine
