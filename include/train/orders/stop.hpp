// `halt` and `rollback`: exposure is stopped at once; a rollback runs the rest of the playbook too.
#pragma once

#include "train/engine/stopping.hpp"
#include "train/orders/order.hpp"

namespace train::orders {

enum class Stop { halt, rollback };

struct StopOrder {
  AppName app;  // empty: every app that users get, or that is on its way to them
  Stop stop = Stop::halt;
  std::string why;
};

// What the order does to each app that it could be about, also "nothing to stop": for people, before it is given.
std::vector<engine::AppStop> stops_of(const Definition& definition, const engine::State& state, const StopOrder& order,
                                      Instant now);

// `refused` where there is nothing to stop or to keep back. An app that is named is kept back also before it is with
// the store.
Events stop(const Definition& definition, const engine::State& state, const std::string& by, const StopOrder& order,
            Instant now);

}  // namespace train::orders
