#include "requirements.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <set>

#include "train/domain/sign_off_item.hpp"

namespace train::engine {
namespace {

std::string item_of(const ApprovalRule& rule) { return text_of(item::Approval{rule.before, rule.role}); }

bool applies(const Definition& definition, const Release& release, const ApprovalRule& rule) {
  if (!release.hotfix || !definition.hotfix.approvals) return true;
  const auto& roles = *definition.hotfix.approvals;
  return std::find(roles.begin(), roles.end(), rule.role) != roles.end();
}

// How many different people signed; a waiver or an adopted sign-off settles it whatever the count.
int signatures(const Release& release, const std::string& item, int wanted) {
  std::set<std::string> people;
  for (const auto& signed_off : release.sign_offs) {
    if (signed_off.item != item) continue;
    if (signed_off.how != event::SignedOff::How::approved) return wanted;
    people.insert(signed_off.by);
  }
  return static_cast<int>(people.size());
}

Wait approval_wait(const AppContext& context, const ApprovalRule& rule, int have) {
  const auto more = rule.count > 1 ? fmt::format(" ({} of {})", have, rule.count) : std::string();
  Wait wait = make_wait(context, WaitKind::approval,
                        fmt::format("{} signs off before {}{}", rule.role, to_string(rule.before), more));
  wait.item = item_of(rule);
  wait.who = {rule.role};
  wait.because = {{"approval", fmt::format("{} of {}", have, rule.count), wait.item}};
  return wait;
}

Wait checklist_wait(const AppContext& context, const ChecklistItem& item) {
  Wait wait = make_wait(context, WaitKind::checklist, item.text);
  wait.item = item.id;
  if (!item.role.empty()) wait.who = {item.role};
  wait.because = {{"checklist", "open", item.id}};
  return wait;
}

}  // namespace

bool is_signed(const Release& release, const std::string& item) { return signatures(release, item, 1) > 0; }

std::vector<Wait> unmet_requirements(const AppContext& context, Before before) {
  std::vector<Wait> out;
  const auto& definition = context.input.definition;
  for (const auto& item : definition.checklist) {
    if (item.before == before && !is_signed(context.release, item.id)) out.push_back(checklist_wait(context, item));
  }
  for (const auto& rule : definition.approvals) {
    if (rule.before != before || !applies(definition, context.release, rule)) continue;
    const int have = signatures(context.release, item_of(rule), rule.count);
    if (have < rule.count) out.push_back(approval_wait(context, rule, have));
  }
  return out;
}

std::vector<std::string> items_before(const Definition& definition, const Release& release, Before before) {
  std::vector<std::string> out;
  for (const auto& item : definition.checklist) {
    if (item.before == before) out.push_back(item.id);
  }
  for (const auto& rule : definition.approvals) {
    if (rule.before == before && applies(definition, release, rule)) out.push_back(item_of(rule));
  }
  return out;
}

std::vector<std::string> candidate_items(const Definition& definition, const Release& release) {
  auto out = items_before(definition, release, Before::submission);
  const auto rollout = items_before(definition, release, Before::rollout);
  out.insert(out.end(), rollout.begin(), rollout.end());
  return out;
}

}  // namespace train::engine
