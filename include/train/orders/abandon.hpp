// `abandon`: the release is given up. What the stores hold stays there as it is.
#pragma once

#include "train/orders/order.hpp"

namespace train::orders {

struct AbandonOrder {
  std::string why;
};

// `refused` while an app serves somebody and is not halted: a release that nobody watches may not go on.
Events abandon(const Definition& definition, const engine::State& state, const std::string& by,
               const AbandonOrder& order, Instant now);

}  // namespace train::orders
