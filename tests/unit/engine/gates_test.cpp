#include "train/engine/gates.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <string>
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

Signal a_signal(SignalKind kind) {
  Signal signal;
  signal.name = "crashes";
  signal.kind = kind;
  return signal;
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
  Gate gate = a_gate();
  Signal signal = a_signal(SignalKind::proportion);
  GateQuestion question;

  explicit Asked(Measurement seen) {
    question.seen = std::move(seen);
    question.baked = 24h;
    question.bake = 24h;
    question.now = k_now;
  }
  GateEvidence answer() {
    question.gate = &gate;
    question.signal = &signal;
    return judge(question);
  }
};

// The recursion as it stands in the header, on doubles: the plain truth for small numbers.
double halt_by_recursion(int events, double expected) {
  double e = 1 / (1 + expected);
  for (int j = 1; j <= events; ++j) e = (1 + j * e) / (1 + expected);
  return std::log(e);
}

TEST(GateArithmetic, HaltIsTheRecursion) {
  for (const double expected : {0.0, 0.05, 0.9, 1.0, 4.1, 10.0, 60.0}) {
    for (int events = 0; events <= 80; ++events) {
      SCOPED_TRACE(std::to_string(events) + " events, expected " + std::to_string(expected));
      EXPECT_NEAR(ln_e_halt(events, expected), halt_by_recursion(events, expected), 1e-9);
    }
  }
}

TEST(GateArithmetic, PromoteIsItsClosedForm) {
  const double e = std::exp(1.0);
  for (const double expected : {0.5, 4.0, 10.0, 30.0}) {
    for (int events = 0; events <= 8; ++events) {
      const double whole = std::exp(expected) * std::tgamma(events + 1) / std::pow(1 + expected, 1 + events);
      const double closed = (whole - std::exp(halt_by_recursion(events, expected)) / e) / (1 - 1 / e);
      SCOPED_TRACE(std::to_string(events) + " events, expected " + std::to_string(expected));
      EXPECT_NEAR(ln_e_promote(events, expected), std::log(closed), 1e-6);
    }
  }
}

TEST(GateArithmetic, MoreEventsMeanMoreToHaltForAndLessToPass) {
  for (const double expected : {0.1, 3.0, 50.0, 1000.0}) {
    for (double events = 0; events < 3 * expected + 20; events += 1) {
      SCOPED_TRACE(std::to_string(events) + " events, expected " + std::to_string(expected));
      EXPECT_LT(ln_e_halt(events, expected), ln_e_halt(events + 1, expected));
      EXPECT_GT(ln_e_promote(events, expected), ln_e_promote(events + 1, expected));
    }
  }
}

TEST(GateArithmetic, StaysBoundedAndFiniteAtTheEdges) {
  for (const double expected : {0.0, 1e-9, 1.0, 5000.0, 1e6, 1e10}) {
    for (const double events : {0.0, 1.0, 5000.0, 1e6}) {
      SCOPED_TRACE(std::to_string(events) + " events, expected " + std::to_string(expected));
      EXPECT_GE(ln_e_halt(events, expected), -std::log1p(expected) - 1e-6);
      EXPECT_GE(ln_e_promote(events, expected), -std::log1p(events) - 0.55);
      EXPECT_TRUE(std::isfinite(ln_e_halt(events, expected)));
      EXPECT_TRUE(std::isfinite(ln_e_promote(events, expected)));
    }
  }
}

TEST(GateArithmetic, AMillionExposuresAreJudgedBothWays) {
  EXPECT_NEAR(ln_e_halt(10000, 10000), halt_by_recursion(10000, 10000), 1e-8);
  EXPECT_GT(ln_e_halt(10500, 10000), std::log(100.0));
  EXPECT_LT(ln_e_halt(10100, 10000), std::log(100.0));
  EXPECT_GT(ln_e_promote(9500, 10000), std::log(20.0));
  EXPECT_LT(ln_e_promote(9900, 10000), std::log(20.0));
}

TEST(GateArithmetic, FiveAffectedOfTenAreTheEarliestHalt) {
  EXPECT_LT(ln_e_halt(4, 0.001), std::log(100.0));
  EXPECT_GE(ln_e_halt(5, 0.1), std::log(100.0));
}

