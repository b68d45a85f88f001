#include "train/orders/resume.hpp"

#include <algorithm>
#include <optional>

#include "train/base/text.hpp"
#include "train/engine/phase.hpp"

namespace train::orders {
namespace {

Result<Done> overrides_named(const engine::Release& release, const ResumeOrder& order) {
  std::vector<std::string> missing;
  for (const auto& app : release.apps) {
    if (!order.app.empty() && app.app != order.app) continue;
    for (const auto& [signal, breach] : app.breaches) {
      const bool named = std::find(order.overrides.begin(), order.overrides.end(), signal) != order.overrides.end();
      if (!named && breach.reaction != Reaction::switch_off) missing.push_back(signal);
    }
  }
  if (missing.empty()) return Done{};
  return fail(ErrorKind::refused, "A breach is latched: " + join(missing, ", ") + ".",
              "Add `--override " + missing.front() + "` to go on in spite of it, or bring a newer build.");
}

// What a person set in a store's console above what was granted: whoever says "go on" grants it.
std::map<AppName, Percent> accepted_by(const engine::Release& release, const ResumeOrder& order) {
  std::map<AppName, Percent> out;
  for (const auto& app : release.apps) {
    const bool named = order.app.empty() || app.app == order.app;
    if (named && app.drift && engine::is_exposed(app) && app.seen->percent > app.allowed)
      out[app.app] = app.seen->percent;
  }
  return out;
}

}  // namespace

Events resume(const Definition& definition, const engine::State& state, const std::string& /*by*/,
              const ResumeOrder& order, Instant /*now*/) {
  if (auto known = known_app(definition, order.app); !known) return tl::unexpected(known.error());
  const auto* release = state.focus();
  if (release == nullptr) return fail(ErrorKind::refused, "There is no release to resume.");
  if (auto named = overrides_named(*release, order); !named) return tl::unexpected(named.error());
  return std::vector<EventBody>{
      event::Resumed{release->version, order.app, order.why, order.overrides, accepted_by(*release, order)}};
}

std::vector<std::string> ended_by(const engine::Release& release, const ResumeOrder& order) {
  std::vector<std::string> out;
  const auto accepted = accepted_by(release, order);
  if (order.app.empty() && release.hold) out.emplace_back("the hold of the release");
  for (const auto& app : release.apps) {
    if (!order.app.empty() && app.app != order.app) continue;
    const auto ends = [&](bool stands, const std::string& what) {
      if (stands) out.push_back("the " + what + " of " + app.app);
    };
    ends(app.hold && !(order.app.empty() && release.hold), "hold");
    ends(app.halt.has_value(), "halt");
    ends(app.rollback.has_value(), "rollback");
    ends(app.removal.has_value(), "removal from sale");
    ends(app.drift.has_value(), "drift");
    if (const auto found = accepted.find(app.app); found != accepted.end())
      out.push_back("the limit of " + app.allowed.text() + " on " + app.app + ": " + found->second.text() +
                    " is accepted");
    for (const auto& signal : order.overrides)
      if (app.breaches.count(signal) > 0) out.push_back("the breach of " + signal + " on " + app.app);
  }
  return out;
}

std::vector<std::string> still_stopped(const engine::Release& release, const AppName& name) {
  std::vector<std::string> out;
  if (release.hold) out.push_back("the release is held by " + release.hold->by + ": " + release.hold->why);
  for (const auto& app : release.apps) {
    if (!name.empty() && app.app != name) continue;
    const auto stops = [&](const std::optional<engine::Order>& order, const std::string& what) {
      if (order) out.push_back(app.app + " is " + what + " by " + order->by + ": " + order->why);
    };
    if (!release.hold) stops(app.hold, "held");
    stops(app.halt, "halted");
    stops(app.rollback, "rolled back");
    stops(app.removal, "taken off sale");
  }
  return out;
}

}  // namespace train::orders
