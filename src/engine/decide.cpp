#include "train/engine/decide.hpp"

#include <algorithm>
#include <set>

#include "steps.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/phase.hpp"
#include "way_back.hpp"

namespace train::engine {
namespace {

Decision decide_by_status(const Case& c) {
  if (c.seen() == nullptr) return decide_preparation(c);
  switch (c.seen()->status) {
    case ReleaseStatus::draft:
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
    case ReleaseStatus::rejected:
    case ReleaseStatus::withdrawn:
      return decide_preparation(c);
    case ReleaseStatus::approved:
      return decide_start(c);
    case ReleaseStatus::releasing: {
      Decision out;
      out.waits.push_back(make_wait(c, WaitKind::store,
                                    "the store is releasing it (" + c.seen()->raw + ")" +
                                        (c.seen()->detail.empty() ? "" : "; " + c.seen()->detail)));
      return out;
    }
    case ReleaseStatus::held_by_store: {
      Decision out;
      out.waits.push_back(person_wait(
          c, WaitKind::store, {},
          "approved, but somebody must publish it in the store's console (" + c.seen()->raw + ")", deciders(c)));
      return out;
    }
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
      return decide_rollout(c);
    case ReleaseStatus::superseded:
      return {};
    case ReleaseStatus::unknown:
      return {};  // said by decide_trouble
  }
  return {};
}

// A step whose answer was lost is not sent again while the store may still come to show it.
void settle(const Case& c, Decision& decision, Plan& plan) {
  if (!decision.step || !c.progress.unsettled) return;
  const auto& unsettled = *c.progress.unsettled;
  const Instant until = unsettled.since + k_settle_window;
  const bool other = unsettled.step.action != decision.step->action || unsettled.step.subject != decision.step->subject;
  if (other || c.now() >= until) return;
  decision.waits.push_back(make_wait(
      c, WaitKind::store, "the answer to the last call was lost; looking again before anything is sent twice", until));
  decision.waits.back().because = {
      {"unsettled", "answer lost at " + format_rfc3339(unsettled.since), "visible, or absent for 60 s"}};
  decision.step.reset();
  plan.settle_until = std::max(plan.settle_until.value_or(until), until);
}

Decision settled(const Case& c, Decision decision, Plan& plan) {
  settle(c, decision, plan);
  if (decision.step && is_set_aside(c.world, *decision.step)) decision.step.reset();
  return decision;
}

Decision decide_app(const Case& c, Plan& plan) {
  Decision out;
  if (auto back = decide_rolled_back(c)) {
    out = std::move(*back);
  } else if (auto trouble = decide_trouble(c)) {
    out = std::move(*trouble);
  } else {
    out = decide_by_status(c);
  }
  warn_of_pause_days(c, out);
  return settled(c, std::move(out), plan);
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

void decide_ended(const World& world, Plan& plan, std::set<AppName>& taken) {
  const auto* last = world.state.focus();
  if (last == nullptr || last->is_open()) return;
  for (const auto& app : world.definition.apps) {
    const Case c = make_case(world, *last, app);
    Decision late;
    if (c.progress.halt || c.progress.rollback || c.progress.removal) {
      if (auto back = decide_rolled_back(c)) {
        late = std::move(*back);
      } else if (auto trouble = decide_trouble(c)) {
        late = std::move(*trouble);
      }
    }
    warn_of_pause_days(c, late);
    add(plan, settled(c, std::move(late), plan), taken);
    add(plan, settled(c, decide_standby(c), plan), taken);
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

Plan decide(const World& world) {
  Plan plan;
  std::set<AppName> taken;
  for (const auto* release : releases_to_decide(world.state)) {
    for (const auto& app : world.definition.apps) {
      const Case c = make_case(world, *release, app);
      add(plan, decide_app(c, plan), taken);
      add(plan, settled(c, decide_standby(c), plan), taken);
    }
  }
  decide_ended(world, plan, taken);
  const bool stopping = std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    return step.action == Action::halt || step.action == Action::release_standby;
  });
  if (auto own = decide_own_step(world, stopping)) plan.steps.push_back(std::move(*own));
  plan.next_due = earliest(plan, world.state, world.now);
  return plan;
}

std::optional<event::WaitingForPeople> people_wanted(const State& state, const VersionName& version, const Plan& plan) {
  std::set<std::string> items;
  for (const auto& wait : plan.waits) {
    if (wait.version != version) continue;
    if (!wait.item.empty() && (wait.kind == WaitKind::approval || wait.kind == WaitKind::checklist))
      items.insert(wait.item);
    if (wait.needs_person && wait.kind == WaitKind::person) items.insert(wait.app + ": " + wait.detail);
  }
  const auto* release = state.find(version);
  const std::vector<std::string> wanted(items.begin(), items.end());
  if (release == nullptr || release->asked_people == wanted) return std::nullopt;
  return event::WaitingForPeople{version, wanted};
}

}  // namespace train::engine
