// The parts of decide(), by where the app stands. Inside the engine.
#pragma once

#include <vector>

#include "app_context.hpp"

namespace train::engine {

// Trouble first: what a breach, a person's halt or rollback, drift or a failed look asks for. nullopt: there is none.
std::optional<Decision> decide_trouble(const AppContext& context);

// From the cutoff to the store's approval.
Decision decide_preparation(const AppContext& context);

// The store would release it without the train: once it is taken back, then a person is asked. nullopt: it would not.
std::optional<Decision> decide_retake(const AppContext& context);

// From the approval to 100 % and through the watch.
Decision decide_start(const AppContext& context);
Decision decide_rollout(const AppContext& context);

// The store has an older build than the candidate in review, or approved: it is taken back where it is ours to take.
// nullopt: it has not.
std::optional<Decision> decide_outdated(const AppContext& context);
// A version record is to be made for this release: under a number that rises, and in the one place there is.
Decision decide_record(const AppContext& context);
// The store would refuse the version or the build for its form, or because it does not rise above what is live.
// nullopt: it takes them, or has them already.
std::optional<Wait> number_wait(const AppContext& context);
// Announces the pause days of an App Store phase, from the twentieth on, whatever else is decided.
void warn_of_pause_days(const AppContext& context, Decision& out);

// Flags that a playbook switches off and that are not off yet; and the ones a flag's own signal switches off.
std::vector<Step> pending_flag_steps(const DecisionInput& input);

// The train's own next step: flags, branch, build, tag; once none of them is due, the next message of each channel.
std::vector<Step> decide_own_steps(const DecisionInput& input, bool stopping);

// Everything that keeps a promotion back, gates aside.
std::vector<Wait> promotion_blockers(const AppContext& context);
std::optional<Wait> persons_hold(const AppContext& context);  // ordered by `hold`
std::optional<Wait> hold_wait(const AppContext& context);     // that, or a hotfix that goes first

// A playbook as data: what each kind of trouble does, in this order.
enum class PlaybookStep { switch_flags_off, halt_in_store, notify_people, release_standby, remove_from_sale };
std::vector<PlaybookStep> playbook(Reaction reaction);

// What keeps a release's branch or tag from being made, for as long as nobody has the release.
std::vector<Wait> decide_own_waits(const DecisionInput& input);

bool is_watch_over(const AppContext& context);
bool is_set_aside(const DecisionInput& input, const Step& step);

}  // namespace train::engine
