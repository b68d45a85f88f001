// `remove-from-sale`: the last resort, the whole app off the store.
#pragma once

#include "train/engine/stopping.hpp"
#include "train/orders/order.hpp"

namespace train::orders {

struct RemovalOrder {
  AppName app;
  std::string why;
};

// The app, where its store can take it off sale; `usage` where it cannot, or where there is no such app.
Result<const App*> removable_app(const Definition& definition, const AppName& app);

// What is stopped before the app is taken off sale: its release, as far as users get it. Empty without a release.
std::vector<engine::AppStop> removal_of(const Definition& definition, const engine::State& state, const AppName& app,
                                        Instant now);

Events remove_from_sale(const Definition& definition, const engine::State& state, const std::string& by,
                        const RemovalOrder& order, Instant now);

}  // namespace train::orders
