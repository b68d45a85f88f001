// `resume`: ends holds, orders to halt or roll back, latched breaches, drift, and a rejection that was mended.
#pragma once

#include "train/orders/order.hpp"

namespace train::orders {

struct ResumeOrder {
  AppName app;  // empty: the whole release
  std::string why;
  std::vector<SignalName> overrides;  // breached signals that were named, to go on in spite of them
};

// `refused` where a breach is latched that the order does not name: nobody overrides what they have not read.
Events resume(const Definition& definition, const engine::State& state, const std::string& by, const ResumeOrder& order,
              Instant now);

// What the order would end, for people: "the rollback of android", "the hold of the release".
std::vector<std::string> ended_by(const engine::Release& release, const ResumeOrder& order);
// What still keeps `app` (empty: any) where it is, although that was ended: "the release is held by ana: too early".
std::vector<std::string> still_stopped(const engine::Release& release, const AppName& app);

}  // namespace train::orders
