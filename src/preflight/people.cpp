#include "train/preflight/people.hpp"

#include <algorithm>

#include "train/base/text.hpp"
#include "train/domain/launch_risk.hpp"
#include "train/engine/calendar.hpp"

namespace train::preflight {
namespace {

std::vector<std::string> holders_of(const Definition& definition, const std::string& role) {
  std::vector<std::string> names;
  for (const auto& member : definition.members) {
    if (std::find(member.roles.begin(), member.roles.end(), role) != member.roles.end()) names.push_back(member.name);
  }
  return names;
}

// Every role whose word something waits for, in the order of the file.
std::vector<std::string> wanted_roles(const Definition& definition) {
  std::vector<std::string> roles;
  const auto add = [&](const std::string& role) {
    if (!role.empty() && std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
  };
  for (const auto& item : definition.checklist) add(item.role);
  for (const auto& rule : definition.approvals) add(rule.role);
  for (const auto& role : definition.hotfix.approvals.value_or(std::vector<std::string>{})) add(role);
  return roles;
}

Line owner_line(const Definition& definition, Instant now) {
  Line line{"People", "owner", Level::ok, "", ""};
  line.waiver_item = text_of(risk::owner());
  if (!definition.rotation) {
    line.level = Level::warning;
    line.sentence = "nobody is named to watch a rollout";
    line.remedy = "Give people.owners a rotation.";
    return line;
  }
  const auto owner = engine::owner_at(*definition.rotation, definition.calendar.zone, now);
  if (owner) {
    line.sentence = *owner + " is on watch now";
    return line;
  }
  line.level = Level::warning;
  line.sentence = "nobody is on watch before " + format_local(definition.rotation->from) + ", when the rotation begins";
  line.remedy = "Let people.owners begin earlier.";
  return line;
}

Line role_line(const Definition& definition, const std::string& role) {
  const auto holders = holders_of(definition, role);
  if (!holders.empty()) return {"People", role, Level::ok, join(holders, ", "), ""};
  return {"People",
          role,
          Level::failure,
          "its sign-off is wanted, but nobody has this role",
          "Give the role to somebody under people.members.",
          ErrorKind::definition};
}

}  // namespace

Lines people_lines(const Definition& definition, Instant now) {
  Lines lines{owner_line(definition, now)};
  const auto roles = wanted_roles(definition);
  if (definition.members.empty()) {
    if (roles.empty()) return lines;
    lines.push_back({"People", "sign-offs", Level::warning, "anyone's sign-off counts: people.members is not given",
                     "Name the members and their roles under people.members."});
    return lines;
  }
  for (const auto& role : roles) lines.push_back(role_line(definition, role));
  return lines;
}

}  // namespace train::preflight
