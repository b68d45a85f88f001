#include "train/orders/stop.hpp"

#include "train/engine/phase.hpp"

namespace train::orders {
namespace {

bool is_to_stop(const App& app, const engine::Release& release, const StopOrder& order) {
  if (!order.app.empty()) return app.name == order.app;
  const auto* progress = release.find(app.name);
  return progress != nullptr && engine::is_exposed(*progress);
}

}  // namespace

Events stop(const Definition& definition, const engine::State& state, const std::string& /*by*/, const StopOrder& order,
            Instant /*now*/) {
  if (auto known = known_app(definition, order.app); !known) return tl::unexpected(known.error());
  const auto* release = state.focus();
  if (release == nullptr) return fail(ErrorKind::refused, "There is no release to stop.");
  std::vector<EventBody> events;
  for (const auto& app : definition.apps) {
    if (is_to_stop(app, *release, order))
      events.emplace_back(event::HaltOrdered{release->version, app.name, order.why, order.stop == Stop::rollback});
  }
  if (events.empty())
    return fail(ErrorKind::refused, "No app of " + release->version.text() + " is exposed: there is nothing to stop.");
  return events;
}

}  // namespace train::orders
