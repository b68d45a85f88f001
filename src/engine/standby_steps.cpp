// The way back: what a standby needs next, whose turn the store's one place is, and when it goes out.
#include "standby_steps.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "requirements.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

std::string named(const Standby& standby) {
  return fmt::format("{} ({})", standby.version.text(), standby.build.text());
}

Step standby_step(const AppContext& context, Action action, std::vector<Reason> because) {
  Step step = make_step(context, action, std::move(because));
  step.build = context.progress.standby->build;
  step.subject = context.progress.standby->version.text();
  return step;
}

Decision only_step(Step step) {
  Decision out;
  out.step = std::move(step);
  return out;
}

Decision only_wait(Wait wait) {
  Decision out;
  out.waits.push_back(std::move(wait));
  return out;
}

Wait standby_wait(const AppContext& context, std::string detail, std::optional<Instant> until = std::nullopt) {
  return make_wait(context, WaitKind::standby, std::move(detail), until);
}

bool has_standby(const AppContext& context) {
  return context.facts.standby && context.input.definition.find_standby(context.app.name) != nullptr;
}

bool is_over(const AppContext& context) {
  const auto phase = app_phase(context.progress);
  return phase == AppPhase::superseded || context.release.abandoned.has_value();
}

const StandbyLook* look_of(const AppContext& context) {
  return context.look == nullptr || !context.look->standby ? nullptr : &*context.look->standby;
}

Decision decide_chosen(const AppContext& context) {
  const Standby& standby = *context.progress.standby;
  const auto* look = look_of(context);
  const bool gone = look != nullptr && look->built.has_value() && !*look->built;
  if (!standby.built || gone) {
    return only_step(standby_step(context, Action::prepare_standby,
                                  {{"way back", standby.from.text() + " (" + standby.from_build.text() + ") is live",
                                    fmt::format("the same as {}: above {} and every number used", named(standby),
                                                context.release.version.text())}}));
  }
  return only_step(standby_step(context, Action::upload_standby,
                                {{"way back", named(standby) + " is built", "in the store before submission"}}));
}

// Nothing chosen yet: what stands in the way, if anything does.
Decision decide_unchosen(const AppContext& context) {
  if (!context.progress.candidate || !standby_base(context.progress)) return {};
  const auto* look = look_of(context);
  if (look == nullptr || !look->failure) return {};
  Wait wait =
      person_wait(context, WaitKind::standby, standby_item(context.app.name), look->failure->text(), deciders(context));
  wait.because = {{"way back", "no standby can be made", "an uploaded standby, or a waiver with a name"}};
  return only_wait(std::move(wait));
}

// The one place is held from the first draft to the release itself.
bool has_left_the_place(const AppProgress* app) {
  if (app == nullptr) return false;
  switch (app_phase(*app)) {
    case AppPhase::rolling_out:
    case AppPhase::completed:
    case AppPhase::halted:
    case AppPhase::rolled_back:
    case AppPhase::superseded:
      return true;
    case AppPhase::awaiting_build:
    case AppPhase::candidate:
    case AppPhase::submitted:
    case AppPhase::in_review:
    case AppPhase::approved:
    case AppPhase::rejected:
      break;
  }
  return false;
}

// Hotfix, then regular, then standby.
const Release* whose_turn(const AppContext& context) {
  for (const auto& other : context.input.state.releases) {
    if (other.version == context.release.version || !other.is_open() || !other.departed) continue;
    const auto* progress = other.find(context.app.name);
    if (!has_left_the_place(progress) && other.version > context.release.version) return &other;
  }
  return nullptr;
}

std::optional<Wait> place_wait(const AppContext& context) {
  if (const auto* other = whose_turn(context)) {
    Wait wait = standby_wait(context, fmt::format("{} needs the store's one place first", other->version.text()));
    wait.because = {{"slot", other->version.text() + " is on its way", "hotfix, then regular, then standby"}};
    return wait;
  }
  const auto* look = look_of(context);
  if (look == nullptr || !look->view || !look->view->slot_held_by) return std::nullopt;
  const auto& holder = *look->view->slot_held_by;
  Wait wait = standby_wait(
      context, fmt::format("version {} ({}) holds the store's one editable place", holder.version, holder.raw));
  wait.because = {{"slot", holder.version + " " + holder.raw, "the place free"}};
  return wait;
}

