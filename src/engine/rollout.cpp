// From the approval to 100 % and through the watch.
#include <fmt/core.h>
#include <algorithm>

#include "gatekeeping.hpp"
#include "requirements.hpp"
#include "steps.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::engine {

std::optional<Wait> hold_wait(const Case& c) {
  const auto say = [&](const Order& order, const char* what) {
    Wait wait = make_wait(c, WaitKind::hold,
                          fmt::format("{} held by {}: {}; `train resume --why …` goes on", what, order.by, order.why));
    wait.who = deciders(c);
    wait.because = {{"hold", order.by + ": " + order.why, "resumed by a person"}};
    return wait;
  };
  if (c.progress.hold) return say(*c.progress.hold, "this app is");
  if (c.release.hold) return say(*c.release.hold, "the release is");
  if (c.release.hotfix) return std::nullopt;
  for (const auto& other : c.world.state.releases) {
    if (!other.hotfix || !other.is_open()) continue;
    Wait wait = make_wait(c, WaitKind::hold, fmt::format("hotfix {} goes first", other.version.text()));
    wait.because = {{"hotfix", other.version.text() + " is under way", "done"}};
    return wait;
  }
  return std::nullopt;
}

std::vector<Wait> promotion_blockers(const Case& c) {
  std::vector<Wait> out;
  if (auto hold = hold_wait(c)) out.push_back(std::move(*hold));
  for (auto& wait : unmet_requirements(c, Before::rollout)) out.push_back(std::move(wait));
  if (const auto window = promotion_window(c.world.definition.calendar, c.now()); !window.open) {
    out.push_back(make_wait(c, WaitKind::window, window.why, window.opens));
    out.back().because = {{"window", window.why, "open"}};
  }
  return out;
}

namespace {

Duration watch_of(const Case& c) { return c.ladder.stages.back().watch; }

std::string full_release_item(const Case& c) { return c.app.name + ":full_release"; }

// A ladder that would start at 100 % against its definition is a person's choice, never an omission.
bool starts_full(const Case& c) { return c.progress.looked && !c.progress.live; }

std::vector<Wait> coupling_waits(const Case& c) {
  std::vector<Wait> out;
  if (c.world.definition.start_rollout == Coupling::apart) return out;
  for (const auto& other : c.world.definition.apps) {
    if (other.name == c.app.name) continue;
    const auto* progress = c.release.find(other.name);
    // A store without a separate approval counts as approved once its commit is in review: it cannot be more before it
    // starts.
    const bool ready = progress != nullptr &&
                       (is_past_review(*progress) || (!model_of(other.store).version_record && progress->uploaded));
    if (ready) continue;
    out.push_back(
        make_wait(c, WaitKind::store, fmt::format("{} is not approved yet; both start together", other.name)));
    out.back().because = {{"coupling", other.name + " is not approved", "both approved"}};
  }
  return out;
}

std::optional<Wait> strategy_wait(const Case& c) {
  if (c.ladder.strategy != Strategy::blue_green) return std::nullopt;
  if (is_way_back_uploaded(c.world.definition, c.release, c.progress)) return std::nullopt;
  const bool has_rule = c.world.definition.find_standby(c.app.name) != nullptr;
  return person_wait(c, WaitKind::standby, standby_item(c.app.name),
                     has_rule ? "blue_green goes to everybody at once: the standby must be uploaded first"
                              : "blue_green goes to everybody at once and wants an uploaded standby: give `standby` in "
                                "the definition, or waive it",
                     deciders(c));
}

bool has_had_its_turn(const Case& earlier) {
  const auto phase = app_phase(earlier.progress);
  if (phase == AppPhase::superseded || phase == AppPhase::rolled_back) return true;
  return phase == AppPhase::completed && is_watch_over(earlier);
}

// Regular releases go out one after the other: a second rollout would take the first one's place in the store.
std::optional<Wait> turn_wait(const Case& c) {
  if (c.release.hotfix) return std::nullopt;
  for (const auto& earlier : c.world.state.releases) {
    if (earlier.version == c.release.version) return std::nullopt;
    if (!earlier.is_open() || earlier.hotfix) continue;
    const Case other = make_case(c.world, earlier, c.app);
    if (has_had_its_turn(other)) continue;
    const std::string where(to_string(app_phase(other.progress)));
    Wait wait =
        make_wait(c, WaitKind::hold, fmt::format("{} goes first; it is {} here", earlier.version.text(), where));
    wait.because = {{"turn", earlier.version.text() + " is " + where, "completed and watched, or abandoned"}};
    return wait;
  }
  return std::nullopt;
}

Percent first_target(const Case& c, bool full) { return full ? k_percent_all : c.ladder.stages.front().to; }

}  // namespace

