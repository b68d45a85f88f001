#include "train/orders/stop.hpp"

#include "train/base/text.hpp"

namespace train::orders {

using engine::AppStop;

std::vector<AppStop> stops_of(const Definition& definition, const engine::State& state, const StopOrder& order,
                              Instant now) {
  return engine::what_a_stop_does(definition, state, {order.app, order.stop == Stop::rollback}, now);
}

Events stop(const Definition& definition, const engine::State& state, const std::string& /*by*/, const StopOrder& order,
            Instant now) {
  if (auto known = known_app(definition, order.app); !known) return tl::unexpected(known.error());
  if (state.releases.empty()) return fail(ErrorKind::refused, "There is no release to stop.");
  std::vector<EventBody> events;
  std::vector<std::string> reasons;
  for (const auto& one : stops_of(definition, state, order, now)) {
    reasons.push_back(one.app + ": " + one.words);
    if (engine::is_ordered(one.kind))
      events.emplace_back(event::HaltOrdered{one.version, one.app, order.why, order.stop == Stop::rollback});
  }
  if (!events.empty()) return events;
  return fail(ErrorKind::refused, join(reasons, "; ") + ".",
              "`train hold APP --why ...` keeps a release from going on before anybody gets it.");
}

}  // namespace train::orders
