#include "train/orders/resume.hpp"

#include <algorithm>

#include "train/base/text.hpp"

namespace train::orders {
namespace {

Result<Done> overrides_named(const engine::Release& release, const ResumeOrder& order) {
  std::vector<std::string> missing;
  for (const auto& app : release.apps) {
    if (!order.app.empty() && app.app != order.app) continue;
    for (const auto& [signal, breach] : app.breaches) {
      const bool named = std::find(order.overrides.begin(), order.overrides.end(), signal) != order.overrides.end();
      if (!named && breach.reaction != "switch_off") missing.push_back(signal);
    }
  }
  if (missing.empty()) return Done{};
  return fail(ErrorKind::refused, "A breach is latched: " + join(missing, ", ") + ".",
              "Add `--override " + missing.front() + "` to go on in spite of it, or bring a newer build.");
}

}  // namespace

Events resume(const Definition& definition, const engine::State& state, const std::string& /*by*/,
              const ResumeOrder& order, Instant /*now*/) {
  if (auto known = known_app(definition, order.app); !known) return tl::unexpected(known.error());
  const auto* release = state.focus();
  if (release == nullptr) return fail(ErrorKind::refused, "There is no release to resume.");
  if (auto named = overrides_named(*release, order); !named) return tl::unexpected(named.error());
  return std::vector<EventBody>{event::Resumed{release->version, order.app, order.why, order.overrides}};
}

}  // namespace train::orders
