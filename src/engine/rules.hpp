// The rules by which a release is judged: those of the definition, unless they were changed while it is out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app_context.hpp"

namespace train::engine {

// By the definition, for one app, in its order.
std::vector<GateRule> rules_of(const Definition& definition, const App& app, const Ladder& ladder);

// As the log has them; by the definition where the log has none yet.
std::vector<GateRule> rules_in_force(const AppContext& context);
std::optional<GateRule> find_rule(const AppContext& context, const GateName& gate);

// Where a change voids what was promised when the release went out: "limit 1 % -> 2 %"; empty where nothing does.
std::string voiding_change(const GateRule& in_force, const GateRule& defined);

}  // namespace train::engine