// 1,000 users a day at exactly the limit, looked at hourly for 14 days: at most alpha of the releases may halt.
TEST(GateArithmetic, AtTheLimitPeekingHourlyKeepsTheFalseAlarmRate) {
  constexpr int k_releases = 2000;
  constexpr double k_users_an_hour = 1000.0 / 24;
  std::mt19937_64 random(20261201);
  std::poisson_distribution<int> crashes(k_users_an_hour * 0.01);
  int halted = 0;
  for (int release = 0; release < k_releases; ++release) {
    int events = 0;
    for (int hour = 1; hour <= 14 * 24; ++hour) {
      events += crashes(random);
      if (ln_e_halt(events, hour * k_users_an_hour * 0.01) < std::log(100.0)) continue;
      ++halted;
      break;
    }
  }
  EXPECT_LE(halted, k_releases / 100);
  EXPECT_GT(halted, 0) << "a gate that never halts at the limit would never halt at all";
}

TEST(Gate, ABadReleaseBreachesBeforeItBakes) {
  Asked asked(counted(30, 1000));
  asked.question.baked = 1h;
  const GateEvidence evidence = asked.answer();
  EXPECT_EQ(evidence.verdict, Verdict::breach);
  EXPECT_EQ(evidence.why, "30 of 1,000 exposures (3 %), limit 1 %");
  EXPECT_EQ(evidence.missing, "");
  EXPECT_NEAR(evidence.ln_e_halt, 11.32348, 1e-4);
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
      asked.gate.limit = limit;
      SCOPED_TRACE(std::to_string(limit) + " of " + std::to_string(exposures));
      EXPECT_NE(asked.answer().verdict, Verdict::breach);
    }
  }
}

TEST(Gate, EvidenceForAHaltIsOfTheReleaseAndForAPassOfTheStage) {
  Asked asked(counted(130, 22000));
  asked.question.release_baseline = Counts{100, 20000};
  asked.question.stage_baseline = Counts{129, 21000};
  const GateEvidence evidence = asked.answer();
  EXPECT_DOUBLE_EQ(evidence.events, 30);
  EXPECT_DOUBLE_EQ(evidence.exposures, 2000);
  EXPECT_DOUBLE_EQ(evidence.stage_events, 1);
  EXPECT_DOUBLE_EQ(evidence.stage_exposures, 1000);
  EXPECT_DOUBLE_EQ(evidence.ln_e_halt, ln_e_halt(30, 20));
  EXPECT_DOUBLE_EQ(evidence.ln_e_promote, ln_e_promote(1, 30));
}

TEST(Gate, ThePassLimitTightensByStageAndTheLastRepeats) {
  for (const auto& [stage, wanted] :
       std::vector<std::pair<int, double>>{{1, 0.03}, {2, 0.02}, {3, 0.015}, {4, 0.012}, {9, 0.012}}) {
    Asked asked(counted(0, 1000));
    asked.question.stage = stage;
    EXPECT_DOUBLE_EQ(asked.answer().promote_limit, wanted) << "stage " << stage;
  }
}

TEST(Gate, SharingTheBudgetAsksForMoreEvidence) {
  Asked asked(counted(23, 1000));  // ln E is a little over ln 100
  ASSERT_EQ(asked.answer().verdict, Verdict::breach);
  asked.question.sharing = 6;
  const GateEvidence shared = asked.answer();
  EXPECT_EQ(shared.verdict, Verdict::hold);
  EXPECT_TRUE(warns(shared));
}

TEST(Gate, ACapOnEventsAUnitCountsThemOnlyThatMuch) {
  Asked asked(counted(30, 1000));
  ASSERT_EQ(asked.answer().verdict, Verdict::breach);
  asked.gate.max_per_unit = 10;
  EXPECT_EQ(asked.answer().verdict, Verdict::hold);
  asked.question.seen = counted(1500, 1000);  // more than one a unit is allowed then
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
}

TEST(Gate, OnlyWhatIsNotYetABreachWarns) {
  GateEvidence evidence;
  evidence.ln_e_halt = std::log(9.9);
  EXPECT_FALSE(warns(evidence));
  evidence.ln_e_halt = std::log(10.1);
  EXPECT_TRUE(warns(evidence));
  evidence.verdict = Verdict::breach;
  EXPECT_FALSE(warns(evidence));
}

TEST(LevelsOfAStage, ASampleOfTheEarlierOneDoesNotPass) {
  Asked asked(sampled(0.5, k_now - 25h));
  asked.signal = a_signal(SignalKind::level);
  asked.signal.fresh_within = 72h;
  asked.gate.limit = 1;
  EXPECT_EQ(asked.answer().verdict, Verdict::hold);
  EXPECT_EQ(asked.answer().missing, "the newest data ends 1h before this stage began");
  asked.question.seen->as_of = k_now - 23h;
  EXPECT_EQ(asked.answer().verdict, Verdict::pass);
}

