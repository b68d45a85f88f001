// The middle of the loop. Both functions are pure: they see values and answer with values, the time included.
#pragma once

#include <span>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/domain/observation.hpp"
#include "train/domain/plan.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

struct DecisionInput {
  const Definition& definition;
  const State& state;
  const Observation& observation;  // empty when deciding from the log alone
  const Evidence& evidence;        // empty when nothing was measured: gates then hold
  Instant now;
  std::span<const Step> set_aside;  // steps that failed in this run: not planned again in it
};

// What the observation and the evidence show that the log does not know yet, as events to append. Empty at rest.
// Appending them and asking again ends: a change that was detected is not detected twice.
std::vector<EventBody> detect_changes(const DecisionInput& input);

// The one next step of each app (and of the train itself), or what it waits for, each with its reasons.
// Level-triggered: what the state shows as done is not planned, whoever did it. `then` is left empty; see
// predict_steps.
Plan decide(const DecisionInput& input);

// The steps expected to follow `plan` in the same run, by imagining that each succeeds.
std::vector<Step> predict_steps(const DecisionInput& input, const Plan& plan);

// The items people can end, sorted, for the waiting_for_people event; nullopt when the log already has this set.
std::optional<event::WaitingForPeople> people_wanted(const State& state, const VersionName& version, const Plan& plan);

// What the gates of one app make of `measured`, with all bounds; empty before its first stage.
std::vector<GateEvidence> judge_app(const Definition& definition, const State& state, const MeasuredApp& measured,
                                    Instant now);

// The sign-offs that a newer candidate of `app` voids; none when it is the first.
std::vector<std::string> voided_sign_offs(const Definition& definition, const Release& release, const AppName& app);

// Why the train would switch this flag off again if it were not: a playbook that is not over. nullopt: it would not.
std::optional<Reason> kept_off(const Definition& definition, const State& state, const FlagName& flag);

// How long after a lost answer a store may still show what was asked; until then nothing is sent again.
inline constexpr Duration k_settle_window{60};
// How long a store's lists may be behind a call that it has answered with success: absence and lower percentages are no
// news until then, and the call is not sent a second time.
inline constexpr Duration k_lag_window{5 * 60};

}  // namespace train::engine
