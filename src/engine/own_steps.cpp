// What the train does for itself: flags, branch, build, tag, and telling people.
#include <algorithm>

#include "outbox.hpp"
#include "ramp.hpp"
#include "steps.hpp"
#include "train/base/placeholders.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

Step own_step(Action action, const Release& release, std::string subject, Reason because) {
  Step step;
  step.action = action;
  step.version = release.version;
  step.subject = std::move(subject);
  step.because = {std::move(because)};
  return step;
}

bool everything_is_out(const DecisionInput& input, const Release& release) {
  return std::all_of(input.definition.apps.begin(), input.definition.apps.end(), [&](const App& app) {
    const auto* progress = release.find(app.name);
    if (progress == nullptr) return false;
    const auto phase = app_phase(*progress);
    return phase == AppPhase::completed || phase == AppPhase::rolled_back || phase == AppPhase::superseded;
  });
}

std::optional<Step> source_step(const DecisionInput& input, const Release& release) {
  if (!input.definition.source) return std::nullopt;
  const auto& source = *input.definition.source;
  if (release.departed && !release.branch_cut) {
    Step step = own_step(Action::cut_branch, release, with_version(source.branch, release.version),
                         {"cutoff", "passed", "a release branch"});
    // A hotfix is cut from what is live, everything else from the mainline.
    step.value = release.hotfix && release.replaces ? with_version(source.tag, *release.replaces) : source.mainline;
    return step;
  }
  const bool none = std::none_of(release.apps.begin(), release.apps.end(),
                                 [](const AppProgress& app) { return app.candidate.has_value(); });
  if (source.build && release.branch_cut && !release.build_started && none) {
    return own_step(Action::start_build, release, with_version(source.branch, release.version),
                    {"candidate", "none", "a release-candidate build"});
  }
  if (!release.tagged && everything_is_out(input, release)) {
    Step step =
        own_step(Action::tag, release, with_version(source.tag, release.version), {"rollout", "complete", "a tag"});
    step.value = with_version(source.branch, release.version);
    return step;
  }
  return std::nullopt;
}

}  // namespace

bool is_set_aside(const DecisionInput& input, const Step& step) {
  return std::any_of(input.set_aside.begin(), input.set_aside.end(),
                     [&](const Step& other) { return same_step(step, other); });
}

std::vector<Step> decide_own_steps(const DecisionInput& input, bool stopping) {
  for (auto& step : pending_flag_steps(input)) {
    if (!is_set_aside(input, step)) return {std::move(step)};
  }
  // People hear of a halt once it stands; while one is being sent, that call comes first.
  if (stopping) return {};
  for (const auto& release : input.state.releases) {
    if (!release.is_open()) continue;
    if (auto step = source_step(input, release); step && !is_set_aside(input, *step)) return {std::move(*step)};
    if (auto step = ramp_step(input, release)) return {std::move(*step)};
  }
  return message_steps(input);
}

}  // namespace train::engine
