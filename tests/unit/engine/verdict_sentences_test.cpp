// What people read of a verdict, word for word: each says by itself what was seen, since when, and what it means.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <tuple>

#include "train/engine/gates/judge.hpp"

namespace train::engine {
namespace {

using namespace std::chrono_literals;

const Instant k_read_at = *parse_rfc3339("2026-12-04T12:00:00Z");

// The fourth stage (50 %) of a release began two hours ago.
struct Told {
  GateRule rule;
  SignalHistory history;
  GateQuestion question;

  Told() {
    rule.gate.signal = "crashes";
    rule.gate.limit = 0.01;
    rule.exposure = Exposure::session;
    rule.bakes = {24h, 24h, 24h, 1h};
    rule.shares = {0.01, 0.05, 0.2, 0.5};
    rule.judging = Judging::second;
    history.release_baseline = Tally{};
    history.begun = {k_read_at - 74h, "the release began"};
    for (const auto& [ago, because, tally] :
         {std::tuple{50h, "5 % began", Tally{{2, 1000}, {}}}, std::tuple{26h, "20 % began", Tally{{10, 5000}, {}}},
          std::tuple{2h, "50 % began", Tally{{24, 14400}, {}}}})
      history.restart(tally, {k_read_at - ago, because});
    history.stage_counts({{24, 14400}, {}}, k_read_at - 2h);
    question.stage = 4;
    question.baked = 2h;
    question.now = k_read_at;
  }
  static Measurement counted(double events, double exposures) {
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.counts = {events, exposures};
    seen.as_of = k_read_at;
    return seen;
  }
  void see(double events, double exposures) { question.seen = counted(24 + events, 14400 + exposures); }
  void level(double limit) {
    rule.gate.signal = "memory";
    rule.kind = SignalKind::level;
    rule.gate.limit = limit;
    rule.unit = "%";
    rule.exposure.reset();
    question.seen = counted(0, 0);
    history.start_stage({k_read_at - 2h, 4, 0h}, "50 % began");
  }
  void sample(double value, Duration ago) {
    history.sample({k_read_at - ago, value}, true, value > *rule.gate.limit, std::nullopt);
    question.seen->value = value;
  }
  GateEvidence answer() {
    question.rule = &rule;
    question.history = &history;
    return judge(std::span(&question, 1)).front();
  }
};

TEST(VerdictSentences, Pass) {
  Told t;
  t.see(1, 4000);
  const auto said = t.answer();
  EXPECT_EQ(said.verdict, Verdict::pass);
  EXPECT_EQ(said.why, "25 of 18,400 sessions (0.136 %), limit 1 %");
  EXPECT_EQ(said.missing, "");
}

TEST(VerdictSentences, HoldWithHarm) {
  Told t;
  t.see(15, 400);
  const auto said = t.answer();
  EXPECT_EQ(said.verdict, Verdict::hold);
  EXPECT_EQ(said.why,
            "15 of 400 sessions since 4 Dec 10:00 UTC (50 % began, 2h ago): 3.75 %, at least 0.889 %; limit 1 %. Whole "
            "release: 39 of 14,800 (0.264 %). Evidence 31, breach at 100");
  EXPECT_EQ(said.missing,
            "evidence of harm 31, breach at 100: no rise before it is below 10; will not pass at this rate: 3.75 % in "
            "this stage, a pass here needs less than 1.2 %");
}

TEST(VerdictSentences, HoldForData) {
  Told t;
  t.see(1, 150);
  EXPECT_EQ(t.answer().missing, "needs 200 sessions in this stage, has 150");
  t.see(1, 400);
  EXPECT_EQ(t.answer().missing, "needs about 400 more sessions, about 1h 58m at the present pace");
}

TEST(VerdictSentences, BreachByAStretch) {
  Told t;
  t.see(16, 400);
  const auto said = t.answer();
  EXPECT_EQ(said.verdict, Verdict::breach);
  EXPECT_EQ(said.decided_by, DecidedBy::limit);
  EXPECT_EQ(
      said.why,
      "16 of 400 sessions since 4 Dec 10:00 UTC (50 % began, 2h ago): 4 %, at least 1.01 %; limit 1 %. Whole release: "
      "40 of 14,800 (0.27 %). Evidence 109, breach at 100");
  ASSERT_EQ(said.stretches.size(), 4u);
  EXPECT_EQ(said.stretches.front().because, "50 % began");
  EXPECT_GT(said.stretches.front().lower, 0.01) << "what decides is over the limit";
  EXPECT_NEAR(said.stretches.front().share, 1, 1e-3);
}

TEST(VerdictSentences, BreachByTheRatio) {
  Told t;
  t.rule.gate.regress = 0.2;
  t.rule.gate.limit = 0.05;
  t.rule.bakes = {0h};
  t.history = SignalHistory{};
  t.history.begun = {k_read_at - 74h, "the release began"};
  t.history.release_baseline = Tally{};
  t.history.count({}, Tally{}, {k_read_at - 74h, 1, 0h});
  t.history.count({{14, 12400}, {}}, Tally{{1000, 1000000}, {}}, {k_read_at - 2h, 3, 24h});
  t.history.restart(Tally{{14, 12400}, {}}, {k_read_at - 2h, "50 % began"});
  t.history.stage_counts({{14, 12400}, {}}, k_read_at - 2h);
  t.question.seen = Told::counted(38, 18400);
  t.question.live = Told::counted(1200, 1200000);
  const auto said = t.answer();
  EXPECT_EQ(said.verdict, Verdict::breach);
  EXPECT_EQ(said.decided_by, DecidedBy::ratio);
  EXPECT_EQ(
      said.why,
      "24 of 6,000 sessions since 4 Dec 10:00 UTC (50 % began, 2h ago): 4 times the live version's rate, at least "
      "1.35 times; limit 1.2 times. Whole release: 38 of 18,400 (0.207 %, 2.07 times the live version's). Evidence "
      "526, breach at 100");
}

TEST(VerdictSentences, BreachByALevel) {
  Told t;
  t.level(90);
  for (int i = 0; i < 12; ++i) t.sample(91 + 0.1 * i, 2h - i * 10min);
  const auto said = t.answer();
  EXPECT_EQ(said.decided_by, DecidedBy::level);
  EXPECT_EQ(said.why,
            "92.1 %; over the limit of 90 % in 12 of 12 samples since 1 Dec 10:00 UTC (the release began, 3d 2h ago). "
            "Evidence 567, breach at 100");
}

TEST(VerdictSentences, BreachBySpikes) {
  Told t;
  t.level(90);
  t.rule.gate.spikes = Spikes{1h, 2};
  t.sample(94, 90min);
  t.sample(96.5, 10min);
  const auto said = t.answer();
  EXPECT_EQ(said.decided_by, DecidedBy::spikes);
  EXPECT_EQ(said.why, "96.5 %; over the limit of 90 % in 2 samples of this stage, 1h apart or more; breach at 2");
}

TEST(VerdictSentences, Dark) {
  Told t;
  t.see(1, 4000);
  t.question.seen->state = Measurement::State::failed;
  t.question.seen->detail = "HTTP 503";
  EXPECT_EQ(t.answer().missing, "no data: the signal could not be read: HTTP 503");
}

TEST(VerdictSentences, ChangedRule) {
  Told t;
  t.see(1, 4000);
  t.question.changed_rules = "its rule was changed while the release is out (limit 0.01 -> 0.02)";
  EXPECT_EQ(t.answer().missing, "its rule was changed while the release is out (limit 0.01 -> 0.02)");
}

TEST(VerdictSentences, TooSmall) {
  Told t;
  t.see(1, 150);
  const auto said = t.answer();
  EXPECT_TRUE(is_only_too_small(t.question, said));
  EXPECT_EQ(
      too_small(t.question, said),
      "too small to tell: 1 of 150 sessions in this stage (0.667 %), the true rate may be up to 4.32 %; limit 1 %; "
      "nothing speaks for harm: evidence 0.1, breach at 100");
  t.see(15, 400);
  EXPECT_FALSE(is_only_too_small(t.question, t.answer())) << "with evidence of harm nobody is asked to let it pass";
}

}  // namespace
}  // namespace train::engine
