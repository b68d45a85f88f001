// How often runs come, and what follows for a store that climbs by itself. Inside the engine.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app_context.hpp"

namespace train::engine {

// A look is noted this long after the one before, at the earliest: where a pause depends on how often runs come, and
// where only people want to know it.
inline constexpr Duration k_noted_every{25 * 60};
inline constexpr Duration k_noted_for_people{55 * 60};

// The longest time between two of these looks; nullopt: they are too few to say anything about the next.
std::optional<Duration> longest_gap(std::span<const Instant> looks);

// From the submission on, until everybody has it.
bool is_on_its_way(const SeenRelease& seen);

// The last look that comes safely before the store's next climb, and how that is known.
struct SafeLook {
  Instant at;
  std::string why;  // "runs come every 60 min at most"
};
// nullopt: pause on arrival. The definition says so, the next climb is not known, or runs are rare or irregular.
std::optional<SafeLook> last_safe_look(const AppContext& context);

// That this run has looked at an app on its way.
void detect_cadence(const AppContext& context, std::vector<EventBody>& out);

}  // namespace train::engine
