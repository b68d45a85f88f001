// What a gate makes of a signal: pass, hold or breach, with the numbers behind it.
//
// Proportions are judged by the gamma-Poisson mixture with prior strength 1, a test that stays valid however often one
// looks: with `x` events where `t` are expected at the limit,
//   halt:    E_0 = 1/(1+t),  E_j = (1 + j E_{j-1})/(1+t);  the evidence against "within the limit" is E_x;
//   promote: (e^t x!/(1+t)^(1+x) - E_x/e) / (1 - 1/e),     the evidence against "at or above the limit".
// While the limit holds, the halt evidence ever reaches 1/alpha with probability alpha at most; the same on the other
// side. Levels (one number per sample) count samples in a row over their limit.
#pragma once

#include <optional>
#include <span>

#include "train/base/time.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/evidence.hpp"

namespace train::engine {

// Natural logs of the two evidences for `events` where `expected` (>= 0) would come at the limit. Events are rounded
// against the verdict: down for a halt, up for a promotion. Never below -ln(1 + expected), and -ln(1 + events) - 0.55.
double ln_e_halt(double events, double expected);
double ln_e_promote(double events, double expected);

// How many more exposures, at the present rate of events, until a promotion could be granted against `limit`.
// nullopt: not at this rate.
std::optional<double> exposures_needed(const Counts& seen, double limit, double alpha_promote);

struct GateQuestion {
  const Gate* gate = nullptr;  // neither may be null
  const Signal* signal = nullptr;
  std::optional<Measurement> seen;
  Counts release_baseline;  // the counts when the release began to be exposed
  Counts stage_baseline;    // the counts when the present stage began
  int stage = 1;            // 1-based: the stage now served
  int sharing = 1;          // how many gates share the halt budget
  Duration baked{0};        // how long the stage has been served
  Duration bake{0};         // how long it must be
  int over = 0;             // levels: samples in a row over the limit, the present one included
  Instant now;
};

// Breach: the halt evidence since the release began reaches `sharing / alpha_halt` and the rate is over the limit; it
// needs neither bake nor a minimum. Pass: baked, enough exposures, and the evidence of this stage alone reaches
// `1 / alpha_promote` against the stage's pass limit. Everything else holds, and `missing` says what for: data that is
// missing, stale, not finite, negative, shrinking, or with more events than exposures neither passes nor breaches.
GateEvidence judge(const GateQuestion& question);

// The evidence has reached 10 without being a breach: the owner hears of it.
bool warns(const GateEvidence& evidence);

// Levels: the new count of samples in a row over `limit`. `previous_at` is the time of the sample that last raised the
// count; one closer than 15 minutes to it does not raise it again. What is not a measurement changes nothing.
int next_over(int previous, std::optional<Instant> previous_at, const Measurement& seen, double limit);

// breach > hold > pass. Advisory gates never decide. Without a gate that decides there is nothing to hold for, and the
// answer is pass: ask only where gates exist, a train without any is the ladder's business.
Verdict combine(std::span<const GateEvidence> gates);

}  // namespace train::engine
