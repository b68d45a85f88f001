// `approve` and `waive`: an item that a wait shows is signed off, or passes without its sign-off for a reason.
#pragma once

#include "train/orders/order.hpp"

namespace train::orders {

struct SignOffOrder {
  std::string item;  // as a wait shows it in backticks: "submission:qa", "android:gate:crashes"
  event::SignedOff::How how = event::SignedOff::How::approved;
  std::string why;       // a waiver needs one; the command line and rehearsals ask for it
  std::string evidence;  // a link
};

// `usage` for an item that nothing waits for, and for somebody outside of people.members; `refused` for a member who
// lacks the role that the item asks for.
Events sign_off(const Definition& definition, const engine::State& state, const std::string& by,
                const SignOffOrder& order, Instant now);

}  // namespace train::orders
