#include "train/orders/sign_off.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <optional>

#include "train/base/text.hpp"
#include "train/engine/force_update.hpp"
#include "train/engine/testers.hpp"

namespace train::orders {
namespace {

constexpr const char* k_release_manager = "release_manager";

std::optional<std::string> role_of_force_update(const Definition& definition, const std::string& item) {
  const auto parts = split(item, ':');
  const auto bad = parts.size() == 4 ? VersionName::parse(parts[1]) : std::nullopt;
  if (!bad) return std::nullopt;
  for (const auto& [degree, roles] : definition.force_update.approvals) {
    for (const auto& role : roles) {
      if (engine::force_update_item(*bad, degree, role) == item) return role;
    }
  }
  return std::nullopt;
}

// "APP:full_release", "APP:standby", "APP:rollback", "APP:gate:SIGNAL", "APP:testers:GROUP".
bool is_item_of_app(const Definition& definition, const std::string& item) {
  const auto parts = split(item, ':');
  const auto* app = parts.size() < 2 ? nullptr : definition.find_app(parts[0]);
  if (app == nullptr) return false;
  if (parts.size() == 2) return parts[1] == "full_release" || parts[1] == "standby" || parts[1] == "rollback";
  const auto judged = [&](const Gate& gate) { return gate.signal == parts[2] && definition.applies(gate, app->name); };
  if (parts[1] == "gate" && parts.size() == 3 &&
      (parts[2] == "any" || std::any_of(definition.gates.begin(), definition.gates.end(), judged)))
    return true;
  const auto waits = [&](const std::string& group) { return engine::testers_item(app->name, group) == item; };
  return std::any_of(app->testers.begin(), app->testers.end(), waits);
}

// The role under which a sign-off of this item counts; empty: anyone's.
Result<std::string> role_of_item(const Definition& definition, const std::string& item) {
  for (const auto& entry : definition.checklist) {
    if (entry.id == item) return entry.role;
  }
  for (const auto& rule : definition.approvals) {
    if (fmt::format("{}:{}", to_string(rule.before), rule.role) == item) return rule.role;
  }
  if (auto role = role_of_force_update(definition, item)) return *role;
  if (starts_with(item, "risk:") || is_item_of_app(definition, item)) return std::string(k_release_manager);
  return fail(ErrorKind::usage, "Nothing waits for `" + printable(item, 200) + "`.",
              "`train status` shows what can be approved.");
}

Result<Done> may_sign(const Definition& definition, const std::string& by, const std::string& role) {
  if (definition.members.empty()) return Done{};
  const auto* member = definition.find_member(by);
  if (member == nullptr) {
    return fail(ErrorKind::usage, by + " is not among people.members, so the sign-off would not count.",
                "Give --as a member's name.");
  }
  const bool has_role =
      role.empty() || std::find(member->roles.begin(), member->roles.end(), role) != member->roles.end();
  if (!has_role)
    return fail(ErrorKind::refused, by + " does not have the role " + role + ".", "Ask somebody who has it.");
  return Done{};
}

}  // namespace

Events sign_off(const Definition& definition, const engine::State& state, const std::string& by,
                const SignOffOrder& order, Instant /*now*/) {
  const auto role = role_of_item(definition, order.item);
  if (!role) return tl::unexpected(role.error());
  if (auto allowed = may_sign(definition, by, *role); !allowed) return tl::unexpected(allowed.error());
  const auto release = open_release(state);
  if (!release) return tl::unexpected(release.error());
  event::SignedOff event;
  event.version = (*release)->version;
  event.item = order.item;
  event.how = order.how;
  event.role = *role;
  event.why = order.why;
  event.evidence = order.evidence;
  return std::vector<EventBody>{event};
}

}  // namespace train::orders
