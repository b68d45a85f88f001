// Sign-offs: what must be signed before submission or before the rollout, and what of it is still missing.
#pragma once

#include <string>
#include <vector>

#include "app_context.hpp"

namespace train::engine {

// One wait per unmet item.
std::vector<Wait> unmet_requirements(const AppContext& context, Before before);

// The items that are tied to the candidates: void once a newer one is there.
std::vector<std::string> candidate_items(const Definition& definition, const Release& release);

// Every requirement's item before `before`, for adopting a release that has passed it.
std::vector<std::string> items_before(const Definition& definition, const Release& release, Before before);

bool is_signed(const Release& release, const std::string& item);

}  // namespace train::engine
