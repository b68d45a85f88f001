#include "train/preflight/log.hpp"

#include <fmt/core.h>

#include <span>

namespace train::preflight {
namespace {

constexpr Duration k_tick{24 * 3600};

// When nobody looked in time, in words; nullopt as far as the log can tell. Each tick changes what a look sees, so runs
// that come once a tick leave entries at most two ticks apart.
std::optional<std::string> late_look(const App& app, std::span<const Event> events, Instant now) {
  std::optional<Instant> climbing_since;
  const auto too_long = [&](Instant until) { return climbing_since && until - *climbing_since > 2 * k_tick; };
  const auto words = [&](const std::string& until) {
    return fmt::format("no run saw it between {} and {}, while it climbed", format_rfc3339(*climbing_since), until);
  };
  for (const auto& event : events) {
    if (const auto* reached = std::get_if<event::StageReached>(&event.body);
        reached != nullptr && reached->app == app.name && reached->overshoot) {
      return fmt::format("{} climbed past what was allowed, to {}, seen {}", app.facts().company,
                         reached->percent.text(), format_rfc3339(event.at));
    }
    const auto* seen = std::get_if<event::Seen>(&event.body);
    if (seen == nullptr || seen->app != app.name) continue;
    if (too_long(event.at)) return words(format_rfc3339(event.at));
    const bool climbing = seen->release && seen->release->phased &&
                          seen->release->phased->state == PhasedRelease::State::active &&
                          !seen->release->percent.is_all();
    climbing_since = climbing ? std::optional<Instant>(event.at) : std::nullopt;
  }
  if (too_long(now)) return words("now");
  return std::nullopt;
}

Line tick_line(const App& app, const LogAnswer& log, Instant now) {
  Line line{"Schedule", app.name + " ticks", Level::ok, "", ""};
  if (!log) {
    line = inconclusive(line, {"whether `train advance` runs often enough", "the log", "when it ran"}, log.error());
    if (line.level == Level::failure) line.level = Level::warning;  // as a late run would
    return line;
  }
  line.sentence = fmt::format("{} climbs by itself every 24h: `train advance` must run at least daily, better hourly",
                              app.facts().company);
  if (const auto late = late_look(app, *log, now)) {
    line.level = Level::warning;
    line.sentence = *late;
    line.remedy = "Run `train advance` at least daily, better hourly, or leave `train watch` running.";
  }
  return line;
}

}  // namespace

Lines place_lines(const Definition& definition, RunsOn where) {
  if (where == RunsOn::own_machine || !definition.state.directory()) return {};
  return {{"State", "place", Level::warning, "the log is in local files, and a CI runner's disk is thrown away",
           "Keep the directory of `state` between runs, one run at a time, or run train on a machine that stays."}};
}

Line log_line(const LogAnswer& log) {
  if (!log) return unanswered_line("State", "log", log.error());
  return {"State", "log", Level::ok, fmt::format("{} event{}, readable", log->size(), log->size() == 1 ? "" : "s"), ""};
}

Lines tick_lines(const Definition& definition, const LogAnswer& log, Instant now) {
  Lines lines;
  for (const auto& app : definition.apps) {
    if (!app.facts().climbs_by_itself() || app.ladder.stages.size() < 2) continue;
    lines.push_back(tick_line(app, log, now));
  }
  return lines;
}

}  // namespace train::preflight
