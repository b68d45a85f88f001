#include "cadence.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace train::engine {
namespace {

constexpr Duration k_frequent{3 * 3600};   // runs further apart than this are rare
constexpr std::size_t k_enough_looks = 5;  // fewer say nothing about the next
constexpr Duration k_unknown_gap{3600};    // assumed where the definition insists and the log does not tell
constexpr Duration k_a_rung{24 * 3600};    // the least time on a rung
constexpr Duration k_reserve{20 * 60};     // a run may start late, and a call takes its time

PausePoint pause_point(const AppContext& context) {
  const auto* own = context.app.app_store();
  return own == nullptr ? PausePoint::on_arrival : own->pause;
}

// The present run included.
std::optional<Duration> longest_gap_until_now(const AppContext& context) {
  const auto& looks = context.progress.looks;
  const auto longest = longest_gap(looks);
  return longest ? std::optional(std::max(*longest, context.now() - looks.back())) : std::nullopt;
}

}  // namespace

std::optional<Duration> longest_gap(std::span<const Instant> looks) {
  if (looks.size() < k_enough_looks) return std::nullopt;
  Duration longest{0};
  for (std::size_t i = 1; i < looks.size(); ++i) longest = std::max(longest, looks[i] - looks[i - 1]);
  return longest;
}

std::optional<SafeLook> last_safe_look(const AppContext& context) {
  const auto point = pause_point(context);
  const auto& phase = context.seen()->phased;
  if (point == PausePoint::on_arrival || !phase || !phase->next_tick) return std::nullopt;
  const auto known = longest_gap_until_now(context);
  if (point == PausePoint::automatic && (!known || *known > k_frequent)) return std::nullopt;
  const Duration gap = std::max(known.value_or(k_unknown_gap), k_noted_every);
  // The store's pauses are told in whole days, so its tick comes later than estimated; never before a day on this rung.
  Instant tick = *phase->next_tick;
  if (context.progress.climbed_after) tick = std::max(tick, *context.progress.climbed_after + k_a_rung);
  // The run after this moment could be too late.
  return SafeLook{tick - gap - k_reserve, known ? fmt::format("runs come every {} at most", format_duration(gap))
                                                : std::string("runs are taken to come every hour")};
}

bool is_on_its_way(const SeenRelease& seen) {
  switch (seen.status) {
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
    case ReleaseStatus::approved:
    case ReleaseStatus::releasing:
      return true;
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
      return !seen.percent.is_all();
    case ReleaseStatus::draft:
    case ReleaseStatus::rejected:
    case ReleaseStatus::withdrawn:
    case ReleaseStatus::held_by_store:
    case ReleaseStatus::superseded:
    case ReleaseStatus::unknown:
      return false;
  }
  return false;
}

void detect_cadence(const AppContext& context, std::vector<EventBody>& out) {
  const auto* seen = context.seen();
  if (context.look == nullptr || seen == nullptr || !is_on_its_way(*seen)) return;
  const bool decides = context.facts.climbs_by_itself() && pause_point(context) != PausePoint::on_arrival;
  const auto& looks = context.progress.looks;
  if (!looks.empty() && context.now() < looks.back() + (decides ? k_noted_every : k_noted_for_people)) return;
  out.emplace_back(event::Looked{context.release.version, context.app.name});
}

}  // namespace train::engine
