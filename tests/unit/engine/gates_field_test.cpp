// Judging in the field (Judging::second): what reports that come late, testers, dark signals, counters that start
// again and users who are not independent may not do to a verdict.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "train/engine/gates/bounds.hpp"
#include "train/engine/gates/judge.hpp"

namespace train::engine {
namespace {

using namespace std::chrono_literals;

const Instant k_judged_at = *parse_rfc3339("2026-12-04T12:00:00Z");

// A question about a baked stage of a release that began three days ago, judged as releases are judged today.
struct FieldGate {
  GateRule rule;
  SignalHistory history;
  GateQuestion question;

  FieldGate(double events, double exposures, int stage = 1) {
    rule.gate.signal = "crashes";
    rule.gate.limit = 0.01;
    rule.exposure = Exposure::session;
    rule.bakes = {24h};
    rule.shares = {0.01};
    rule.judging = Judging::second;
    history.release_baseline = history.stage_baseline = Tally{};
    history.begun = {k_judged_at - 72h, "the release began"};
    see(events, exposures);
    question.stage = stage;
    question.baked = 24h;
    question.now = k_judged_at;
  }
  static Measurement counted(double events, double exposures) {
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.counts = {events, exposures};
    seen.as_of = k_judged_at - 60s;
    return seen;
  }
  void see(double events, double exposures) { question.seen = counted(events, exposures); }
  void compare(double events, double exposures) {
    rule.gate.regress = 0.2;
    question.live = counted(events, exposures);
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
  GateEvidence answer_as(Judging judging) {
    rule.judging = judging;
    return answer();
  }
};

TEST(FieldGates, MissingTelemetryKeepsFromPassingAndNeverFromHalting) {
  FieldGate bad(351, 468);
  bad.rule.per_day = 100000;
  bad.question.baked = 72h;
  EXPECT_EQ(bad.answer_as(Judging::first).verdict, Verdict::hold) << "as it was";
  EXPECT_EQ(bad.answer_as(Judging::second).verdict, Verdict::breach);
  FieldGate few(0, 468);
  few.rule.per_day = 100000;
  few.question.baked = 72h;
  const auto said = few.answer();
  EXPECT_EQ(said.verdict, Verdict::hold);
  EXPECT_EQ(said.missing,
            "telemetry is missing: 468 sessions in this stage, about 3,000 were expected; does the version start at "
            "all?");
}

TEST(FieldGates, NothingRisesWithEvidenceOfHarm) {
  FieldGate looks_bad(80, 5583, 2);
  EXPECT_EQ(looks_bad.answer_as(Judging::first).verdict, Verdict::pass) << "as it was";
  const auto said = looks_bad.answer_as(Judging::second);
  ASSERT_GE(said.ln_e, std::log(10.0));
  EXPECT_EQ(said.verdict, Verdict::hold);
  EXPECT_EQ(said.missing.substr(0, 17), "evidence of harm ");
}

TEST(FieldGates, ALiveVersionThatGoesDarkDoesNotMakeAHaltEasier) {
  FieldGate seen(24, 1000);
  seen.compare(900, 90000);
  seen.history.count({}, Tally{{90, 10000}, {}}, {});
  const auto lit = seen.answer();
  seen.question.live->state = Measurement::State::failed;
  const auto dark = seen.answer();
  EXPECT_EQ(dark.verdict, lit.verdict);
  EXPECT_LE(dark.ln_e, std::log(0.5) + std::max(dark.ln_e_halt, 0.0) + std::log(2.0));
  FieldGate alone(24, 1000);
  alone.rule.gate.regress = 0.2;
  const auto never = alone.answer();
  EXPECT_NEAR(std::exp(never.ln_e), 0.5 * std::exp(never.ln_e_halt) + 0.5, 1e-6) << "its half says nothing yet";
}

TEST(FieldGates, WhatWasComparedStaysComparedInTheDark) {
  FieldGate seen(60, 2000);
  seen.rule.gate.limit.reset();
  seen.rule.bakes = {0h};
  seen.compare(200, 20000);
  seen.history.count({}, Tally{}, {});
  seen.history.count({{60, 2000}, {}}, Tally{{200, 20000}, {}}, {});
  ASSERT_EQ(seen.answer().verdict, Verdict::breach);
  seen.question.live->state = Measurement::State::failed;
  EXPECT_EQ(seen.answer().verdict, Verdict::breach);
  EXPECT_EQ(seen.answer().decided_by, DecidedBy::ratio);
}

TEST(FieldGates, HaltEvidenceIsDividedByTheDesignEffectAndAPassIsNot) {
  FieldGate asked(24, 1000);
  const auto independent = asked.answer();
  asked.rule.design_effect = 3;
  const auto clustered = asked.answer();
  FieldGate third(8, 1000.0 / 3);
  EXPECT_NEAR(clustered.ln_e_halt, third.answer().ln_e_halt, 1e-9);
  EXPECT_LT(clustered.ln_e_halt, independent.ln_e_halt);
  EXPECT_DOUBLE_EQ(clustered.ln_e_promote, independent.ln_e_promote);
  FieldGate compared(60, 2000);
  compared.rule.gate.limit.reset();
  compared.rule.bakes = {0h};
  compared.compare(200, 20000);
  compared.history.count({}, Tally{}, {});
  const auto ratio = compared.answer().ratio.value();
  compared.rule.design_effect = 2;
  const auto divided = compared.answer().ratio.value();
  const Block half{{30, 1000}, {100, 10000}};
  EXPECT_NEAR(divided.ln_e_halt,
              ln_restarted(ln_ratio_evidence(Side::halt, std::span(&half, 1), 1.2), {}, {0.8, Fading::by_root}), 1e-9);
  EXPECT_DOUBLE_EQ(divided.ln_e_promote, ratio.ln_e_promote);
}

// Events of exposures that are a day old may still be unreported: only such exposures count that are older.
TEST(FieldGates, APassCountsExposuresThatAreOldEnough) {
  FieldGate asked(4, 3000);
  asked.rule.matures = 24h;
  asked.question.baked = 48h;
  asked.history.counted = {
      {k_judged_at - 48h, {}}, {k_judged_at - 27h, {{0, 900}, {}}}, {k_judged_at - 3h, {{3, 2800}, {}}}};
  const auto said = asked.answer();
  ASSERT_TRUE(said.mature);
  EXPECT_EQ(*said.mature, (Counts{4, 900}));
  EXPECT_DOUBLE_EQ(said.ln_e_promote, ln_evidence(Side::promote, Counting::proportion, {4, 900}, 0.03));
  EXPECT_DOUBLE_EQ(said.exposures, 3000) << "a halt counts everything";
  asked.history.counted = {{k_judged_at - 48h, {}}};
  EXPECT_EQ(asked.answer().missing, "needs 200 sessions in this stage that are 1d old, has 0");
}

// Until half of the time that reports may take, more of them come in than belong to the stage's exposures, or fewer.
TEST(FieldGates, APassAgainstTheLiveVersionLeavesOutTheStagesFirstStretches) {
  FieldGate asked(10, 3000);
  asked.rule.gate.limit.reset();
  asked.rule.matures = 24h;
  asked.question.baked = 72h;
  asked.compare(3000, 300000);
  asked.history.count({}, Tally{}, {k_judged_at - 72h, 1, 0h});
  asked.history.count({{2, 1000}, {}}, Tally{{1000, 100000}, {}}, {k_judged_at - 60h, 1, 12h});
  asked.history.count({{9, 2900}, {}}, Tally{{2900, 290000}, {}}, {k_judged_at - 1h, 1, 71h});
  const Block settled{{8, 2000}, {2000, 200000}};
  EXPECT_NEAR(asked.answer().ratio->ln_e_promote, ln_ratio_evidence(Side::promote, std::span(&settled, 1), 3), 1e-9);
}

// Five million a day: at noon more crash than at night, and a day's mean is within the limit.
TEST(FieldGates, AYoungStretchWithManyEventsIsHeldAgainstMoreThanTheLimit) {
  FieldGate asked(1150, 100000);
  asked.history.begun.at = k_judged_at - 6h;
  EXPECT_NE(asked.answer().verdict, Verdict::breach);
  asked.history.begun.at = k_judged_at - 30h;
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
  FieldGate bad(1400, 100000);
  bad.history.begun.at = k_judged_at - 6h;
  EXPECT_EQ(bad.answer().verdict, Verdict::breach);
  FieldGate few(40, 2000);
  few.history.begun.at = k_judged_at - 1h;
  EXPECT_DOUBLE_EQ(
      few.answer().ln_e_halt,
      ln_restarted(ln_evidence(Side::halt, Counting::proportion, {40, 2000}, 0.01, 0.5), {}, {0.8, Fading::by_root}));
}

TEST(FieldGates, TheMarginWidensAPassAndNeverAHalt) {
  FieldGate asked(20, 10000, 4);
  asked.rule.gate.limit.reset();
  asked.rule.bakes = {0h};
  asked.compare(2000, 1000000);
  asked.history.count({}, Tally{}, {});
  asked.history.count({{19, 9900}, {}}, Tally{{1990, 995000}, {}}, {});
  const auto without = asked.answer().ratio.value();
  EXPECT_DOUBLE_EQ(without.promote_limit, 1.2);
  asked.rule.gate.margin = 0.002;
  const auto with = asked.answer().ratio.value();
  EXPECT_GT(with.promote_limit, 2);
  EXPECT_LT(with.promote_limit, 2.2) << "by the highest rate that the live version may have";
  EXPECT_DOUBLE_EQ(with.limit, without.limit);
  EXPECT_DOUBLE_EQ(with.ln_e_halt, without.ln_e_halt);
  for (int look = 0; look < 200; ++look) {
    asked.history.count({{20.0 + look, 10000.0 + 100 * look}, {}},
                        Tally{{2000.0 + 20 * look, 1000000.0 + 10000 * look}, {}}, {});
    asked.see(20 + look, 10000 + 100 * look);
    asked.question.live = FieldGate::counted(2000 + 20 * look, 1000000 + 10000 * look);
    asked.answer();
  }
  EXPECT_LE(asked.history.promote_sums.size(), 8u);
}

// The first to update are not like everybody: a halt by comparison waits for the others, a pass takes all.
TEST(FieldGates, StretchesOfTheFirstToUpdateDoNotHalt) {
  FieldGate asked(60, 2000);
  asked.rule.gate.limit.reset();
  asked.compare(200, 20000);
  asked.history.count({}, Tally{}, {k_judged_at - 20h, 1, 0h});
  asked.history.count({{58, 1900}, {}}, Tally{{190, 19000}, {}}, {k_judged_at - 2h, 1, 18h});
  EXPECT_DOUBLE_EQ(asked.answer().ratio->ln_e_halt, 0);
  EXPECT_LT(asked.answer().ratio->ln_e_promote, -2) << "it has to prove itself with what they did";
  asked.history.block_times.back().from.into_stage = 25h;
  asked.history.halt_sums.clear();
  EXPECT_EQ(asked.answer().verdict, Verdict::breach);
}

struct Level {
  FieldGate gate{0, 0};
  Level() {
    gate.rule.kind = SignalKind::level;
    gate.rule.gate.limit = 90;
    gate.rule.unit = "%";
  }
  void sample(double value, Duration ago) {
    auto& history = gate.history;
    const bool moved = !history.sampled_at || history.value != value;
    history.value = value;
    history.sampled_at = k_judged_at - ago;
    history.sample({k_judged_at - ago, value}, moved, value > 90, std::nullopt);
    gate.question.seen->value = value;
  }
};

TEST(FieldLevels, AValueThatDoesNotMoveIsOneSample) {
  Level level;
  for (int i = 0; i < 40; ++i) level.sample(95, 40h - i * 1h);
  EXPECT_EQ(level.gate.answer().verdict, Verdict::hold);
  EXPECT_EQ(level.gate.answer_as(Judging::first).verdict, Verdict::breach) << "as it was";
  Level moving;
  for (int i = 0; i < 11; ++i) moving.sample(95 + i * 0.1, 40h - i * 1h);
  EXPECT_EQ(moving.gate.answer().verdict, Verdict::breach);
  EXPECT_EQ(moving.gate.answer().decided_by, DecidedBy::level);
}

TEST(FieldLevels, SoManySpikesBreachAtOnce) {
  Level level;
  level.gate.rule.gate.spikes = Spikes{1h, 2};
  level.sample(95, 3h);
  level.sample(40, 150min);
  level.sample(96, 135min);
  EXPECT_NE(level.gate.answer().verdict, Verdict::breach) << "too close to the first";
  level.sample(97, 1h);
  const auto said = level.gate.answer();
  EXPECT_EQ(said.verdict, Verdict::breach);
  EXPECT_EQ(said.decided_by, DecidedBy::spikes);
}

TEST(FieldRules, TheFirstWayOfJudgingIsWhatItWas) {
  FieldGate asked(30, 1000);
  const auto said = asked.answer_as(Judging::first);
  EXPECT_EQ(said.why, "30 of 1,000 sessions (3 %), limit 1 %");
  EXPECT_FALSE(said.decided_by);
  EXPECT_TRUE(said.stretches.empty());
  EXPECT_DOUBLE_EQ(said.threshold, 0);
  EXPECT_DOUBLE_EQ(said.ln_e_halt, ln_restarted(ln_evidence(Side::halt, Counting::proportion, {30, 1000}, 0.01), {}));
}

}  // namespace
}  // namespace train::engine
