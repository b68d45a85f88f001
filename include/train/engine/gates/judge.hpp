// What gates make of their signals: pass, hold or breach, with the numbers behind it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/base/time.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/evidence.hpp"
#include "train/engine/gates/history.hpp"

namespace train::engine {

struct GateQuestion {
  const GateRule* rule = nullptr;          // neither may be null
  const SignalHistory* history = nullptr;  // up to now
  std::optional<Measurement> seen;         // nullopt: not asked
  std::optional<Measurement> live;
  int stage = 1;              // 1-based: the stage now served
  Duration baked{0};          // how long it has been served
  std::string changed_rules;  // why the rule in force is not the definition's; empty: it is
  bool settling = false;      // its flag was switched off and apps still hear of it: what is counted now tells nothing
  Instant now;
};

// All deciding gates of one app together, one answer for each question.
//
// What follows is Judging::second; docs/gates.md says what Judging::first does otherwise.
// Breach: the mean over the gates of alpha.halt * E reaches 1, E the halt evidence since the release began, restarts
// included; the gates that reach it alone are named, else the one that adds most. An alarm that is raised and a level
// with `for` breach by themselves, and are not in the mean. No bake and no minimum is needed.
// Pass: baked, enough exposures, and the evidence of this stage alone reaches 1/alpha.promote against the pass limit,
// and against the live version where that is asked. Only exposures count that are old enough for their events to be
// reported (GateRule::matures). Everything else holds, and `missing` says what for: data that is missing, stale, not
// finite, negative, shrinking without a word in the log, or with more events than exposures neither passes nor
// breaches. Evidence of harm of 10 or more, and fewer exposures than the stage should have brought, keep from passing
// only. A breach, and a hold with evidence of harm, say what they rest on: `stretches`, `decided_by`, `mean`.
std::vector<GateEvidence> judge(std::span<const GateQuestion> questions);

// Adds the anytime bounds at 95 %, for what is kept or shown. Those of the ratio are dear: a thousand times the
// verdict.
void add_bounds(const GateQuestion& question, GateEvidence& evidence);

// The evidence has reached 10 without being a breach: the owner hears of it.
bool warns(const GateEvidence& evidence);

// It holds, and only because too little was counted: the rates are those of a pass, and evidence of harm is below 10.
bool is_only_too_small(const GateQuestion& question, const GateEvidence& evidence);
// What somebody is told who may let such a stage pass: how little was counted, how bad it may be, what speaks for harm.
std::string too_small(const GateQuestion& question, const GateEvidence& evidence);

// It may object and is no part of the mean: an alarm, or a level with `for`.
bool is_objection_only(const GateRule& rule);

// Levels: the new count of samples in a row over `limit`. `previous_at` is the time of the sample that last raised the
// count; one closer than 15 minutes to it does not raise it again. What is not a measurement changes nothing.
int next_over(int previous, std::optional<Instant> previous_at, const Measurement& seen, double limit);
// Far enough from the last window to be as good as independent of it.
bool is_next_window(std::optional<Instant> previous_at, Instant as_of);

// breach > hold > pass. Advisory gates never decide. Without a gate that decides there is nothing to hold for, and the
// answer is pass: ask only where gates exist, a train without any is the ladder's business.
Verdict combine(std::span<const GateEvidence> gates);

}  // namespace train::engine
