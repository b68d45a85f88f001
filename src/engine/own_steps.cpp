// What the train does for itself: flags, branch, build, tag, and telling people.
#include <algorithm>

#include "outbox.hpp"
#include "ramp.hpp"
#include "steps.hpp"
#include "train/base/placeholders.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/source.hpp"

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

const SourceLook* obstacles_seen(const DecisionInput& input, const VersionName& version) {
  for (const auto& look : input.observation.source) {
    if (look.version == version && !look.obstacles.empty()) return &look;
  }
  return nullptr;
}

std::optional<Step> source_step(const DecisionInput& input, const Release& release) {
  if (!input.definition.source) return std::nullopt;
  const auto& source = *input.definition.source;
  const auto names = source_names(source, release);
  if (release.departed && !release.branch_cut && obstacles_seen(input, release.version) == nullptr) {
    Step step = own_step(Action::cut_branch, release, names.branch, {"cutoff", "passed", "a release branch"});
    step.value = names.start;
    return step;
  }
  const bool none = std::none_of(release.apps.begin(), release.apps.end(),
                                 [](const AppProgress& app) { return app.candidate.has_value(); });
  if (source.build && release.branch_cut && !release.build_started && none) {
    return own_step(Action::start_build, release, names.branch, {"candidate", "none", "a release-candidate build"});
  }
  if (!release.tagged && everything_is_out(input, release)) {
    Step step = own_step(Action::tag, release, names.tag, {"rollout", "complete", "a tag"});
    step.value = names.branch;
    return step;
  }
  return std::nullopt;
}

}  // namespace

SourceNames source_names(const SourceRule& source, const VersionName& version,
                         const std::optional<VersionName>& replaces) {
  return {with_version(source.branch, version), with_version(source.tag, version),
          replaces ? with_version(source.tag, *replaces) : source.mainline};
}

SourceNames source_names(const SourceRule& source, const Release& release) {
  return source_names(source, release.version, release.hotfix ? release.replaces : std::nullopt);
}

bool is_set_aside(const DecisionInput& input, const Step& step) {
  return std::any_of(input.set_aside.begin(), input.set_aside.end(),
                     [&](const Step& other) { return same_step(step, other); });
}

std::vector<Wait> decide_own_waits(const DecisionInput& input) {
  std::vector<Wait> out;
  for (const auto& release : input.state.releases) {
    const auto* look = release.is_open() ? obstacles_seen(input, release.version) : nullptr;
    if (look == nullptr) continue;
    Wait wait;
    wait.kind = WaitKind::person;
    wait.version = release.version;
    wait.detail = join(look->obstacles, "; ");
    wait.needs_person = true;
    wait.because = {{"source", wait.detail, "a branch and a tag of its own"}};
    out.push_back(std::move(wait));
  }
  return out;
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