std::optional<Wait> build_wait(const AppContext& context) {
  const auto& in_store = context.progress.standby->in_store;
  if (!in_store) return standby_wait(context, "its build was uploaded; the store does not show it yet");
  switch (in_store->state) {
    case BuildState::ready:
      return std::nullopt;
    case BuildState::processing:
      return standby_wait(context, "the store is processing its build");
    case BuildState::failed:
      break;
  }
  return person_wait(context, WaitKind::standby, standby_item(context.app.name),
                     "the store refused its build: " + in_store->detail, deciders(context));
}

Decision decide_review(const AppContext& context) {
  if (!is_exposed(context.progress)) return {};
  if (auto wait = build_wait(context)) return only_wait(std::move(*wait));
  if (auto wait = place_wait(context)) return only_wait(std::move(*wait));
  if (!context.input.definition.find_standby(context.app.name)->notes) {
    return only_wait(person_wait(context, WaitKind::standby, {},
                                 fmt::format("the store wants notes with it: give `standby.{}.notes`, true when an "
                                             "earlier version comes back",
                                             context.app.name),
                                 deciders(context)));
  }
  return only_step(standby_step(context, Action::submit_standby,
                                {{"way back", context.release.version.text() + " is out, the store's place is free",
                                  "reviewed before it is needed; released by hand only"}}));
}

Decision decide_seen(const AppContext& context) {
  const auto& seen = *context.progress.standby->seen;
  switch (seen.status) {
    case ReleaseStatus::draft:
    case ReleaseStatus::withdrawn:
      return decide_review(context);
    case ReleaseStatus::rejected:
      return only_wait(person_wait(context, WaitKind::standby, standby_item(context.app.name),
                                   fmt::format("the store rejected the standby {} ({})", seen.version.text(), seen.raw),
                                   deciders(context)));
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review: {
      Wait wait = standby_wait(context, fmt::format("the standby {} is in review ({})", seen.version.text(), seen.raw));
      return only_wait(std::move(wait));
    }
    case ReleaseStatus::approved:
    case ReleaseStatus::releasing:
    case ReleaseStatus::held_by_store:
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
    case ReleaseStatus::superseded:
    case ReleaseStatus::unknown:
      break;
  }
  return {};
}

Wait tick_wait(const AppContext& context) {
  const Standby& standby = *context.progress.standby;
  Wait wait = make_wait(context, WaitKind::checklist,
                        fmt::format("before the way back counts as ready: the code of {} reads the data that {} writes",
                                    standby.from.text(), context.release.version.text()));
  wait.item = standby_item(context.app.name);
  wait.who = {"release_manager"};
  wait.because = {{"way back", "nobody has said so", "a person's word, once a release"}};
  return wait;
}

// A breach whose gate lets the standby go out by itself.
bool is_automatic(const AppContext& context) {
  return std::any_of(context.progress.rules.begin(), context.progress.rules.end(), [&](const GateRule& rule) {
    const auto breach = context.progress.breaches.find(rule.gate.id());
    return rule.gate.auto_rollback && breach != context.progress.breaches.end() &&
           breach->second.reaction == Reaction::rollback;
  });
}

Reason permission(const AppContext& context) {
  if (context.progress.rollback)
    return {"ordered", context.progress.rollback->by + ": " + context.progress.rollback->why, "the way back"};
  if (is_automatic(context)) return {"auto", "a gate with `auto: true` breached", "the way back"};
  return {"approval", rollback_item(context.app.name) + " is signed", "the way back"};
}

// A run that died between the release of the standby and the brake on the store's own ladder.
bool still_climbs(const AppContext& context) {
  const auto* seen = context.seen();
  return seen != nullptr && seen->status == ReleaseStatus::serving && !seen->percent.is_all() && seen->phased &&
         seen->phased->state == PhasedRelease::State::active;
}

