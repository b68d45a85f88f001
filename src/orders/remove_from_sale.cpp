#include "train/orders/remove_from_sale.hpp"

namespace train::orders {

Result<const App*> removable_app(const Definition& definition, const AppName& name) {
  if (auto known = known_app(definition, name); !known) return tl::unexpected(known.error());
  const auto* app = definition.find_app(name);
  if (app == nullptr) return fail(ErrorKind::usage, "Which app leaves the store is not said.", "Name it.");
  if (app->store == StoreKind::app_store) return app;
  return fail(
      ErrorKind::usage, "Google Play's API cannot take an app off sale; nothing was done.",
      "`train halt " + app->name + "` stops a release there, also after 100 %; to unpublish, use the Play Console.");
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
