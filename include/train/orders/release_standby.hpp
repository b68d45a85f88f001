// `standby release`: the standbys that are ready go out in place of the release.
#pragma once

#include "train/engine/stopping.hpp"
#include "train/orders/order.hpp"

namespace train::orders {

struct StandbyReleaseOrder {
  AppName app;  // empty: every app whose standby is ready
  std::string why;
};

// What the order does to each app: its standby goes out, or why not.
std::vector<engine::AppStop> standbys_released(const Definition& definition, const engine::State& state,
                                               const AppName& app, Instant now);

// `refused` where no standby is ready; the message says how far each is.
Events release_standby(const Definition& definition, const engine::State& state, const std::string& by,
                       const StandbyReleaseOrder& order, Instant now);

}  // namespace train::orders
