#include "train/engine/decide.hpp"
#include "train/base/fault.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "overdue.hpp"
#include "standby_steps.hpp"
#include "steps.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/identity.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

// What users had is over with the newer release. What nobody got is not done: a person says what becomes of it.
Decision decide_superseded(const AppContext& context) {
  Decision out;
  if (context.progress.exposed_since) return out;
  out.waits.push_back(person_wait(
      context, WaitKind::person, {},
      fmt::format("a newer release took its place before anybody got it ({}): `train abandon --why …` gives it up",
                  context.seen()->raw),
      deciders(context)));
  out.waits.back().because = {{"superseded", context.seen()->raw, "a person's word"}};
  return out;
}

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
      return decide_superseded(context);
    case ReleaseStatus::unknown:
      return {};  // said by decide_trouble
  }
  return {};
}

// A step whose answer was lost is not sent again while the store may still come to show it.
void settle(const AppContext& context, Decision& decision, Plan& plan) {
  if (!decision.step || !context.progress.unsettled) return;
  const auto& unsettled = *context.progress.unsettled;
  // A new version may be missing from a list for longer; the other effects are read at their own addresses. What stands
  // still right after a resume may have been stopped by a person: that is known once no list can be behind.
  const auto action = unsettled.step.action;
  const bool is_long = action == Action::create_version || action == Action::resume;
  const Instant until = unsettled.since + (is_long ? k_lag_window : k_settle_window);
  const bool other = unsettled.step.action != decision.step->action || unsettled.step.subject != decision.step->subject;
  if (other || context.now() >= until) return;
  decision.waits.push_back(
      make_wait(context, WaitKind::store,
                "the answer to the last call was lost; looking again before anything is sent twice", until));
  decision.waits.back().because = {{"unsettled", "answer lost at " + format_rfc3339(unsettled.since),
                                    "visible, or absent for " + format_duration(until - unsettled.since)}};
  decision.step.reset();
  if (!is_long) plan.settle_until = std::max(plan.settle_until.value_or(until), until);
}

// A stop is sent again at once. A pause on a rung is not: it keeps nobody in danger waiting, and who set it going again
// in the moment after it is a person.
bool waits_for_the_list(Action action) {
  if (action == Action::pause) return !TRAIN_FAULT("paused_again_at_once");
  return raises_exposure(action) || action == Action::create_version || action == Action::submit ||
         action == Action::submit_standby;
}

// The store has answered it with success, and its list does not show it yet.
void await_list(const AppContext& context, Decision& decision) {
  const auto& done = context.progress.last_done;
  if (TRAIN_FAULT("sent_twice_while_a_list_is_behind")) return;
  if (!decision.step || !done || !waits_for_the_list(done->step.action) || !same_step(done->step, *decision.step))
    return;
  const Instant until = done->at + k_lag_window;
  if (context.now() >= until) return;
  decision.waits.push_back(make_wait(context, WaitKind::store,
                                     "the store accepted the last call and does not show it yet; it is not sent twice",
                                     until));
  decision.waits.back().because = {{"list behind", "accepted at " + format_rfc3339(done->at), "visible in the store"}};
  decision.step.reset();
}

void keep_back(const AppContext& context, Decision& decision, Plan& plan) {
  settle(context, decision, plan);
  await_list(context, decision);
}

Decision settled(const AppContext& context, Decision decision, Plan& plan) {
  keep_back(context, decision, plan);
  if (decision.step && is_set_aside(context.input, *decision.step)) decision.step.reset();
  return decision;
}

bool leads_to_exposure(Action action) { return raises_exposure(action) || action == Action::submit; }

// A hold keeps back everything that leads to exposure, and stands in every view until a person ends it. What goes out
// by itself once its review is over is taken back from there.
void keep_hold(const AppContext& context, Decision& out) {
  if (TRAIN_FAULT("hold_stops_promotion_only")) return;
  const auto* seen = context.seen();
  const bool is_everybodys = seen != nullptr && seen->status == ReleaseStatus::serving && seen->percent.is_all();
  if (is_everybodys || (seen != nullptr && seen->status == ReleaseStatus::superseded)) return;
  auto hold = persons_hold(context);
  if (!hold) return;
  if (out.step && leads_to_exposure(out.step->action)) out.step.reset();
  const bool goes_out_by_itself =
      seen != nullptr && seen->status == ReleaseStatus::in_review && context.facts.review == StoreReview::with_release;
  if (goes_out_by_itself && !out.step)
    out.step = make_step(context, Action::halt,
                         {{"hold", "in review; it would go out once it is approved", "nothing goes out"}});
  const bool said =
      std::any_of(out.waits.begin(), out.waits.end(), [&](const Wait& wait) { return wait.detail == hold->detail; });
  if (!said) out.waits.insert(out.waits.begin(), std::move(*hold));
}

// Whatever people look at: a store that climbs by itself is kept on its rung meanwhile.
void keep_on_its_rung(const AppContext& context, Decision& out) {
  const auto* seen = context.seen();
  const bool climbs = seen != nullptr && seen->status == ReleaseStatus::serving && seen->phased &&
                      seen->phased->state == PhasedRelease::State::active && !seen->percent.is_all();
  // What somebody set going again after the train had moved it is that person's, also where a look that failed has kept
  // it from being said; the rest is said to a person.
  using Control = AppProgress::Control;
  const auto control = context.progress.control;
  const bool stopped_by_us = control == Control::paused || control == Control::halted;
  const bool set_going = stopped_by_us && !context.progress.may_resume;
  const bool decided = set_going || (context.progress.drift && control != Control::none);
  if (out.step || !climbs || decided || TRAIN_FAULT("trouble_silences_the_pause")) return;
  out.step = make_step(context, Action::pause, {{"trouble", "the store climbs by itself", "no rise meanwhile"}});
}

Decision decide_app(const AppContext& context, Plan& plan) {
  Decision out;
  if (auto back = decide_rolled_back(context)) {
    out = std::move(*back);
  } else if (auto trouble = decide_trouble(context)) {
    out = std::move(*trouble);
    keep_on_its_rung(context, out);
  } else {
    auto retaken = decide_retake(context);
    out = retaken ? std::move(*retaken) : decide_by_status(context);
    keep_hold(context, out);
  }
  warn_of_pause_days(context, out);
  const auto wanted = out.step;
  keep_back(context, out, plan);
  call_for_overdue(context, wanted, out);
  if (out.step && is_set_aside(context.input, *out.step)) out.step.reset();
  return out;
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

// Nothing is done by a definition that is not the log's.
Plan refuse_stranger(const DecisionInput& input, std::string why) {
  Plan plan;
  Wait wait;
  wait.kind = WaitKind::store;  // no item that a person of this release could end
  if (const auto* release = input.state.focus()) wait.version = release->version;
  wait.detail = std::move(why) + "; give each definition a log of its own, or `train accept-definition --why …`";
  wait.needs_person = true;
  wait.because = {{"definition", wait.detail, "the definition of this log"}};
  plan.waits.push_back(std::move(wait));
  return plan;
}

}  // namespace

Plan decide(const DecisionInput& input) {
  if (auto why = estrangement(input.definition, input.state)) return refuse_stranger(input, std::move(*why));
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