namespace {

// Releasing ends the phase of what was going out before, for good; its next sample is drawn anew.
void add_ended_phases(const Case& c, std::vector<Reason>& because) {
  if (c.model.rungs.empty()) return;
  for (const auto& other : c.world.state.releases) {
    const auto* progress = other.version == c.release.version ? nullptr : other.find(c.app.name);
    if (progress == nullptr || !is_exposed(*progress) || progress->seen->percent.is_all()) continue;
    because.push_back({"phase of " + other.version.text(), "at " + progress->seen->percent.text(),
                       "ended for good by this release, which draws a new sample of users"});
  }
}

}  // namespace

Decision decide_start(const Case& c) {
  if (auto outdated = decide_outdated(c)) return std::move(*outdated);
  Decision out;
  const bool full = starts_full(c) && !c.ladder.stages.front().to.is_all();
  const Percent to = first_target(c, full);
  out.waits = promotion_blockers(c);
  if (auto wait = turn_wait(c)) out.waits.push_back(std::move(*wait));
  for (auto& wait : coupling_waits(c)) out.waits.push_back(std::move(wait));
  if (auto wait = strategy_wait(c)) out.waits.push_back(std::move(*wait));
  if (full && !is_signed(c.release, full_release_item(c))) {
    out.waits.push_back(person_wait(c, WaitKind::approval, full_release_item(c),
                                    "a first release cannot be staged in this store: it goes to 100 % at once",
                                    deciders(c)));
    out.waits.back().needs_person = false;
    out.waits.back().because = {{"first release", "nothing is live", "a person's word for 100 % at once"}};
  }
  out.next = make_next(c, Action::start_rollout, to, out.waits.empty() ? std::nullopt : out.waits.front().until);
  if (!out.waits.empty()) return out;
  std::vector<Reason> because{{"sign-offs", "all given", "before rollout"}};
  if (full)
    because.push_back({"first release", "cannot be staged; " + full_release_item(c) + " is signed", "100 % at once"});
  else if (to.is_all())
    because.push_back({"ladder", "starts at 100 % by its definition", "100 % at once"});
  add_ended_phases(c, because);
  out.step = make_step(c, Action::start_rollout, to, std::move(because));
  return out;
}

