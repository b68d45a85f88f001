#include "status_model.hpp"

#include <algorithm>

#include "train/engine/calendar.hpp"

namespace train::cli {
namespace {

void add_waits(AppStatus& out, const Plan& plan) {
  for (const auto& wait : plan.waits) {
    if (wait.app == out.app && wait.version == out.version) out.waits.push_back(wait);
  }
  for (const auto& next : plan.next) {
    if (next.app == out.app && next.version == out.version) out.next = next;
  }
  // A step that is due at once is what comes next.
  for (const auto& step : plan.steps) {
    if (step.app == out.app && step.version == out.version)
      out.next = Next{step.app, step.version, step.action, step.to_percent, std::nullopt};
  }
}

AppStatus app_status(const Definition& definition, const engine::Release& release, const App& app, const Plan& plan) {
  AppStatus out;
  out.app = app.name;
  out.store = app.store();
  out.version = release.version;
  const auto& ladder = definition.ladder_of(app, release.hotfix);
  for (const auto& stage : ladder.stages) out.stages.push_back(stage.to);
  out.has_version_record = app.facts().review == StoreReview::apart;
  out.can_be_stopped_after = app.facts().halts_after_full;
  if (const auto* progress = release.find(app.name)) {
    out.phase = engine::app_phase(*progress);
    if (progress->candidate) out.build = progress->candidate->build;
    for (const auto& build : progress->builds) {
      if (out.build == build.number) out.testers = build.testers;
    }
    if (progress->seen) {
      out.store_state = progress->seen->raw;
      out.percent = progress->seen->percent;
      out.percent_as_of = progress->percent_as_of;
    }
    out.budget = progress->budget;
    out.failing = progress->failing;
    out.stage = progress->stage;
    if (progress->stage > 0) out.verdict = progress->verdict.value_or(Verdict::hold);
    for (const auto& [gate, given] : progress->overrides) {
      if (given.stage == progress->stage) out.overridden_by = given.by;
    }
  }
  add_waits(out, plan);
  return out;
}

StandbyStatus standby_status(const Definition& definition, const engine::Release& release, const StandbyRule& rule) {
  StandbyStatus out;
  out.app = rule.app;
  const auto* progress = release.find(rule.app);
  const auto* app = definition.find_app(rule.app);
  if (progress == nullptr || app == nullptr) return out;
  out.state = engine::standby_state(app->facts(), release, *progress);
  out.standby = progress->standby;
  return out;
}

ReleaseStatusModel release_status(const Definition& definition, const engine::Release& release, const Plan& plan,
                                  Instant now) {
  ReleaseStatusModel out;
  out.version = release.version;
  out.hotfix = release.hotfix;
  out.phase = engine::release_phase(definition, release, now);
  out.cutoff = release.cutoff;
  out.departed = release.departed;
  if (release.is_open()) out.last_run = engine::last_run(release, now);
  for (const auto& app : definition.apps) out.apps.push_back(app_status(definition, release, app, plan));
  for (const auto& rule : definition.standby) out.standby.push_back(standby_status(definition, release, rule));
  return out;
}

// Only what is done by hand outside the loop gets here.
std::string said_of(const Step& step) {
  const std::string users = step.app + " build " + (step.build ? step.build->text() : std::string("unknown"));
  if (step.action == Action::prepare_recovery) return "an app recovery is drafted for users of " + users;
  if (step.action == Action::deploy_recovery) return "users of " + users + " are asked to update";
  if (step.action == Action::widen_recovery) return "more users of " + users + " are asked to update";
  if (step.action == Action::cancel_recovery) return "no further users of " + users + " are asked to update";
  if (step.action == Action::set_minimum_version) return step.subject + " is " + step.value;
  return step.subject + " is set";
}

}  // namespace

StatusModel make_status(const Definition& definition, const engine::State& state, Instant now, Which which) {
  StatusModel out;
  out.train = definition.train;
  out.now = now;
  out.zone = definition.calendar.zone;
  const Observation nothing_seen;
  const Evidence nothing_measured;
  const Plan plan = engine::decide({definition, state, nothing_seen, nothing_measured, now, {}});
  const auto* focus = state.focus();
  for (const auto& release : state.releases) {
    if (&release == focus)
      out.release = release_status(definition, release, plan, now);
    else if (which == Which::all)
      out.others.insert(out.others.begin(), release_status(definition, release, plan, now));
    else if (release.is_open())
      out.also_open.push_back(release.version);
  }
  if (definition.rotation) out.owner = engine::owner_at(*definition.rotation, definition.calendar.zone, now);
  for (const auto& [name, flag] : state.flags) out.flags.push_back({name, flag.value, flag.as_of});
  for (const auto& work : state.by_hand) out.by_hand.push_back({work, said_of(work.step)});
  for (const auto& [operation, open] : state.open) {
    out.open_operations.push_back(std::string(to_string(open.intent.step.action)) +
                                  (open.intent.step.app.empty() ? "" : " " + open.intent.step.app));
  }
  for (const auto& wait : plan.waits) {
    if (wait.app.empty()) out.train_waits.push_back(wait);
    out.needs_person = out.needs_person || wait.needs_person;
  }
  return out;
}

}  // namespace train::cli
