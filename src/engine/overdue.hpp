// Waits that should have ended by themselves. Inside the engine.
#pragma once

#include "app_context.hpp"

namespace train::engine {

// A review longer than `max_review`, a store that processes or releases for more than a day, a step that is refused
// again and again: a person is called, with the age and what people did about it. A step that was refused often is not
// sent again at every look. `wanted` is the step that is due, also where the decision keeps it back for a while.
void call_for_overdue(const AppContext& context, const std::optional<Step>& wanted, Decision& out);

// "`submit` was refused 3 times since 2026-11-30T09:00:00Z: no notes. Give them in …"
std::string refusal_text(const Failing& failing);

// What people are told of such a wait, once: `item` names this wait and no other.
struct Escalation {
  std::string item;
  std::string what;
};
std::optional<Escalation> overdue_call(const AppContext& context);

}  // namespace train::engine
