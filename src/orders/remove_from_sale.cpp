#include "train/orders/remove_from_sale.hpp"

#include <fmt/core.h>

namespace train::orders {

Result<const App*> removable_app(const Definition& definition, const AppName& name) {
  if (auto known = known_app(definition, name); !known) return tl::unexpected(known.error());
  const auto* app = definition.find_app(name);
  if (app == nullptr) return fail(ErrorKind::usage, "Which app leaves the store is not said.", "Name it.");
  const auto& facts = app->facts();
  if (facts.withdrawal) return app;
  return fail(ErrorKind::usage, fmt::format("{}'s API cannot take an app off sale; nothing was done.", facts.name),
              fmt::format("`train halt {}` stops a release there{}; to unpublish, use {}.", app->name,
                          facts.halts_after_full ? ", also after 100 %" : "", facts.console));
}

std::vector<engine::AppStop> removal_of(const Definition& definition, const engine::State& state, const AppName& name,
                                        Instant now) {
  const auto* release = state.focus();
  const auto* app = definition.find_app(name);
  if (release == nullptr || app == nullptr) return {};
  auto stop = engine::stop_of(*app, *release, false, now);
  // Whatever is to be stopped first, the app itself leaves the store.
  if (stop.kind == engine::StopKind::nothing) stop.kind = engine::StopKind::keep_back;
  return {stop};
}

Events remove_from_sale(const Definition& definition, const engine::State& state, const std::string& /*by*/,
                        const RemovalOrder& order, Instant /*now*/) {
  if (auto app = removable_app(definition, order.app); !app) return tl::unexpected(app.error());
  const auto* release = state.focus();
  if (release == nullptr) {
    return fail(ErrorKind::refused, "This train has no release yet, so it takes nothing off sale.",
                "Use Pricing and Availability in App Store Connect.");
  }
  event::HaltOrdered event;
  event.version = release->version;
  event.app = order.app;
  event.why = order.why;
  event.removal = true;
  return std::vector<EventBody>{event};
}

}  // namespace train::orders
