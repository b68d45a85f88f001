// `halt` and `rollback`: exposure is stopped at once; a rollback runs the rest of the playbook too.
#pragma once

#include "train/orders/order.hpp"

namespace train::orders {

enum class Stop { halt, rollback };

struct StopOrder {
  AppName app;  // empty: every app that serves somebody
  Stop stop = Stop::halt;
  std::string why;
};

// `refused` where nobody is served by an app that the order could be about. An app that is named is stopped even so:
// what the log knows of its exposure may be old.
Events stop(const Definition& definition, const engine::State& state, const std::string& by, const StopOrder& order,
            Instant now);

}  // namespace train::orders
