// `accept-definition`: the log becomes this definition's, after apps were taken out of it or changed.
#pragma once

#include <string>

#include "train/orders/order.hpp"

namespace train::orders {

struct AcceptDefinitionOrder {
  std::string why;
};

// Refused when the log is this definition's already.
Events accept_definition(const Definition& definition, const engine::State& state, const std::string& by,
                         const AcceptDefinitionOrder& order, Instant now);

}  // namespace train::orders
