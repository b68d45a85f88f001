#include "train/orders/abandon.hpp"

#include "train/engine/phase.hpp"

namespace train::orders {

Events abandon(const Definition& /*definition*/, const engine::State& state, const std::string& /*by*/,
               const AbandonOrder& order, Instant /*now*/) {
  const auto release = open_release(state);
  if (!release) return tl::unexpected(release.error());
  for (const auto& app : (*release)->apps) {
    if (!engine::is_exposed(app) || app.seen->status == ReleaseStatus::halted) continue;
    return fail(ErrorKind::refused, app.app + " is serving " + app.seen->percent.text() + " of its users.",
                "`train halt` first, then give it up.");
  }
  return std::vector<EventBody>{event::Abandoned{(*release)->version, order.why}};
}

}  // namespace train::orders