TEST(Breaches, DataOfTheEarlierStageCounts) {
  Asked asked(counted(500, 3000));
  asked.signal.fresh_within = 72h;
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
        HoldCase{"older_than_the_gate_wants", [](Asked& a) { a.gate.fresh_within = 30s; },
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
                   a.question.stage_baseline = {0, 4000};
                 },
                 "counts fell: 5 of 3,000 now, 0 of 4,000 before"},
        HoldCase{"bakes", [](Asked& a) { a.question.baked = 21h; }, "bakes 3h more"},
        HoldCase{"data_of_the_earlier_stage",
                 [](Asked& a) {
                   a.signal.fresh_within = 72h;
                   a.question.seen->as_of = k_now - 25h;
                 },
                 "the newest data ends 1h before this stage began"},
        HoldCase{"few_exposures",
                 [](Asked& a) {
                   a.question.seen->counts = {0, 40};
                 },
                 "needs 200 exposures, has 40"},
        HoldCase{"bakes_and_few",
                 [](Asked& a) {
                   a.question.baked = 21h;
                   a.question.seen->counts = {0, 40};
                 },
                 "bakes 3h more; needs 200 exposures, has 40"},
        HoldCase{"too_bad_to_pass",
                 [](Asked& a) {
                   a.question.seen->counts = {13, 1000};
                   a.question.stage = 4;
                 },
                 "will not pass at this rate: 1.3 % in this stage, passes below 1.2 %"},
        HoldCase{"no_limit", [](Asked& a) { a.gate.limit.reset(); }, "regress is not yet active"},
        HoldCase{"limit_not_a_number", [](Asked& a) { a.gate.limit = k_nan; }, "the limit is not a number"},
        HoldCase{"limit_below_zero", [](Asked& a) { a.gate.limit = -0.01; }, "the limit is below zero"}),
    [](const auto& row) { return row.param.name; });

TEST(Gate, MissingExposuresAreNamedWithTheTimeTheyTake) {
  Asked asked(counted(5, 1000));
  asked.question.stage = 4;
  const GateEvidence evidence = asked.answer();
  EXPECT_EQ(evidence.verdict, Verdict::hold);
  EXPECT_EQ(evidence.missing, "needs about 700 more exposures, about 16h 43m at the present pace");
}

TEST(ExposuresNeeded, SoManyMoreAtThisRateWouldPass) {
  for (const Counts& seen : {Counts{0, 100}, Counts{5, 1000}, Counts{3, 500}, Counts{95, 12000}}) {
    SCOPED_TRACE(std::to_string(seen.events) + " of " + std::to_string(seen.exposures));
    const auto more = exposures_needed(seen, 0.01, 0.05);
    ASSERT_TRUE(more.has_value());
    const double rate = (seen.events + 0.5) / (seen.exposures + 1);
    const auto ln_e_after = [&](double m) { return ln_e_promote(seen.events + rate * m, (seen.exposures + m) * 0.01); };
    EXPECT_GE(ln_e_after(*more), std::log(20.0));
    for (double fewer = 0; fewer < *more; fewer += 1) ASSERT_LT(ln_e_after(fewer), std::log(20.0)) << fewer;
  }
}

TEST(ExposuresNeeded, NoneWhereItPassesAlreadyAndNeverWhereTheRateIsTooHigh) {
  EXPECT_EQ(exposures_needed({0, 1000}, 0.01, 0.05), 0);
  EXPECT_EQ(exposures_needed({12, 1000}, 0.01, 0.05), std::nullopt);
  EXPECT_EQ(exposures_needed({0, 0}, 0.01, 0.05), std::nullopt);
  EXPECT_EQ(exposures_needed({k_nan, 1000}, 0.01, 0.05), std::nullopt);
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
  asked.signal = a_signal(SignalKind::level);
  asked.signal.unit = "s";
  asked.gate.limit = 2;
  asked.gate.for_samples = 3;
  asked.question.over = GetParam().over;
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
  asked.signal = a_signal(SignalKind::level);
  asked.gate.limit = 2;
  asked.question.baked = 23h;
  EXPECT_EQ(asked.answer().missing, "bakes 1h more");
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
