#include "train/engine/decide.hpp"

#include <algorithm>
#include <set>

#include "standby_steps.hpp"
#include "steps.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

Decision decide_by_status(const AppContext& context) {
  if (context.seen() == nullptr) return decide_preparation(context);
  switch (context.seen()->status) {
    case ReleaseStatus::draft:
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
    case ReleaseStatus::rejected:
    case ReleaseStatus::withdrawn:
      return decide_preparation(context);
    case ReleaseStatus::approved:
      return decide_start(context);
    case ReleaseStatus::releasing: {
      Decision out;
      out.waits.push_back(make_wait(context, WaitKind::store,
                                    "the store is releasing it (" + context.seen()->raw + ")" +
                                        (context.seen()->detail.empty() ? "" : "; " + context.seen()->detail)));
      return out;
    }
    case ReleaseStatus::held_by_store: {
      Decision out;
      out.waits.push_back(
          person_wait(context, WaitKind::store, {},
                      "approved, but somebody must publish it in the store's console (" + context.seen()->raw + ")",
                      deciders(context)));
      return out;
    }
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
      return decide_rollout(context);
    case ReleaseStatus::superseded:
      return {};
    case ReleaseStatus::unknown:
      return {};  // said by decide_trouble
  }
  return {};
}

// A step whose answer was lost is not sent again while the store may still come to show it.
void settle(const AppContext& context, Decision& decision, Plan& plan) {
  if (!decision.step || !context.progress.unsettled) return;
  const auto& unsettled = *context.progress.unsettled;
  const Instant until = unsettled.since + k_settle_window;
  const bool other = unsettled.step.action != decision.step->action || unsettled.step.subject != decision.step->subject;
  if (other || context.now() >= until) return;
  decision.waits.push_back(
      make_wait(context, WaitKind::store,
                "the answer to the last call was lost; looking again before anything is sent twice", until));
  decision.waits.back().because = {
      {"unsettled", "answer lost at " + format_rfc3339(unsettled.since), "visible, or absent for 60 s"}};
  decision.step.reset();
  plan.settle_until = std::max(plan.settle_until.value_or(until), until);
}

Decision settled(const AppContext& context, Decision decision, Plan& plan) {
  settle(context, decision, plan);
  if (decision.step && is_set_aside(context.input, *decision.step)) decision.step.reset();
  return decision;
}

Decision decide_app(const AppContext& context, Plan& plan) {
  Decision out;
  if (auto back = decide_rolled_back(context)) {
    out = std::move(*back);
  } else if (auto trouble = decide_trouble(context)) {
    out = std::move(*trouble);
  } else {
    out = decide_by_status(context);
  }
  warn_of_pause_days(context, out);
  return settled(context, std::move(out), plan);
}

void add(Plan& plan, Decision decision, std::set<AppName>& taken) {
  if (decision.step && taken.insert(decision.step->app).second) plan.steps.push_back(std::move(*decision.step));
  for (auto& wait : decision.waits) plan.waits.push_back(std::move(wait));
  if (decision.next) plan.next.push_back(std::move(*decision.next));
}

// Hotfixes first, then in the order they were opened; the last that ended too, for a halt that comes late.
std::vector<const Release*> releases_to_decide(const State& state) {
  std::vector<const Release*> out;
  for (const auto& release : state.releases) {
    if (release.is_open() && release.hotfix) out.push_back(&release);
  }
  for (const auto& release : state.releases) {
    if (release.is_open() && !release.hotfix) out.push_back(&release);
  }
  return out;
}

void decide_ended(const DecisionInput& input, Plan& plan, std::set<AppName>& taken) {
  const auto* last = input.state.focus();
  if (last == nullptr || last->is_open()) return;
  for (const auto& app : input.definition.apps) {
    const AppContext context = make_app_context(input, *last, app);
    Decision late;
    if (context.progress.halt || context.progress.rollback || context.progress.removal) {
      if (auto back = decide_rolled_back(context)) {
        late = std::move(*back);
      } else if (auto trouble = decide_trouble(context)) {
        late = std::move(*trouble);
      }
    }
    warn_of_pause_days(context, late);
    add(plan, settled(context, std::move(late), plan), taken);
    add(plan, settled(context, decide_standby(context), plan), taken);
  }
}

std::optional<Instant> earliest(const Plan& plan, const State& state, Instant now) {
  std::optional<Instant> out;
  const auto consider = [&](const std::optional<Instant>& at) {
    if (at && *at > now && (!out || *at < *out)) out = at;
  };
  for (const auto& wait : plan.waits) consider(wait.until);
  for (const auto& release : state.releases) {
    if (release.is_open() && !release.departed) consider(release.cutoff);
  }
  return out;
}

}  // namespace

Plan decide(const DecisionInput& input) {
  Plan plan;
  std::set<AppName> taken;
  for (const auto* release : releases_to_decide(input.state)) {
    for (const auto& app : input.definition.apps) {
      const AppContext context = make_app_context(input, *release, app);
      add(plan, decide_app(context, plan), taken);
      add(plan, settled(context, decide_standby(context), plan), taken);
    }
  }
  decide_ended(input, plan, taken);
  const bool stopping = std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    return step.action == Action::halt || step.action == Action::release_standby;
  });
  for (auto& own : decide_own_steps(input, stopping)) plan.steps.push_back(std::move(own));
  for (auto& wait : decide_own_waits(input)) plan.waits.push_back(std::move(wait));
  plan.next_due = earliest(plan, input.state, input.now);
  return plan;
}

std::optional<event::WaitingForPeople> people_wanted(const State& state, const VersionName& version, const Plan& plan) {
  std::set<std::string> items;
  for (const auto& wait : plan.waits) {
    if (wait.version != version) continue;
    if (!wait.item.empty() && (wait.kind == WaitKind::approval || wait.kind == WaitKind::checklist))
      items.insert(wait.item);
    if (wait.needs_person && wait.kind == WaitKind::person)
      items.insert((wait.app.empty() ? "source" : wait.app) + ": " + wait.detail);
  }
  const auto* release = state.find(version);
  const std::vector<std::string> wanted(items.begin(), items.end());
  if (release == nullptr || release->asked_people == wanted) return std::nullopt;
  return event::WaitingForPeople{version, wanted};
}

}  // namespace train::engine
