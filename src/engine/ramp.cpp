#include "ramp.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "steps.hpp"
#include "train/domain/flag_share.hpp"

namespace train::engine {
namespace {

bool is_in_trouble(const AppProgress& app) {
  const bool breached = std::any_of(app.breaches.begin(), app.breaches.end(), [](const auto& breach) {
    return breach.second.reaction != Reaction::switch_off || !breach.second.settled;
  });
  return breached || app.hold || app.halt || app.rollback || app.removal || app.drift;
}

// The lowest stage that is reached in every store; zero before the first.
Percent share_reached(const DecisionInput& input, const Release& release) {
  Percent lowest = Percent::whole(100);
  for (const auto& app : input.definition.apps) {
    const auto* progress = release.find(app.name);
    const auto& stages = input.definition.ladder_of(app, release.hotfix).stages;
    if (progress == nullptr || progress->stage < 1) return {};
    const auto at = std::min(static_cast<std::size_t>(progress->stage), stages.size());
    lowest = std::min(lowest, stages[at - 1].to);
  }
  return lowest;
}

bool may_rise(const State& state, const Flag& flag, Percent share) {
  const auto known = state.flags.find(flag.name);
  if (known == state.flags.end()) return true;
  const auto now = share_of_value(flag, known->second.value);
  return now && *now < share;  // off, or at a value of a person's: left alone
}

}  // namespace

std::optional<Step> ramp_step(const DecisionInput& input, const Release& release) {
  const Percent share = share_reached(input, release);
  if (share.is_zero() || release.hold || std::any_of(release.apps.begin(), release.apps.end(), is_in_trouble))
    return std::nullopt;
  for (const auto& flag : input.definition.flags) {
    if (!flag.ramp || !may_rise(input.state, flag, share)) continue;
    Step step;
    step.action = Action::set_flag;
    step.version = release.version;
    step.subject = flag.name;
    step.value = value_of_share(flag, share);
    step.because = {{"ramp", fmt::format("{} is reached in every store", share.text()), "the feature for as many"}};
    if (!is_set_aside(input, step)) return step;
  }
  return std::nullopt;
}

}  // namespace train::engine
