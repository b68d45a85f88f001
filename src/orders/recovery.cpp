#include "train/orders/recovery.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "train/base/check.hpp"
#include "train/base/text.hpp"
#include "train/orders/force_update.hpp"

namespace train::orders {
namespace {

std::optional<VersionName> version_of_build(const engine::State& state, const AppName& app, const BuildNumber& build) {
  for (const auto& release : state.releases) {
    const auto* progress = release.find(app);
    if (progress == nullptr) continue;
    if (progress->candidate && progress->candidate->build == build) return release.version;
    if (progress->live && progress->live->build == build) return progress->live->version;
    if (progress->standby && progress->standby->build == build) return progress->standby->version;
  }
  return std::nullopt;
}

bool asks_users(Action action) { return action == Action::deploy_recovery || action == Action::widen_recovery; }

Result<Done> is_approved(const Definition& definition, const engine::State& state, const RecoveryOrder& order,
                         const std::optional<VersionName>& bad) {
  const auto roles = definition.force_update.approvals.find(Degree::hard);
  if (roles == definition.force_update.approvals.end() || roles->second.empty()) return Done{};
  if (!bad) {
    return fail(ErrorKind::refused,
                fmt::format("The log does not know which version build {} is, so that nobody can have approved it.",
                            order.builds.front().text()),
                "Name the version that users shall leave with --version.");
  }
  engine::ForceUpdateDecision decision;
  decision.bad = *bad;
  decision.degree = Degree::hard;
  decision.approvals = roles->second;
  return update_is_approved(state, {decision});
}

std::string subject_of(const RecoveryOrder& order) {
  if (order.action != Action::prepare_recovery) return order.id;
  std::vector<std::string> builds;
  for (const auto& build : order.builds) builds.push_back(build.text());
  return join(builds, ",");
}

Step step_of(const engine::State& state, const RecoveryOrder& order, const std::optional<VersionName>& bad) {
  Step step;
  step.action = order.action;
  step.app = order.app;
  step.build = order.builds.front();
  if (bad)
    step.version = *bad;
  else if (const auto* release = state.focus(); release != nullptr && release->is_open())
    step.version = release->version;
  step.subject = subject_of(order);
  if (order.action == Action::prepare_recovery || order.action == Action::widen_recovery)
    step.value = stored_reach(order.reach);
  return step;
}

}  // namespace

Result<const App*> app_with_recoveries(const Definition& definition, const AppName& name) {
  if (auto known = known_app(definition, name); !known) return tl::unexpected(known.error());
  const auto* app = definition.find_app(name);
  if (app == nullptr) return fail(ErrorKind::usage, "The app is not named.");
  if (app->facts().recoveries) return app;
  return fail(
      ErrorKind::usage,
      fmt::format("The API of {} has no call that asks users to update; nothing was done.", app->facts().in_sentence),
      "There a newer version, and a least version that the app itself asks for, are the way.");
}

Result<Step> recovery(const Definition& definition, const engine::State& state, const std::string& by,
                      const RecoveryOrder& given) {
  TRAIN_CHECK(is_on_recovery(given.action) && !given.builds.empty(), "an order on recoveries names its builds");
  RecoveryOrder order = given;
  std::sort(order.builds.begin(), order.builds.end());
  order.builds.erase(std::unique(order.builds.begin(), order.builds.end()), order.builds.end());
  if (const auto app = app_with_recoveries(definition, order.app); !app) return tl::unexpected(app.error());
  if (auto said = has_reason(order.why); !said) return tl::unexpected(said.error());
  if (auto may = may_ask_to_update(definition, by, Degree::hard); !may) return tl::unexpected(may.error());
  const auto bad = order.version ? order.version : version_of_build(state, order.app, order.builds.front());
  if (asks_users(order.action)) {
    if (auto may = is_approved(definition, state, order, bad); !may) return tl::unexpected(may.error());
  }
  return step_of(state, order, bad);
}

RecoveryWish wish_of(const Step& step) {
  RecoveryWish wish{{}, reach_of(step)};
  for (const auto& text : split(step.subject, ',')) {
    if (const auto build = BuildNumber::parse(text)) wish.builds.push_back(*build);
  }
  return wish;
}

RecoveryKey key_of(const Step& step) { return {step.subject, step.build.value_or(BuildNumber())}; }

RecoveryReach reach_of(const Step& step) { return parse_stored_reach(step.value).value_or(RecoveryReach{}); }

bool shows_recovery(const std::vector<Recovery>& all, const Step& step) {
  const auto wish = wish_of(step);
  return std::any_of(all.begin(), all.end(), [&](const Recovery& each) {
    if (step.action == Action::prepare_recovery)
      return !is_finished(each) && is_about(each, wish.builds) && covers(each.reach, wish.reach);
    if (each.id != step.subject) return false;
    if (step.action == Action::deploy_recovery) return is_deployed(each);
    if (step.action == Action::widen_recovery) return covers(each.reach, wish.reach);
    return step.action == Action::cancel_recovery && each.status == RecoveryStatus::cancelled;
  });
}

}  // namespace train::orders
