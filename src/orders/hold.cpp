#include "train/orders/hold.hpp"

namespace train::orders {

Events hold(const Definition& definition, const engine::State& state, const std::string& /*by*/, const HoldOrder& order,
            Instant /*now*/) {
  if (auto known = known_app(definition, order.app); !known) return tl::unexpected(known.error());
  const auto release = open_release(state);
  if (!release) return tl::unexpected(release.error());
  return std::vector<EventBody>{event::Held{(*release)->version, order.app, order.why}};
}

}  // namespace train::orders
