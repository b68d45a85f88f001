#include "train/orders/release_standby.hpp"

#include <fmt/core.h>

#include "train/base/text.hpp"
#include "train/engine/standby.hpp"

namespace train::orders {

std::vector<engine::AppStop> standbys_released(const Definition& definition, const engine::State& state,
                                               const AppName& asked, Instant now) {
  std::vector<engine::AppStop> out;
  const auto* release = state.focus();
  for (const auto& app : definition.apps) {
    const auto* progress = release == nullptr ? nullptr : release->find(app.name);
    if (progress == nullptr || (!asked.empty() && asked != app.name)) continue;
    const auto standing = engine::standby_state(app.facts(), *release, *progress);
    if (standing == engine::StandbyState::ready)
      out.push_back(engine::stop_of(app, *release, true, now));
    else
      out.push_back({app.name, release->version, engine::StopKind::nothing,
                     fmt::format("nothing to release: its standby is {}", engine::to_string(standing))});
  }
  return out;
}

Events release_standby(const Definition& definition, const engine::State& state, const std::string& /*by*/,
                       const StandbyReleaseOrder& order, Instant /*now*/) {
  if (auto known = known_app(definition, order.app); !known) return tl::unexpected(known.error());
  const auto* release = state.focus();
  if (release == nullptr) return fail(ErrorKind::refused, "There is no release with a standby.");
  std::vector<EventBody> events;
  std::vector<std::string> states;
  for (const auto& app : definition.apps) {
    const auto* progress = release->find(app.name);
    const bool meant = order.app.empty() || order.app == app.name;
    if (!meant || progress == nullptr) continue;
    const auto standing = engine::standby_state(app.facts(), *release, *progress);
    states.push_back(fmt::format("{} is {}", app.name, engine::to_string(standing)));
    if (standing == engine::StandbyState::ready)
      events.emplace_back(event::HaltOrdered{release->version, app.name, order.why, true});
  }
  if (!events.empty()) return events;
  return fail(ErrorKind::refused, "No standby is ready: " + join(states, ", ") + ".",
              "`train standby status` says what is missing.");
}

}  // namespace train::orders
