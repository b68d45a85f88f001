#include "train/engine/last_run.hpp"

#include <algorithm>

#include "cadence.hpp"

namespace train::engine {
namespace {

constexpr Duration k_hourly{3600};             // what the documents ask for
constexpr Duration k_late_at_first{3 * 3600};  // while the log does not tell how often runs come

std::optional<Instant> last_look(const AppProgress& app) {
  auto last = app.seen_at;
  if (app.counted_at) last = std::max(last, app.counted_at);
  if (!app.looks.empty()) last = std::max(last, std::optional(app.looks.back()));
  return last;
}

}  // namespace

std::optional<LastRun> last_run(const Release& release, Instant now) {
  std::optional<Instant> at;
  std::optional<Duration> every;
  bool on_its_way = false;
  for (const auto& app : release.apps) {
    at = std::max(at, last_look(app));
    every = std::max(every, longest_gap(app.looks));
    on_its_way = on_its_way || (app.seen && is_on_its_way(*app.seen));
  }
  if (!at) return std::nullopt;
  const Duration patience = every ? 2 * std::max(*every, k_hourly) : k_late_at_first;
  return LastRun{*at, every, on_its_way && release.is_open() && now - *at > patience};
}

}  // namespace train::engine
