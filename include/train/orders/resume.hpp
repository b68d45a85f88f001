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

}  // namespace train::orders
