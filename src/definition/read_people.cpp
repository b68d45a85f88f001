#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr Word<Before> k_before[] = {{"submission", Before::submission}, {"rollout", Before::rollout}};

// People may be known by an address; roles and items may not.
bool is_person(std::string_view name) {
  std::string plain(name);
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c == '@' || c == '+'; }, '_');
  return is_name(plain);
}

void read_key(const Value& value, Member& member) {
  const auto key = value.text();
  if (!key) return;
  const bool known = starts_with(*key, "ssh-") || starts_with(*key, "ecdsa-sha2-") || starts_with(*key, "sk-");
  if (!known || key->find_first_of("\r\n") != std::string::npos) {
    value.problem("is not a public SSH key; one line such as \"ssh-ed25519 AAAA… ana\" is wanted");
  }
  member.key = *key;
  value.inactive("Sign-offs are not verified by SSH keys yet; the key is kept.");
}

void read_members(const Value& value, Definition& definition) {
  const auto entries = value.entries();
  if (value.is_map() && entries.empty())
    value.problem("no member is given; leave the key out when anyone may sign off");
  for (const NamedValue& named : entries) {
    if (!is_person(named.name)) {
      value.report().problem(*named.key,
                             fmt::format("people.members: {} is not a name; {}, and @ and + may stand in it",
                                         in_quotes(named.name), k_name_rule));
    }
    Member member;
    member.name = named.name;
    const Fields fields(named.value, section("member"));
    fields.with("roles", [&](const Value& roles) {
      for (const Value& role : roles.items()) {
        if (auto name = role.name()) member.roles.push_back(std::move(*name));
      }
    });
    fields.with("key", [&](const Value& key) { read_key(key, member); });
    definition.members.push_back(std::move(member));
  }
}

void read_rotation_members(const Value& value, Definition& definition, Rotation& rotation) {
  const auto items = value.items();
  if (value.is_list() && items.empty()) value.problem("at least one name is wanted");
  std::vector<std::string_view> known;
  for (const Member& member : definition.members) known.push_back(member.name);
  for (const Value& item : items) {
    const auto name = item.text();
    if (!name) continue;
    if (!known.empty() && !definition.find_member(*name)) {
      item.problem(fmt::format("{} is not under people.members{} Known: {}", in_quotes(*name),
                               did_you_mean_hint(*name, known), listed(known)));
    }
    rotation.members.push_back(*name);
  }
}

void read_owners(const Value& value, Definition& definition) {
  const Fields fields(value, section("owners"));
  Rotation rotation;
  fields.with("rotation", [&](const Value& names) { read_rotation_members(names, definition, rotation); });
  fields.with("every", [&](const Value& every) { assign(rotation.every, every.whole_days()); });
  fields.with("from", [&](const Value& from) { assign(rotation.from, from.local_time()); });
  definition.rotation = std::move(rotation);
}

std::int64_t holders_of(const Definition& definition, const std::string& role) {
  return std::count_if(definition.members.begin(), definition.members.end(), [&](const Member& member) {
    return std::find(member.roles.begin(), member.roles.end(), role) != member.roles.end();
  });
}

}  // namespace

std::optional<std::string> read_role(const Value& value, const Definition& definition) {
  auto role = value.name();
  if (!role || definition.members.empty() || holders_of(definition, *role) > 0) return role;
  std::vector<std::string_view> known;
  for (const Member& member : definition.members) known.insert(known.end(), member.roles.begin(), member.roles.end());
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  value.problem(fmt::format("no member has the role {}{} Roles: {}", in_quotes(*role), did_you_mean_hint(*role, known),
                            listed(known)));
  return role;
}

void read_people(const Value& value, Definition& definition) {
  const Fields fields(value, section("people"));
  fields.with("members", [&](const Value& members) { read_members(members, definition); });
  fields.with("owners", [&](const Value& owners) { read_owners(owners, definition); });
}

void read_checklist(const Value& value, Definition& definition) {
  std::set<std::string> seen;
  for (const Value& entry : value.items()) {
    const Fields fields(entry, section("checklist_item"));
    ChecklistItem item;
    fields.with("id", [&](const Value& id) {
      assign(item.id, id.name());
      if (!item.id.empty() && !seen.insert(item.id).second) {
        id.problem(fmt::format("{} is the id of an earlier item; each has its own", in_quotes(item.id)));
      }
    });
    fields.with("text", [&](const Value& text) { assign(item.text, text.text()); });
    fields.with("role", [&](const Value& role) { assign(item.role, read_role(role, definition)); });
    fields.with("before", [&](const Value& before) { assign(item.before, before.word(k_before)); });
    definition.checklist.push_back(std::move(item));
  }
}

void read_approvals(const Value& value, Definition& definition) {
  std::set<std::pair<std::string, Before>> seen;
  for (const Value& entry : value.items()) {
    const Fields fields(entry, section("approval"));
    ApprovalRule rule;
    fields.with("role", [&](const Value& role) { assign(rule.role, read_role(role, definition)); });
    fields.with("before", [&](const Value& before) { assign(rule.before, before.word(k_before)); });
    fields.with("count", [&](const Value& count) {
      rule.count = static_cast<int>(count.whole_number(1, 100).value_or(1));
      const auto holders = holders_of(definition, rule.role);
      if (holders > 0 && rule.count > holders) {
        count.problem(fmt::format("{} sign-offs are wanted, but {} member(s) have the role {}", rule.count, holders,
                                  in_quotes(rule.role)));
      }
    });
    if (!rule.role.empty() && !seen.emplace(rule.role, rule.before).second) {
      entry.problem(fmt::format("the role {} stands here a second time; use `count` for several sign-offs",
                                in_quotes(rule.role)));
    }
    definition.approvals.push_back(std::move(rule));
  }
}

}  // namespace train::definition
