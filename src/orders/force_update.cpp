#include "train/orders/force_update.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "train/base/text.hpp"

namespace train::orders {
namespace {

Result<engine::ForceUpdateFacts> facts_of(const engine::State& state, const AppName& app,
                                          const ForceUpdateOrder& order) {
  const auto* focus = state.focus();
  if (!order.bad && focus == nullptr)
    return fail(ErrorKind::usage, "No release is known: name the bad one with --version.");
  engine::ForceUpdateFacts facts;
  facts.bad = order.bad ? *order.bad : focus->version;
  facts.severity = order.severity;
  facts.legal = order.legal;
  facts.can_update_here = order.can_update_here;
  facts.share = order.share ? *order.share : engine::share_of(state, app, facts.bad);
  facts.fix = order.fix ? order.fix : engine::fix_for(state, app, facts.bad);
  if (order.fix && *order.fix <= facts.bad)
    return fail(ErrorKind::usage, "`" + order.fix->text() + "` is not a version above " + facts.bad.text() + ".");
  return facts;
}

Step parameter_step(Action action, const VersionName& bad, const std::string& parameter, const std::string& value) {
  Step step;
  step.action = action;
  step.version = bad;
  step.subject = parameter;
  step.value = value;
  return step;
}

}  // namespace

Result<std::vector<AssessedApp>> assess_force_update(const Definition& definition, const engine::State& state,
                                                     const ForceUpdateOrder& order) {
  const auto& rule = definition.force_update;
  if (!rule.minimum_version) {
    return fail(ErrorKind::usage, "The definition has no `force_update` section.",
                "Give `force_update.minimum_version`, where the apps read the least version supported.");
  }
  if (auto known = known_app(definition, order.app); !known) return tl::unexpected(known.error());
  std::vector<AssessedApp> out;
  for (const auto& app : definition.apps) {
    if (!order.app.empty() && order.app != app.name) continue;
    auto facts = facts_of(state, app.name, order);
    if (!facts) return tl::unexpected(facts.error());
    auto decision = engine::assess(rule, *facts);
    out.push_back({app.name, std::move(*facts), std::move(decision)});
  }
  return out;
}

std::optional<UpdatePolicy> policy_of(const std::vector<AssessedApp>& all) {
  std::optional<UpdatePolicy> out;
  for (const auto& one : all) {
    const auto& decision = one.decision;
    if (!decision.minimum) continue;
    if (!out) out = UpdatePolicy{decision.bad, *decision.minimum, decision.degree, decision.grace, decision.exempt};
    out->minimum = std::min(out->minimum, *decision.minimum);
    out->degree = std::max(out->degree, decision.degree);
  }
  return out;
}

Result<Done> may_ask_to_update(const Definition& definition, const std::string& by, Degree degree) {
  const auto named = definition.force_update.approvals.find(degree);
  const bool is_named = named != definition.force_update.approvals.end() && !named->second.empty();
  return has_one_role(definition, by, is_named ? named->second : std::vector<std::string>{"release_manager"});
}

Result<Done> update_is_approved(const engine::State& state, const std::vector<engine::ForceUpdateDecision>& decisions) {
  std::vector<std::string> missing;
  const auto* release = state.focus();
  for (const auto& decision : decisions) {
    for (const auto& item : engine::missing_approvals(release == nullptr ? engine::Release{} : *release, decision)) {
      const auto command = "`train approve " + item + "`";
      if (std::find(missing.begin(), missing.end(), command) == missing.end()) missing.push_back(command);
    }
  }
  if (missing.empty()) return Done{};
  return fail(ErrorKind::refused, "Not everybody who must has approved it; nothing was done.",
              "Wanted: " + join(missing, ", ") + ".");
}

Result<Done> has_reason(const std::string& why) {
  if (!trim(why).empty()) return Done{};
  return fail(ErrorKind::usage, "The reason is empty; nothing was done.", "Say it with --why: it goes into the log.");
}

Events force_update(const Definition& definition, const engine::State& state, const std::string& by,
                    const ForceUpdateOrder& order, Instant /*now*/) {
  if (auto said = has_reason(order.why); !said) return tl::unexpected(said.error());
  const auto all = assess_force_update(definition, state, order);
  if (!all) return tl::unexpected(all.error());
  const auto policy = policy_of(*all);
  if (!policy) return std::vector<EventBody>{};
  if (auto may = may_ask_to_update(definition, by, policy->degree); !may) return tl::unexpected(may.error());
  std::vector<engine::ForceUpdateDecision> decisions;
  for (const auto& one : *all) decisions.push_back(one.decision);
  if (auto may = update_is_approved(state, decisions); !may) return tl::unexpected(may.error());
  std::vector<EventBody> bodies;
  for (const auto& one : *all) {
    if (one.decision.degree == Degree::none) continue;
    bodies.emplace_back(event::ForceUpdateDecided{one.facts.bad, one.app, std::string(to_string(one.decision.degree)),
                                                  one.decision.minimum, order.why, one.decision.because});
  }
  return bodies;
}

Result<Done> minimum_rises(const std::string& parameter, const std::optional<VersionName>& present,
                           const VersionName& minimum) {
  if (!present || *present <= minimum) return Done{};
  return fail(ErrorKind::refused,
              fmt::format("{} is {} already, above {}; nothing was set.", parameter, present->text(), minimum.text()),
              "A minimum version is never lowered by this command: `train flags` or the provider's console can.");
}

Result<std::vector<Step>> update_steps(const Definition& definition, const UpdatePolicy& policy,
                                       const std::string& policy_text) {
  const auto& rule = definition.force_update;
  std::vector<Step> steps;
  if (!rule.policy_parameter.empty())
    steps.push_back(parameter_step(Action::set_update_policy, policy.bad, rule.policy_parameter, policy_text));
  if (policy.degree == Degree::nudge) {
    if (!steps.empty()) return steps;
    return fail(ErrorKind::refused, "A nudge cannot be told by a minimum version alone; nothing was set.",
                "Give `force_update.policy_parameter`, which the apps read for the degree.");
  }
  steps.push_back(
      parameter_step(Action::set_minimum_version, policy.bad, rule.minimum_version->parameter, policy.minimum.text()));
  return steps;
}

}  // namespace train::orders
