// The parts of decide(), by where the app stands. Inside the engine.
#pragma once

#include <vector>

#include "case.hpp"

namespace train::engine {

// Trouble first: what a breach, a person's halt or rollback, drift or a failed look asks for. nullopt: there is none.
std::optional<Decision> decide_trouble(const Case& c);

// From the cutoff to the store's approval.
Decision decide_preparation(const Case& c);

// From the approval to 100 % and through the watch.
Decision decide_start(const Case& c);
Decision decide_rollout(const Case& c);

// Flags that a playbook switches off and that are not off yet; and the ones a flag's own signal switches off.
std::vector<Step> pending_flag_steps(const World& world);

// The train's own next step: flags, branch, build, tag, then one notification. nullopt: none.
std::optional<Step> decide_own_step(const World& world, bool stopping);

// Everything that keeps a promotion back, gates aside.
std::vector<Wait> promotion_blockers(const Case& c);
std::optional<Wait> hold_wait(const Case& c);

// A playbook as data: what each kind of trouble does, in this order.
enum class Play { switch_flags_off, halt_in_store, tell_people, release_standby };
std::vector<Play> playbook(std::string_view reaction);  // "investigate", "pause", "rollback", "switch_off", "halt"

bool is_watch_over(const Case& c);
bool is_set_aside(const World& world, const Step& step);

}  // namespace train::engine