namespace {

const Stage* next_stage(const Case& c) {
  const auto index = static_cast<std::size_t>(c.progress.stage);
  return index < c.ladder.stages.size() ? &c.ladder.stages[index] : nullptr;
}

std::optional<Instant> soak_end(const Case& c) {
  if (c.progress.stage < 1 || !c.progress.stage_since) return std::nullopt;
  return *c.progress.stage_since + c.ladder.stages[static_cast<std::size_t>(c.progress.stage - 1)].soak;
}

Decision decide_watch(const Case& c) {
  Decision out;
  if (is_watch_over(c)) return out;
  const auto end = c.progress.full_since.value_or(c.now()) + watch_of(c);
  out.waits.push_back(make_wait(c, WaitKind::soak, "watched at 100 %", end));
  out.waits.back().because = {{"watch", format_rfc3339(c.now()), format_rfc3339(end)}};
  return out;
}

struct Promotion {
  std::vector<Wait> blockers;
  std::vector<Reason> because;
  std::vector<GateEvidence> evidence;
  std::optional<Instant> not_before;
};

// Everything a rise above the present stage needs: soak, gates (or an override), sign-offs, window, no hold.
Promotion weigh_promotion(const Case& c) {
  Promotion out;
  out.blockers = promotion_blockers(c);
  const auto end = soak_end(c);
  if (end && c.now() < *end) {
    out.blockers.push_back(make_wait(c, WaitKind::soak, "soaks at " + served_text(c), end));
    out.blockers.back().because = {{"soak", format_rfc3339(c.now()), format_rfc3339(*end)}};
  }
  if (end)
    out.because.push_back(
        {"soak", "since " + format_rfc3339(*c.progress.stage_since), "until " + format_rfc3339(*end)});
  if (c.progress.stage >= 1) {
    out.evidence = judge_gates(c);
    for (auto& wait : gate_waits(c, out.evidence)) out.blockers.push_back(std::move(wait));
    for (auto& reason : gate_reasons(c, out.evidence)) out.because.push_back(std::move(reason));
  }
  for (const auto& wait : out.blockers) {
    if (wait.until && (!out.not_before || *wait.until > *out.not_before)) out.not_before = wait.until;
  }
  return out;
}

Decision promote(const Case& c, Action action, Percent to) {
  Promotion weighed = weigh_promotion(c);
  Decision out;
  out.next = make_next(c, action, to, weighed.not_before);
  if (!weighed.blockers.empty()) {
    out.waits = std::move(weighed.blockers);
    return out;
  }
  out.step = make_step(c, action, to, std::move(weighed.because));
  out.step->evidence = std::move(weighed.evidence);
  return out;
}

// Stopped by somebody, and a person has said to go on: at the percentage where it stopped.
std::optional<Decision> resume_after_stop(const Case& c) {
  if (!c.progress.may_resume || c.seen()->status != ReleaseStatus::halted || !c.model.sets_percentages)
    return std::nullopt;
  Decision out;
  out.step =
      make_step(c, Action::resume, c.seen()->percent, {{"resumed", "a person ended the halt", "as far as it was"}});
  return out;
}

Decision decide_settable(const Case& c) {
  if (auto resumed = resume_after_stop(c)) return *resumed;
  if (c.seen()->status == ReleaseStatus::halted) {
    Decision out;
    out.waits.push_back(person_wait(c, WaitKind::person, {},
                                    fmt::format("halted in the store at {}; `train resume {} --why …` goes on",
                                                c.seen()->percent.text(), c.app.name),
                                    deciders(c)));
    return out;
  }
  const Stage* stage = next_stage(c);
  if (stage == nullptr) return decide_watch(c);
  return promote(c, stage->to.is_all() ? Action::complete : Action::set_percent, stage->to);
}

// ---- a store that climbs by itself and can only be paused, resumed and completed ------------------------------------

Step pause_step(const Case& c, std::string seen, std::string wanted) {
  return make_step(c, Action::pause, {{"allowed rung", std::move(seen), std::move(wanted)}});
}

Decision decide_climbing(const Case& c) {
  Decision out;
  const Percent served = c.seen()->percent;
  const Percent allowed = rung_for(c.model, c.progress.allowed);
  if (served >= allowed) {
    const auto by = c.seen()->phased && c.seen()->phased->next_tick
                        ? "; due before the store climbs at " + format_rfc3339(*c.seen()->phased->next_tick)
                        : "";
    out.step = pause_step(c, served.text() + by, "no more than " + allowed.text());
    return out;
  }
  if (freeze_at(c.world.definition.calendar, c.now()) != nullptr) {
    out.step =
        make_step(c, Action::pause, {{"freeze", freeze_at(c.world.definition.calendar, c.now())->reason, "no rise"}});
    return out;
  }
  const auto tick = c.seen()->phased ? c.seen()->phased->next_tick : std::nullopt;
  out.waits.push_back(
      make_wait(c, WaitKind::store,
                fmt::format("the store climbs from {} to {}, which is allowed; advance again before it goes on",
                            served.text(), allowed.text()),
                tick));
  out.next = make_next(c, Action::pause, std::nullopt, tick);
  return out;
}

Decision decide_paused(const Case& c) {
  const Percent served = c.seen()->percent;
  const Percent allowed = rung_for(c.model, c.progress.allowed);
  if (served < allowed) {
    Decision out;
    out.waits = promotion_blockers(c);
    const Action action = allowed.is_all() ? Action::complete : Action::resume;
    if (out.waits.empty()) out.step = make_step(c, action, allowed, {{"allowed rung", served.text(), allowed.text()}});
    return out;
  }
  const Stage* stage = next_stage(c);
  if (stage == nullptr) return decide_watch(c);
  const Percent rung = rung_for(c.model, stage->to);
  Decision out = promote(c, rung.is_all() ? Action::complete : Action::resume, rung);
  if (rung.is_all() && out.step) {
    out.step->because.push_back(
        {"last chance", "afterwards only a newer version or removal from sale can stop it", "100 %"});
  }
  return out;
}

Decision decide_own_ladder(const Case& c) {
  if (c.seen()->percent.is_all()) return decide_watch(c);
  Decision out = c.seen()->status == ReleaseStatus::halted ? decide_paused(c) : decide_climbing(c);
  return out;
}

}  // namespace

void warn_of_pause_days(const Case& c, Decision& out) {
  if (c.seen() == nullptr || !c.seen()->phased) return;
  const auto state = c.seen()->phased->state;
  const int used = pause_days(c);
  const bool runs_out = state == PhasedRelease::State::active || state == PhasedRelease::State::paused;
  if (!runs_out || used < k_pause_days_warn) return;
  const bool decide = used >= k_pause_days_decide;
  Wait wait = make_wait(c, WaitKind::store,
                        fmt::format("{} of 30 pause days are used; what the store does then is not certain{}", used,
                                    decide ? ": resume, complete or replace it now" : ""));
  wait.needs_person = decide;
  if (decide) wait.who = deciders(c);
  wait.because = {{"pause days", std::to_string(used), fmt::format("fewer than {}", k_pause_days_decide)}};
  out.waits.push_back(std::move(wait));
}

bool is_watch_over(const Case& c) {
  if (c.seen() == nullptr || !c.seen()->percent.is_all() || !c.progress.full_since) return false;
  return c.now() >= *c.progress.full_since + watch_of(c);
}

Decision decide_rollout(const Case& c) {
  if (c.seen()->percent.is_zero() && c.seen()->status == ReleaseStatus::serving) {
    Decision out;
    out.waits.push_back(make_wait(c, WaitKind::store, "the store is starting the rollout"));
    return out;
  }
  return c.model.sets_percentages ? decide_settable(c) : decide_own_ladder(c);
}

}  // namespace train::engine
