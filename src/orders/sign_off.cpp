#include "train/orders/sign_off.hpp"

#include <algorithm>
#include <optional>

#include "train/base/text.hpp"
#include "train/domain/launch_risk.hpp"
#include "train/domain/sign_off_item.hpp"

namespace train::orders {
namespace {

constexpr const char* k_release_manager = "release_manager";

// The role under which a sign-off counts; empty: anyone's; nullopt: nothing in the definition asks for it.
struct RoleOf {
  using Role = std::optional<std::string>;
  const Definition& definition;

  Role operator()(const item::Checklist& i) const {
    for (const auto& entry : definition.checklist) {
      if (entry.id == i.id) return entry.role;
    }
    return std::nullopt;
  }
  Role operator()(const item::Approval& i) const {
    const auto asks = [&](const ApprovalRule& rule) { return rule.before == i.before && rule.role == i.role; };
    if (std::any_of(definition.approvals.begin(), definition.approvals.end(), asks)) return i.role;
    return std::nullopt;
  }
  Role operator()(const item::ForceUpdate& i) const {
    const auto found = definition.force_update.approvals.find(i.degree);
    if (found == definition.force_update.approvals.end()) return std::nullopt;
    const bool asked = std::find(found->second.begin(), found->second.end(), i.role) != found->second.end();
    return asked ? Role(i.role) : std::nullopt;
  }
  Role operator()(const item::Gate& i) const {
    const auto judged = [&](const Gate& gate) { return gate.id() == i.signal && definition.applies(gate, i.app); };
    const bool known =
        i.signal == item::k_any_gate || std::any_of(definition.gates.begin(), definition.gates.end(), judged);
    return known ? of_app(i.app) : std::nullopt;
  }
  Role operator()(const item::Testers& i) const {
    const auto* app = definition.find_app(i.app);
    const bool known =
        app != nullptr && std::find(app->testers.begin(), app->testers.end(), i.group) != app->testers.end();
    return known ? of_app(i.app) : std::nullopt;
  }
  Role operator()(const item::FullRelease& i) const { return of_app(i.app); }
  Role operator()(const item::Standby& i) const { return of_app(i.app); }
  Role operator()(const item::Rollback& i) const { return of_app(i.app); }
  Role operator()(const item::Risk& i) const {
    const auto known = risk::all_of(definition);
    const bool found = std::find(known.begin(), known.end(), i) != known.end();
    return found ? Role(k_release_manager) : std::nullopt;
  }

 private:
  Role of_app(const AppName& app) const {
    return definition.find_app(app) == nullptr ? std::nullopt : Role(k_release_manager);
  }
};

std::string what_could_be_meant(const Definition& definition, const std::optional<SignOffItem>& item) {
  if (!item || !std::holds_alternative<item::Risk>(*item)) return "`train status` shows what can be approved.";
  std::vector<std::string> risks;
  for (const auto& each : risk::all_of(definition)) risks.push_back("`" + text_of(each) + "`");
  return "`train check` can find: " + join(risks, ", ") + ".";
}

Result<std::string> role_of_item(const Definition& definition, const std::string& text) {
  const auto item = parse_sign_off_item(text);
  const auto role = item ? std::visit(RoleOf{definition}, *item) : std::nullopt;
  if (role) return *role;
  return fail(ErrorKind::usage, "Nothing waits for `" + printable(text, 200) + "`.",
              what_could_be_meant(definition, item));
}

// Where a stage is too small to tell, the role that its gate names; see Gate::when_too_small.
std::optional<std::string> role_for_too_small(const engine::Release& release, const std::string& text, Instant now) {
  const auto item = parse_sign_off_item(text);
  const auto* named = item ? std::get_if<item::Gate>(&*item) : nullptr;
  const auto* app = named == nullptr ? nullptr : release.find(named->app);
  if (app == nullptr || !app->stage_since || !app->breaches.empty() || app->warned.count(named->signal) != 0)
    return std::nullopt;
  const auto rule = std::find_if(app->rules.begin(), app->rules.end(),
                                 [&](const GateRule& each) { return each.gate.id() == named->signal; });
  if (rule == app->rules.end() || app->changed_rules.count(named->signal) != 0) return std::nullopt;
  const auto& role = rule->gate.when_too_small;
  const bool waited = now - *app->stage_since > rule->gate.max_wait;
  return role && *role != "ask" && waited ? role : std::nullopt;
}

Result<Done> may_sign(const Definition& definition, const std::string& by, const std::string& role) {
  return role.empty() ? known_person(definition, by) : has_one_role(definition, by, {role});
}

}  // namespace

Events sign_off(const Definition& definition, const engine::State& state, const std::string& by,
                const SignOffOrder& order, Instant now) {
  auto role = role_of_item(definition, order.item);
  if (!role) return tl::unexpected(role.error());
  const auto release = open_release(state);
  if (release) {
    const auto small = role_for_too_small(**release, order.item, now);
    if (small && may_sign(definition, by, *small)) role = *small;
  }
  if (auto allowed = may_sign(definition, by, *role); !allowed) return tl::unexpected(allowed.error());
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
