// The way back: what a standby needs next, whose turn the store's one place is, and when it goes out.
#include "way_back.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "requirements.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

std::string named(const Standby& standby) {
  return fmt::format("{} ({})", standby.version.text(), standby.build.text());
}

Step standby_step(const Case& c, Action action, std::vector<Reason> because) {
  Step step = make_step(c, action, std::move(because));
  step.build = c.progress.standby->build;
  step.subject = c.progress.standby->version.text();
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

Wait standby_wait(const Case& c, std::string detail, std::optional<Instant> until = std::nullopt) {
  return make_wait(c, WaitKind::standby, std::move(detail), until);
}

bool is_over(const Case& c) {
  const auto phase = app_phase(c.progress);
  return phase == AppPhase::superseded || c.release.abandoned.has_value();
}

const StandbyLook* look_of(const Case& c) {
  return c.look == nullptr || !c.look->standby ? nullptr : &*c.look->standby;
}

Decision decide_chosen(const Case& c) {
  const Standby& standby = *c.progress.standby;
  const auto* look = look_of(c);
  const bool gone = look != nullptr && look->built.has_value() && !*look->built;
  if (!standby.built || gone) {
    return only_step(standby_step(
        c, Action::prepare_standby,
        {{"way back", standby.from.text() + " (" + standby.from_build.text() + ") is live",
          fmt::format("the same as {}: above {} and every number used", named(standby), c.release.version.text())}}));
  }
  return only_step(standby_step(c, Action::upload_standby,
                                {{"way back", named(standby) + " is built", "in the store before submission"}}));
}

// Nothing chosen yet: what stands in the way, if anything does.
Decision decide_unchosen(const Case& c) {
  if (!c.progress.candidate || !way_back_of(c.progress)) return {};
  const auto* look = look_of(c);
  if (look == nullptr || !look->failure) return {};
  Wait wait = person_wait(c, WaitKind::standby, standby_item(c.app.name), look->failure->text(), deciders(c));
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
const Release* whose_turn(const Case& c) {
  for (const auto& other : c.world.state.releases) {
    if (other.version == c.release.version || !other.is_open() || !other.departed) continue;
    const auto* progress = other.find(c.app.name);
    if (!has_left_the_place(progress) && other.version > c.release.version) return &other;
  }
  return nullptr;
}

std::optional<Wait> place_wait(const Case& c) {
  if (const auto* other = whose_turn(c)) {
    Wait wait = standby_wait(c, fmt::format("{} needs the store's one place first", other->version.text()));
    wait.because = {{"slot", other->version.text() + " is on its way", "hotfix, then regular, then standby"}};
    return wait;
  }
  const auto* look = look_of(c);
  if (look == nullptr || !look->view || !look->view->slot_held_by) return std::nullopt;
  const auto& holder = *look->view->slot_held_by;
  Wait wait =
      standby_wait(c, fmt::format("version {} ({}) holds the store's one editable place", holder.version, holder.raw));
  wait.because = {{"slot", holder.version + " " + holder.raw, "the place free"}};
  return wait;
}

std::optional<Wait> build_wait(const Case& c) {
  const auto& in_store = c.progress.standby->in_store;
  if (!in_store) return standby_wait(c, "its build was uploaded; the store does not show it yet");
  switch (in_store->state) {
    case BuildState::ready:
      return std::nullopt;
    case BuildState::processing:
      return standby_wait(c, "the store is processing its build");
    case BuildState::failed:
      break;
  }
  return person_wait(c, WaitKind::standby, standby_item(c.app.name), "the store refused its build: " + in_store->detail,
                     deciders(c));
}

Decision decide_review(const Case& c) {
  if (!is_exposed(c.progress)) return {};
  if (auto wait = build_wait(c)) return only_wait(std::move(*wait));
  if (auto wait = place_wait(c)) return only_wait(std::move(*wait));
  if (!c.world.definition.find_standby(c.app.name)->notes) {
    return only_wait(person_wait(c, WaitKind::standby, {},
                                 fmt::format("the store wants notes with it: give `standby.{}.notes`, true when an "
                                             "earlier version comes back",
                                             c.app.name),
                                 deciders(c)));
  }
  return only_step(standby_step(c, Action::submit_standby,
                                {{"way back", c.release.version.text() + " is out, the store's place is free",
                                  "reviewed before it is needed; released by hand only"}}));
}

Decision decide_seen(const Case& c) {
  const auto& seen = *c.progress.standby->seen;
  switch (seen.status) {
    case ReleaseStatus::draft:
    case ReleaseStatus::withdrawn:
      return decide_review(c);
    case ReleaseStatus::rejected:
      return only_wait(person_wait(c, WaitKind::standby, standby_item(c.app.name),
                                   fmt::format("the store rejected the standby {} ({})", seen.version.text(), seen.raw),
                                   deciders(c)));
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review: {
      Wait wait = standby_wait(c, fmt::format("the standby {} is in review ({})", seen.version.text(), seen.raw));
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

Wait tick_wait(const Case& c) {
  const Standby& standby = *c.progress.standby;
  Wait wait = make_wait(c, WaitKind::checklist,
                        fmt::format("before the way back counts as ready: the code of {} reads the data that {} writes",
                                    standby.from.text(), c.release.version.text()));
  wait.item = standby_item(c.app.name);
  wait.who = {"release_manager"};
  wait.because = {{"way back", "nobody has said so", "a person's word, once a release"}};
  return wait;
}

// A breach whose gate lets the standby go out by itself.
bool is_automatic(const Case& c) {
  return std::any_of(c.progress.rules.begin(), c.progress.rules.end(), [&](const GateRule& rule) {
    const auto breach = c.progress.breaches.find(rule.gate.signal);
    return rule.gate.auto_rollback && breach != c.progress.breaches.end() && breach->second.reaction == "rollback";
  });
}

Reason permission(const Case& c) {
  if (c.progress.rollback)
    return {"ordered", c.progress.rollback->by + ": " + c.progress.rollback->why, "the way back"};
  if (is_automatic(c)) return {"auto", "a gate with `auto: true` breached", "the way back"};
  return {"approval", rollback_item(c.app.name) + " is signed", "the way back"};
}

// A run that died between the release of the standby and the brake on the store's own ladder.
bool still_climbs(const Case& c) {
  const auto* seen = c.seen();
  return seen != nullptr && seen->status == ReleaseStatus::serving && !seen->percent.is_all() && seen->phased &&
         seen->phased->state == PhasedRelease::State::active;
}

Decision ask_for_release(const Case& c, const Standby& standby) {
  Decision out;
  out.waits.push_back(
      person_wait(c, WaitKind::standby, rollback_item(c.app.name),
                  fmt::format("the standby {} is ready: {} again for everybody", named(standby), standby.from.text()),
                  {"release_manager"}));
  out.waits.back().because = {{"way back", "ready", "a person's word, or `auto: true` on the gate"}};
  return out;
}

}  // namespace

Decision decide_standby(const Case& c) {
  if (c.world.definition.find_standby(c.app.name) == nullptr || !c.release.departed || is_over(c)) return {};
  if (!c.progress.standby)
    return is_way_back_uploaded(c.world.definition, c.release, c.progress) ? Decision{} : decide_unchosen(c);
  const Standby& standby = *c.progress.standby;
  if (standby.released || c.progress.removal) return {};
  if (!standby.uploaded) return decide_chosen(c);
  Decision out;
  if (c.model.version_record) out = standby.seen && !standby.stepped_aside ? decide_seen(c) : decide_review(c);
  if (!is_signed(c.release, standby_item(c.app.name))) out.waits.push_back(tick_wait(c));
  return out;
}

std::optional<Wait> standby_before_submission(const Case& c) {
  const bool wanted = c.world.definition.find_standby(c.app.name) != nullptr && !c.release.hotfix;
  if (!wanted || is_way_back_uploaded(c.world.definition, c.release, c.progress)) return std::nullopt;
  Wait wait = standby_wait(c, "the standby must be in the store before this is submitted");
  wait.because = {{"way back", std::string(to_string(standby_state(c.model, c.release, c.progress))),
                   "uploaded, or `train waive " + standby_item(c.app.name) + " --why …`"}};
  return wait;
}

std::optional<Step> step_aside(const Case& c, const VersionName& holder) {
  const auto owner = owner_of_standby(c.world.state, c.app.name, holder);
  if (owner.app == nullptr || !owner.app->standby->submitted || owner.app->standby->released) return std::nullopt;
  const Case theirs = make_case(c.world, *owner.release, c.app);
  return standby_step(
      theirs, Action::cancel_standby,
      {{"slot", c.release.version.text() + " needs the store's one place", "hotfix, then regular, then standby"}});
}

Decision decide_way_back(const Case& c) {
  const auto state = standby_state(c.model, c.release, c.progress);
  switch (state) {
    case StandbyState::absent:
    case StandbyState::built:
    case StandbyState::uploaded:
    case StandbyState::in_review:
    case StandbyState::stepped_aside:
      break;
    case StandbyState::ready: {
      const bool may = c.progress.rollback || is_automatic(c) || is_signed(c.release, rollback_item(c.app.name));
      if (!may) return ask_for_release(c, *c.progress.standby);
      return only_step(standby_step(c, Action::release_standby, {permission(c)}));
    }
    case StandbyState::released:
      return {};
  }
  const auto why =
      state == StandbyState::absent
          ? std::string("there is no rollback build: a fix goes out as a new build")
          : fmt::format("the standby {} is {}, not ready: {}", named(*c.progress.standby), to_string(state),
                        is_signed(c.release, standby_item(c.app.name))
                            ? "until it is, only a fix can follow"
                            : "nobody has said that the old code reads the new data (`train approve " +
                                  standby_item(c.app.name) + "`)");
  return only_wait(person_wait(c, WaitKind::standby, {}, why, deciders(c)));
}

std::optional<Decision> decide_rolled_back(const Case& c) {
  if (!c.progress.standby || !c.progress.standby->released) return std::nullopt;
  const auto& standby = *c.progress.standby;
  if (still_climbs(c)) {
    return only_step(
        make_step(c, Action::halt, {{"rolled back", named(standby) + " is going out", "no further exposure"}}));
  }
  if (standby.seen && standby.seen->status == ReleaseStatus::serving) return Decision{};
  return only_wait(
      standby_wait(c, fmt::format("the standby {} is going out in place of {}{}", named(standby),
                                  c.release.version.text(), standby.seen ? " (" + standby.seen->raw + ")" : "")));
}

}  // namespace train::engine
