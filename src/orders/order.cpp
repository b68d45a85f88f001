#include "train/orders/order.hpp"

#include <algorithm>

#include "train/base/text.hpp"

namespace train::orders {

Result<Done> known_app(const Definition& definition, const AppName& app) {
  if (app.empty() || definition.find_app(app) != nullptr) return Done{};
  std::vector<std::string> names;
  for (const auto& each : definition.apps) names.push_back(each.name);
  return fail(ErrorKind::usage, "There is no app `" + printable(app, 200) + "`.",
              "The definition has: " + join(names, ", ") + ".");
}

Result<Done> known_person(const Definition& definition, const std::string& by) {
  if (definition.members.empty() || definition.find_member(by) != nullptr) return Done{};
  return fail(ErrorKind::usage, "There is nobody called " + printable(by, 200) + " among people.members.",
              "Give --as a member's name.");
}

Result<Done> has_one_role(const Definition& definition, const std::string& by, const std::vector<std::string>& roles) {
  if (auto known = known_person(definition, by); !known) return known;
  const auto* member = definition.find_member(by);
  if (member == nullptr) return Done{};
  const auto& theirs = member->roles;
  const bool fits = std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
    return std::find(theirs.begin(), theirs.end(), role) != theirs.end();
  });
  if (fits) return Done{};
  return fail(ErrorKind::refused, by + " does not have the role " + join(roles, " or ") + ".",
              "Ask somebody who has it.");
}

Result<const engine::Release*> open_release(const engine::State& state) {
  const auto* release = state.focus();
  if (release == nullptr || !release->is_open())
    return fail(ErrorKind::refused, "No release is open.", "`train start` opens one.");
  return release;
}

}  // namespace train::orders
