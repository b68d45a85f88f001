// The built-in scenarios: config/scenarios/*.yaml, put in by the build.
#include "scenario.hpp"
#include "train/base/check.hpp"
#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {
namespace {

struct BuiltIn {
  std::string_view name;
  std::string_view text;
};

constexpr BuiltIn k_built_in[] = {
#include "built_in_scenarios.inc"
};

}  // namespace

std::vector<std::string> built_in_scenarios() {
  std::vector<std::string> out;
  for (const auto& scenario : k_built_in) out.emplace_back(scenario.name);
  return out;
}

std::vector<ListedScenario> listed_scenarios() {
  const AppRoster roster{{"ios", StoreKind::app_store}, {"android", StoreKind::google_play}};
  std::vector<ListedScenario> out;
  for (const auto group : k_groups) {
    for (const auto& built_in : k_built_in) {
      const auto scenario = read_scenario(built_in.text, std::string(built_in.name), roster);
      TRAIN_CHECK(scenario.has_value(), "a built-in scenario is read");
      if (scenario->group == group) out.push_back({std::string(built_in.name), scenario->group, scenario->about});
    }
  }
  return out;
}

std::optional<std::string> scenario_text(std::string_view name) {
  for (const auto& scenario : k_built_in) {
    if (scenario.name == name) return std::string(scenario.text);
  }
  return std::nullopt;
}

}  // namespace train::rehearsal
