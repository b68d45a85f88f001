// What is expected to follow in the same run: each step's success imagined, and the question asked again.
#include <algorithm>
#include <iterator>

#include "train/engine/decide.hpp"

namespace train::engine {
namespace {

constexpr int k_rounds_max = 12;  // the longest chain of one run is shorter

void imagine_testers(AppProgress& app, const Step& step) {
  const auto of_step = [&](const SeenBuild& build) { return build.number == step.build; };
  auto build = std::find_if(app.builds.begin(), app.builds.end(), of_step);
  if (build == app.builds.end()) {
    app.builds.push_back({*step.build, BuildState::ready, {}, {}});
    build = std::prev(app.builds.end());
  }
  std::erase_if(build->testers, [&](const SeenTesters& seen) { return seen.group == step.subject; });
  build->testers.push_back({step.subject, TesterStatus::testing, {}});
}

void imagine_release(AppProgress& app, const Step& step, const StoreFacts& facts) {
  const auto ensure = [&]() -> SeenRelease& {
    if (!app.seen) app.seen = SeenRelease{};
    app.seen->version = step.version;
    return *app.seen;
  };
  switch (step.action) {
    case Action::upload_build:
      if (step.build) app.builds.push_back({*step.build, BuildState::ready, {}, {}});
      app.uploaded = true;
      break;
    case Action::create_version:
      ensure().status = ReleaseStatus::draft;
      break;
    case Action::attach_build:
      ensure().build = step.build;
      break;
    case Action::set_release_notes:
      ensure().notes_set = true;
      app.notes_sent = step.value;
      break;
    case Action::submit:
      ensure().status = ReleaseStatus::waiting_for_review;
      break;
    case Action::cancel_submission:
      ensure().status = ReleaseStatus::withdrawn;
      app.withdrawn_by_us = true;
      break;
    case Action::retake_release:
      ensure().releases_itself = false;
      break;
    case Action::start_rollout:
      ensure().status = facts.review == StoreReview::with_release ? ReleaseStatus::in_review : ReleaseStatus::releasing;
      break;
    case Action::pause:
    case Action::halt:
      ensure().status = ReleaseStatus::halted;
      break;
    case Action::set_percent:
    case Action::resume:
    case Action::complete:
      ensure().status = ReleaseStatus::serving;
      if (facts.sets_percentages || step.action == Action::complete)
        ensure().percent = step.to_percent.value_or(ensure().percent);
      break;
    case Action::distribute:
      if (step.build) imagine_testers(app, step);
      break;
    case Action::cut_branch:
    case Action::start_build:
    case Action::tag:
    case Action::prepare_standby:
    case Action::upload_standby:
    case Action::submit_standby:
    case Action::release_standby:
    case Action::cancel_standby:
    case Action::set_flag:
    case Action::notify:
    case Action::annotate:
    case Action::set_update_priority:
    case Action::remove_from_sale:
    case Action::prepare_recovery:
    case Action::deploy_recovery:
    case Action::cancel_recovery:
    case Action::widen_recovery:
    case Action::set_minimum_version:
    case Action::set_update_policy:
      break;
  }
}

// The fold has the rest.
void imagine_standby(AppProgress& app, const Step& step) {
  if (!app.standby || step.subject != app.standby->version.text()) return;
  if (step.action == Action::upload_standby)
    app.standby->in_store = SeenBuild{app.standby->build, BuildState::processing, {}, {}};
  if (step.action != Action::submit_standby) return;
  app.standby->seen = SeenRelease{};
  app.standby->seen->version = app.standby->version;
  app.standby->seen->status = ReleaseStatus::waiting_for_review;
}

// Intent and outcome as the log would hold them, then what the store would show.
void imagine(State& state, const Definition& definition, const Step& step, Instant now) {
  const std::string operation = "imagined-" + std::to_string(state.seq);
  Event intent{state.seq + 1, now, "train", event::Intent{operation, "", now, step}, {}, {}};
  apply(state, intent);
  Event outcome{state.seq + 1, now, "train", event::Outcome{operation, event::Outcome::Result::done, {}}, {}, {}};
  apply(state, outcome);
  const auto* app = definition.find_app(step.app);
  auto* release = state.find(step.version);
  if (app == nullptr || release == nullptr) return;
  auto* progress = release->find(step.app);
  if (progress == nullptr) return;
  imagine_release(*progress, step, app->facts());
  imagine_standby(*progress, step);
}

bool contains(const std::vector<Step>& steps, const Step& step) {
  return std::any_of(steps.begin(), steps.end(), [&](const Step& other) { return same_step(other, step); });
}

}  // namespace

std::vector<Step> predict_steps(const DecisionInput& input, const Plan& plan) {
  std::vector<Step> out;
  State state = input.state;
  const Observation nothing_new;
  std::vector<Step> round = plan.steps;
  for (int i = 0; i < k_rounds_max && !round.empty(); ++i) {
    for (const auto& step : round) imagine(state, input.definition, step, input.now);
    round =
        decide(DecisionInput{input.definition, state, nothing_new, input.evidence, input.now, input.set_aside}).steps;
    // Notifications of imagined events have no number yet; they are not foretold.
    std::erase_if(round, [&](const Step& step) {
      return step.action == Action::notify || contains(out, step) || contains(plan.steps, step);
    });
    out.insert(out.end(), round.begin(), round.end());
  }
  return out;
}

}  // namespace train::engine
