// How often runs come, and what follows for a store that climbs by itself. Inside the engine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app_context.hpp"

namespace train::engine {

// A look is noted this long after the one before, at the earliest.
inline constexpr Duration k_noted_every{25 * 60};

// The last look that comes safely before the store's next climb, and how that is known.
struct SafeLook {
  Instant at;
  std::string why;  // "runs come every 60 min at most"
};
// nullopt: pause on arrival. The definition says so, the next climb is not known, or runs are rare or irregular.
std::optional<SafeLook> last_safe_look(const AppContext& context);

// That this run has looked, where the answer to the question above depends on it.
void detect_cadence(const AppContext& context, std::vector<EventBody>& out);

}  // namespace train::engine
