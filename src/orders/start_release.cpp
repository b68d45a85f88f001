#include "train/orders/start_release.hpp"

#include <fmt/core.h>

#include "train/base/text.hpp"
#include "train/domain/number_rules.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::orders {
namespace {

Result<Done> is_free(const Definition& definition, const engine::Release& release, const VersionName& version,
                     Instant now) {
  if (release.version == version) {
    return fail(ErrorKind::refused,
                fmt::format("Release {} exists already ({}).", version.text(),
                            engine::to_string(engine::release_phase(definition, release, now))),
                "Run `train status`, or name another version.");
  }
  for (const auto& app : release.apps) {
    if (!app.standby || app.standby->version != version) continue;
    return fail(
        ErrorKind::refused,
        fmt::format("{} is taken by the standby of {} for {}.", version.text(), app.app, release.version.text()),
        "Name a higher version: the standby keeps its own.");
  }
  return Done{};
}

// Beside a release that is open, only a hotfix may be opened, or the next one once it is on its way.
Result<Done> may_open_beside(const Definition& definition, const engine::Release& release, const StartOrder& order,
                             Instant now) {
  if (!release.is_open()) return Done{};
  if (order.version <= release.version && !order.hotfix) {
    return fail(ErrorKind::refused, fmt::format("Release {} is open; {} would not be newer.", release.version.text(),
                                                order.version.text()));
  }
  const bool on_its_way = engine::release_phase(definition, release, now) == engine::ReleasePhase::shipping;
  if (order.hotfix != release.hotfix || (on_its_way && !release.hotfix)) return Done{};
  return fail(ErrorKind::refused, fmt::format("Release {} has not left yet.", release.version.text()),
              "Let it leave, or give it up with `train abandon --why …`.");
}

// A store that reviews versions takes only numbers that rise: better said now than at the submission.
Result<Done> must_rise(const Definition& definition, const StartOrder& order) {
  for (const auto& app : definition.apps) {
    const auto store = order.stores.find(app.name);
    if (!app.facts().reviews_apart() || store == order.stores.end()) continue;
    const auto& [live, has_version] = store->second;
    if (!live || has_version || order.version > *live) continue;
    return fail(ErrorKind::refused,
                fmt::format("Cannot open {}: {} is live on {}, and its store takes only numbers that rise.",
                            order.version.text(), live->text(), app.name),
                "Name a higher one; nothing was done.");
  }
  return Done{};
}

// A store that takes numbers of a form only: better said now than at the submission.
Result<Done> must_fit(const Definition& definition, const VersionName& version) {
  for (const auto& app : definition.apps) {
    const auto why = unfit_version(app.facts(), version);
    if (!why) continue;
    return fail(ErrorKind::usage, fmt::format("Cannot open {} for {}: it {}.", version.text(), app.name, *why),
                "Name another version, such as 3.4.0; nothing was done.");
  }
  return Done{};
}

std::optional<VersionName> live_version(const engine::State& state) {
  std::optional<VersionName> live;
  for (const auto& release : state.releases) {
    if (release.finished && !release.superseded) live = release.version;
    for (const auto& app : release.apps) {
      if (!live && app.live && app.live->is_named()) live = app.live->version;
    }
  }
  return live;
}

}  // namespace

Result<VersionName> next_version(const Definition& definition, const engine::State& state, bool hotfix,
                                 const std::optional<VersionName>& live) {
  VersionName newest = engine::newest_taken(state);
  if (newest == VersionName() && live) newest = *live;
  if (newest == VersionName())
    return fail(ErrorKind::usage, "Nothing is live yet, so the next version is not known.",
                "Name it: `train start 1.0.0`.");
  return newest.next(hotfix ? Bump::patch : definition.next);
}

Events start_release(const Definition& definition, const engine::State& state, const std::string& /*by*/,
                     const StartOrder& order, Instant now) {
  if (auto fits = must_fit(definition, order.version); !fits) return tl::unexpected(fits.error());
  for (const auto& release : state.releases) {
    if (auto is = is_free(definition, release, order.version, now); !is) return tl::unexpected(is.error());
    if (auto may = may_open_beside(definition, release, order, now); !may) return tl::unexpected(may.error());
  }
  if (auto rises = must_rise(definition, order); !rises) return tl::unexpected(rises.error());
  event::Opened event{order.version, order.hotfix, std::nullopt, std::nullopt};
  if (order.hotfix)
    event.replaces = live_version(state);
  else
    event.cutoff = engine::next_cutoff(definition.calendar, now);
  return std::vector<EventBody>{event};
}

std::vector<std::string> trouble_beside(const engine::State& state, const VersionName& version) {
  std::vector<std::string> out;
  for (const auto& release : state.releases) {
    if (!release.is_open() || release.version == version) continue;
    for (const auto& app : release.apps) {
      std::vector<std::string> signals;
      for (const auto& [signal, breach] : app.breaches) signals.push_back(signal);
      const auto what = app.removal    ? "is taken off sale"
                        : app.rollback ? "is rolled back"
                        : app.halt     ? "is halted"
                                       : "";
      if (!signals.empty())
        out.push_back(fmt::format("Release {} is open too, with a breach of {} on {}.", release.version.text(),
                                  join(signals, ", "), app.app));
      else if (*what != '\0')
        out.push_back(fmt::format("Release {} is open too: {} {}.", release.version.text(), app.app, what));
    }
  }
  return out;
}

}  // namespace train::orders
