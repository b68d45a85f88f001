// `hold`: promotion stops, and the rollout stays as it is.
#pragma once

#include "train/orders/order.hpp"

namespace train::orders {

struct HoldOrder {
  AppName app;  // empty: the whole release
  std::string why;
};

Events hold(const Definition& definition, const engine::State& state, const std::string& by, const HoldOrder& order,
            Instant now);

}  // namespace train::orders