Decision ask_for_release(const AppContext& context, const Standby& standby) {
  Decision out;
  out.waits.push_back(
      person_wait(context, WaitKind::standby, rollback_item(context.app.name),
                  fmt::format("the standby {} is ready: {} again for everybody", named(standby), standby.from.text()),
                  {"release_manager"}));
  out.waits.back().because = {{"way back", "ready", "a person's word, or `auto: true` on the gate"}};
  return out;
}

}  // namespace

Decision decide_standby(const AppContext& context) {
  if (!has_standby(context) || !context.release.departed || is_over(context)) return {};
  if (!context.progress.standby)
    return is_standby_uploaded(context.input.definition, context.release, context.progress) ? Decision{}
                                                                                            : decide_unchosen(context);
  const Standby& standby = *context.progress.standby;
  if (standby.released || context.progress.removal) return {};
  if (!standby.uploaded) return decide_chosen(context);
  Decision out;
  if (context.facts.reviews_apart())
    out = standby.seen && !standby.stepped_aside ? decide_seen(context) : decide_review(context);
  if (!is_signed(context.release, standby_item(context.app.name))) out.waits.push_back(tick_wait(context));
  return out;
}

std::optional<Wait> standby_before_submission(const AppContext& context) {
  const bool wanted = has_standby(context) && !context.release.hotfix;
  if (!wanted || is_standby_uploaded(context.input.definition, context.release, context.progress)) return std::nullopt;
  Wait wait = standby_wait(context, "the standby must be in the store before this is submitted");
  wait.because = {{"way back", std::string(to_string(standby_state(context.facts, context.release, context.progress))),
                   "uploaded, or `train waive " + standby_item(context.app.name) + " --why …`"}};
  return wait;
}

std::optional<Step> step_aside(const AppContext& context, const VersionName& holder) {
  const auto owner = owner_of_standby(context.input.state, context.app.name, holder);
  if (owner.app == nullptr || !owner.app->standby->submitted || owner.app->standby->released) return std::nullopt;
  const AppContext theirs = make_app_context(context.input, *owner.release, context.app);
  return standby_step(theirs, Action::cancel_standby,
                      {{"slot", context.release.version.text() + " needs the store's one place",
                        "hotfix, then regular, then standby"}});
}

Decision decide_standby_release(const AppContext& context) {
  const auto state = standby_state(context.facts, context.release, context.progress);
  switch (state) {
    case StandbyState::absent:
    case StandbyState::built:
    case StandbyState::uploaded:
    case StandbyState::in_review:
    case StandbyState::stepped_aside:
      break;
    case StandbyState::ready: {
      const bool may = context.progress.rollback || is_automatic(context) ||
                       is_signed(context.release, rollback_item(context.app.name));
      if (!may) return ask_for_release(context, *context.progress.standby);
      return only_step(standby_step(context, Action::release_standby, {permission(context)}));
    }
    case StandbyState::released:
      return {};
  }
  const auto why =
      state == StandbyState::absent
          ? std::string("there is no rollback build: a fix goes out as a new build")
          : fmt::format("the standby {} is {}, not ready: {}", named(*context.progress.standby), to_string(state),
                        is_signed(context.release, standby_item(context.app.name))
                            ? "until it is, only a fix can follow"
                            : "nobody has said that the old code reads the new data (`train approve " +
                                  standby_item(context.app.name) + "`)");
  return only_wait(person_wait(context, WaitKind::standby, {}, why, deciders(context)));
}

std::optional<Decision> decide_rolled_back(const AppContext& context) {
  if (!context.progress.standby || !context.progress.standby->released) return std::nullopt;
  const auto& standby = *context.progress.standby;
  if (still_climbs(context)) {
    return only_step(
        make_step(context, Action::halt, {{"rolled back", named(standby) + " is going out", "no further exposure"}}));
  }
  if (standby.seen && standby.seen->status == ReleaseStatus::serving) return Decision{};
  return only_wait(standby_wait(
      context, fmt::format("the standby {} is going out in place of {}{}", named(standby),
                           context.release.version.text(), standby.seen ? " (" + standby.seen->raw + ")" : "")));
}

}  // namespace train::engine
