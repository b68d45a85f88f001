// The candidate on its way to the definition's testers. Inside the engine.
#pragma once

#include <optional>
#include <vector>

#include "app_context.hpp"

namespace train::engine {

// Groups are served in the definition's order. A review that only some testers wait for keeps nothing else back; a
// group that cannot be served before a person acts does.
struct Testing {
  std::optional<Step> step;
  std::vector<Wait> waits;
  bool blocks = false;  // the candidate is not submitted before this is over
};
Testing decide_testing(const AppContext& context);

}  // namespace train::engine
