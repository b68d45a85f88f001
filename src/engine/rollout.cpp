// From the approval to 100 % and through the watch.
#include <fmt/core.h>
#include <algorithm>

#include "cadence.hpp"
#include "gatekeeping.hpp"
#include "release_notes.hpp"
#include "requirements.hpp"
#include "steps.hpp"
#include "train/base/fault.hpp"
#include "train/base/text.hpp"
#include "train/domain/sign_off_item.hpp"
#include "train/engine/calendar.hpp"
#include "train/engine/force_update.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/rungs.hpp"
#include "train/engine/standby.hpp"

namespace train::engine {

std::optional<Wait> persons_hold(const AppContext& context) {
  const auto say = [&](const Order& order, const char* what) {
    Wait wait = make_wait(context, WaitKind::hold,
                          fmt::format("{} held by {}: {}; `train resume --why …` goes on", what, order.by, order.why));
    wait.who = deciders(context);
    wait.because = {{"hold", order.by + ": " + order.why, "resumed by a person"}};
    return wait;
  };
  if (context.progress.hold) return say(*context.progress.hold, "this app is");
  if (context.release.hold) return say(*context.release.hold, "the release is");
  return std::nullopt;
}

std::optional<Wait> hold_wait(const AppContext& context) {
  if (auto hold = persons_hold(context)) return hold;
  if (context.release.hotfix) return std::nullopt;
  for (const auto& other : context.input.state.releases) {
    if (!other.hotfix || !other.is_open()) continue;
    Wait wait = make_wait(context, WaitKind::hold, fmt::format("hotfix {} goes first", other.version.text()));
    wait.because = {{"hotfix", other.version.text() + " is under way", "done"}};
    return wait;
  }
  return std::nullopt;
}

std::vector<Wait> promotion_blockers(const AppContext& context) {
  std::vector<Wait> out;
  if (auto hold = hold_wait(context)) out.push_back(std::move(*hold));
  for (auto& wait : unmet_requirements(context, Before::rollout)) out.push_back(std::move(wait));
  if (const auto window = promotion_window(context.input.definition.calendar, context.now()); !window.open) {
    out.push_back(make_wait(context, WaitKind::window, window.why, window.opens));
    out.back().because = {{"window", window.why, "open"}};
  }
  return out;
}

namespace {

Duration watch_of(const AppContext& context) { return context.ladder.stages.back().watch; }

std::string full_release_item(const AppContext& context) { return text_of(item::FullRelease{context.app.name}); }

// A ladder that would start at 100 % against its definition is a person's choice, never an omission.
bool starts_full(const AppContext& context) { return context.progress.looked && !context.progress.live; }

// A store without a review of its own counts as approved once the candidate is there: it cannot be more before it
// starts.
bool counts_as_approved(const App& app, const AppProgress& progress) {
  if (is_past_review(progress)) return true;
  if (app.facts().reviews_apart()) return false;
  return app.facts().takes_archives() ? progress.uploaded : progress.candidate.has_value();
}

std::vector<Wait> coupling_waits(const AppContext& context) {
  std::vector<Wait> out;
  if (context.input.definition.start_rollout == Coupling::apart) return out;
  for (const auto& other : context.input.definition.apps) {
    if (other.name == context.app.name) continue;
    const auto* progress = context.release.find(other.name);
    if (progress != nullptr && counts_as_approved(other, *progress)) continue;
    out.push_back(
        make_wait(context, WaitKind::store, fmt::format("{} is not approved yet; both start together", other.name)));
    out.back().because = {{"coupling", other.name + " is not approved", "both approved"}};
  }
  return out;
}

std::optional<Wait> strategy_wait(const AppContext& context) {
  if (context.ladder.strategy != Strategy::blue_green) return std::nullopt;
  if (is_standby_uploaded(context.input.definition, context.release, context.progress)) return std::nullopt;
  const bool has_rule = context.input.definition.find_standby(context.app.name) != nullptr;
  return person_wait(context, WaitKind::standby, standby_item(context.app.name),
                     has_rule ? "blue_green goes to everybody at once: the standby must be uploaded first"
                              : "blue_green goes to everybody at once and wants an uploaded standby: give `standby` in "
                                "the definition, or waive it",
                     deciders(context));
}

bool has_had_its_turn(const AppContext& earlier) {
  const auto phase = app_phase(earlier.progress);
  if (phase == AppPhase::superseded || phase == AppPhase::rolled_back) return true;
  return phase == AppPhase::completed && is_watch_over(earlier);
}

// Regular releases go out one after the other: a second rollout would take the first one's place in the store.
std::optional<Wait> turn_wait(const AppContext& context) {
  if (context.release.hotfix) return std::nullopt;
  for (const auto& earlier : context.input.state.releases) {
    if (earlier.version == context.release.version) return std::nullopt;
    if (!earlier.is_open() || earlier.hotfix) continue;
    const AppContext other = make_app_context(context.input, earlier, context.app);
    if (has_had_its_turn(other)) continue;
    const std::string where(to_string(app_phase(other.progress)));
    Wait wait =
        make_wait(context, WaitKind::hold, fmt::format("{} goes first; it is {} here", earlier.version.text(), where));
    wait.because = {{"turn", earlier.version.text() + " is " + where, "completed and watched, or abandoned"}};
    return wait;
  }
  return std::nullopt;
}

// Old builds for old devices that the live release serves beside the newest, and that the next would take away.
std::optional<Wait> retained_wait(const AppContext& context) {
  const auto* own = context.app.google_play();
  if (own == nullptr || !context.progress.live || TRAIN_FAULT("live_codes_are_lost")) return std::nullopt;
  auto lost = context.progress.live->further;
  // Further archives of the release replace as many of the live ones, the highest.
  lost.resize(lost.size() - std::min(lost.size(), own->apks.size()));
  std::erase_if(lost, [&](const BuildNumber& build) {
    const auto has = [&](const std::vector<std::int64_t>& codes) {
      return std::find(codes.begin(), codes.end(), build.number().value_or(0)) != codes.end();
    };
    return has(own->retain) || has(own->drop);
  });
  if (lost.empty()) return std::nullopt;
  std::vector<std::string> codes;
  for (const auto& build : lost) codes.push_back(build.text());
  const auto list = join(codes, ", ");
  Wait wait =
      person_wait(context, WaitKind::person, {},
                  fmt::format("the live release also serves version code {}, which this one would take from its "
                              "users: give the app `retain: [{}]` or `drop: [{}]`",
                              list, list, list),
                  deciders(context));
  wait.because = {{"retained builds", "live: " + list, "named in the definition"}};
  return wait;
}

Percent first_target(const AppContext& context, bool full) {
  return full ? k_percent_all : context.ladder.stages.front().to;
}

}  // namespace

namespace {

// The store is told of it with the same call.
void add_urgency(const AppContext& context, std::vector<Reason>& because) {
  const int priority = update_priority(context.input.state, context.app.name, context.release.version);
  if (priority == 0) return;
  because.push_back({"force update", "users of an earlier version are asked to update",
                     fmt::format("update priority {}, where the store has one", priority)});
}

// Releasing ends the phase of what was going out before, for good; its next sample is drawn anew.
void add_ended_phases(const AppContext& context, std::vector<Reason>& because) {
  if (!context.facts.climbs_by_itself()) return;
  for (const auto& other : context.input.state.releases) {
    const auto* progress = other.version == context.release.version ? nullptr : other.find(context.app.name);
    if (progress == nullptr || !is_exposed(*progress) || progress->seen->percent.is_all()) continue;
    because.push_back({"phase of " + other.version.text(), "at " + progress->seen->percent.text(),
                       "ended for good by this release, which draws a new sample of users"});
  }
}

}  // namespace

Decision decide_start(const AppContext& context) {
  if (auto outdated = decide_outdated(context)) return std::move(*outdated);
  Decision out;
  const bool full = starts_full(context) && !context.ladder.stages.front().to.is_all();
  const Percent to = first_target(context, full);
  out.waits = promotion_blockers(context);
  if (auto wait = turn_wait(context)) out.waits.push_back(std::move(*wait));
  for (auto& wait : coupling_waits(context)) out.waits.push_back(std::move(wait));
  if (auto wait = retained_wait(context)) out.waits.push_back(std::move(*wait));
  if (auto wait = strategy_wait(context)) out.waits.push_back(std::move(*wait));
  if (full && !is_signed(context.release, full_release_item(context))) {
    out.waits.push_back(person_wait(context, WaitKind::approval, full_release_item(context),
                                    "a first release cannot be staged in this store: it goes to 100 % at once",
                                    deciders(context)));
    out.waits.back().needs_person = false;
    out.waits.back().because = {{"first release", "nothing is live", "a person's word for 100 % at once"}};
  }
  out.next = make_next(context, Action::start_rollout, to, out.waits.empty() ? std::nullopt : out.waits.front().until);
  if (!out.waits.empty()) return out;
  std::vector<Reason> because{{"sign-offs", "all given", "before rollout"}};
  if (full)
    because.push_back(
        {"first release", "cannot be staged; " + full_release_item(context) + " is signed", "100 % at once"});
  else if (to.is_all())
    because.push_back({"ladder", "starts at 100 % by its definition", "100 % at once"});
  if (!context.facts.reviews_apart()) because.push_back(whose_notes_stand(context));
  add_urgency(context, because);
  add_ended_phases(context, because);
  out.step = make_step(context, Action::start_rollout, to, std::move(because));
  return out;
}

namespace {

const Stage* next_stage(const AppContext& context) {
  const auto index = static_cast<std::size_t>(context.progress.stage);
  return index < context.ladder.stages.size() ? &context.ladder.stages[index] : nullptr;
}

std::optional<Instant> soak_end(const AppContext& context) {
  if (!context.progress.stage_since) return std::nullopt;
  // Below the first stage, where somebody lowered it to that: as long as at the first.
  const auto stage = static_cast<std::size_t>(std::max(context.progress.stage, 1) - 1);
  return *context.progress.stage_since + context.ladder.stages[stage].soak;
}

Decision decide_watch(const AppContext& context) {
  Decision out;
  if (is_watch_over(context)) return out;
  const auto end = context.progress.full_since.value_or(context.now()) + watch_of(context);
  out.waits.push_back(make_wait(context, WaitKind::soak, "watched at 100 %", end));
  out.waits.back().because = {{"watch", format_rfc3339(context.now()), format_rfc3339(end)}};
  return out;
}

struct Promotion {
  std::vector<Wait> blockers;
  std::vector<Reason> because;
  std::vector<GateEvidence> evidence;
  std::optional<Instant> not_before;
};

// Everything a rise above the present stage needs: soak, gates (or an override), sign-offs, window, no hold.
Promotion weigh_promotion(const AppContext& context) {
  Promotion out;
  out.blockers = promotion_blockers(context);
  const auto end = soak_end(context);
  if (end && context.now() < *end) {
    out.blockers.push_back(make_wait(context, WaitKind::soak, "soaks at " + served_text(context), end));
    out.blockers.back().because = {{"soak", format_rfc3339(context.now()), format_rfc3339(*end)}};
  }
  if (end)
    out.because.push_back(
        {"soak", "since " + format_rfc3339(*context.progress.stage_since), "until " + format_rfc3339(*end)});
  if (context.progress.stage >= 1) {
    out.evidence = judge_gates(context);
    for (auto& wait : gate_waits(context, out.evidence)) out.blockers.push_back(std::move(wait));
    for (auto& reason : gate_reasons(context, out.evidence)) out.because.push_back(std::move(reason));
  }
  for (const auto& wait : out.blockers) {
    if (wait.until && (!out.not_before || *wait.until > *out.not_before)) out.not_before = wait.until;
  }
  return out;
}

// A newer build was added while the reviewers had the older one. What is out is not what people have chosen since.
std::optional<Wait> older_build_wait(const AppContext& context) {
  const auto& out = context.seen()->build;
  const auto& earlier = context.progress.earlier;
  if (!out || !context.progress.candidate || std::find(earlier.begin(), earlier.end(), *out) == earlier.end())
    return std::nullopt;
  const auto& chosen = context.progress.candidate->build;
  if (*out == chosen) return std::nullopt;
  Wait wait = person_wait(context, WaitKind::person, {},
                          fmt::format("build {} is out, and {} was added after it: it goes no further; `train start "
                                      "--hotfix` sends a newer build, `train halt {} --why …` stops this one",
                                      out->text(), chosen.text(), context.app.name),
                          deciders(context));
  wait.because = {{"build", out->text(), chosen.text()}};
  return wait;
}

// Right after a call the store may show what was before it, or what somebody has made of it since. Nothing rises from a
// stage that it does not show.
std::optional<Wait> lower_than_known_wait(const AppContext& context) {
  const int shown = stage_reached(context.facts, context.ladder, context.seen()->percent);
  if (shown >= context.progress.stage || TRAIN_FAULT("stage_never_comes_down")) return std::nullopt;
  Wait wait = make_wait(context, WaitKind::store,
                        fmt::format("the store shows {}, less than was reached; it is looked at again before it rises",
                                    context.seen()->percent.text()),
                        context.now() + k_lag_window);
  wait.because = {{"stage", context.seen()->percent.text(), "the stage that was reached"}};
  return wait;
}

Decision promote(const AppContext& context, Action action, Percent to) {
  Promotion weighed = weigh_promotion(context);
  if (auto older = older_build_wait(context)) weighed.blockers.push_back(std::move(*older));
  if (auto lower = lower_than_known_wait(context)) weighed.blockers.push_back(std::move(*lower));
  Decision out;
  out.next = make_next(context, action, to, weighed.not_before);
  if (!weighed.blockers.empty()) {
    out.waits = std::move(weighed.blockers);
    return out;
  }
  out.step = make_step(context, action, to, std::move(weighed.because));
  out.step->evidence = std::move(weighed.evidence);
  return out;
}

// Stopped by somebody, and a person has said to go on: at the percentage where it stopped. What was halted before
// anybody got it begins with that, and asks what a start asks.
std::optional<Decision> resume_after_stop(const AppContext& context) {
  if (!context.progress.may_resume || context.seen()->status != ReleaseStatus::halted ||
      !context.facts.sets_percentages)
    return std::nullopt;
  Decision out;
  const Percent stopped = context.seen()->percent;
  const Percent to = stopped.is_zero() ? context.ladder.stages.front().to : stopped;
  if (stopped.is_zero()) {
    out.waits = promotion_blockers(context);
    out.next = make_next(context, Action::resume, to, out.waits.empty() ? std::nullopt : out.waits.front().until);
    if (!out.waits.empty()) return out;
  }
  out.step = make_step(context, Action::resume, to, {{"resumed", "a person ended the halt", "as far as it was"}});
  return out;
}

Decision decide_settable(const AppContext& context) {
  if (auto resumed = resume_after_stop(context)) return *resumed;
  if (context.seen()->status == ReleaseStatus::halted) {
    Decision out;
    if (persons_hold(context)) return out;  // by the train itself, out of a review
    out.waits.push_back(person_wait(context, WaitKind::person, {},
                                    fmt::format("halted in the store at {}; `train resume {} --why …` goes on",
                                                context.seen()->percent.text(), context.app.name),
                                    deciders(context)));
    return out;
  }
  const Stage* stage = next_stage(context);
  if (stage == nullptr) return decide_watch(context);
  return promote(context, stage->to.is_all() ? Action::complete : Action::set_percent, stage->to);
}

// ---- a store that climbs by itself and can only be paused, resumed and completed ------------------------------------

Step pause_step(const AppContext& context, std::string seen, std::string wanted) {
  return make_step(context, Action::pause, {{"allowed rung", std::move(seen), std::move(wanted)}});
}

Decision promote_on_ladder(const AppContext& context, const Stage& stage) {
  const Percent rung = rung_for(context.facts, stage.to);
  Decision out = promote(context, rung.is_all() ? Action::complete : Action::resume, rung);
  if (rung.is_all() && out.step) {
    out.step->because.push_back(
        {"last chance", "afterwards only a newer version or removal from sale can stop it", "100 %"});
  }
  return out;
}

Decision pause_now(const AppContext& context, std::string seen, std::string wanted) {
  Decision out;
  out.step = pause_step(context, std::move(seen), std::move(wanted));
  return out;
}

// It may not climb further yet. Where the gates have passed already it goes on without a stop; else it is paused, at
// the last look that comes safely before the store's own climb.
Decision decide_on_the_rung(const AppContext& context) {
  const Percent served = context.seen()->percent;
  const Percent allowed = rung_for(context.facts, context.progress.allowed);
  const Stage* stage = next_stage(context);
  Decision out;
  if (served == allowed && stage != nullptr) {
    out = promote_on_ladder(context, *stage);
    if (out.step) return out;
  }
  const auto last = last_safe_look(context);
  const auto tick = context.seen()->phased ? context.seen()->phased->next_tick : std::nullopt;
  if (!last || served > allowed) {
    const auto by = tick ? "; due before the store climbs at " + format_rfc3339(*tick) : "";
    out.step = pause_step(context, served.text() + by, "no more than " + allowed.text());
    return out;
  }
  if (context.now() >= last->at) {
    out.step = pause_step(context, served.text() + "; the store climbs at " + format_rfc3339(*tick) + ", " + last->why,
                          "no more than " + allowed.text());
    return out;
  }
  out.waits.push_back(make_wait(context, WaitKind::store,
                                fmt::format("the store climbs at {}; it is paused before that unless the gates pass "
                                            "first ({})",
                                            format_rfc3339(*tick), last->why),
                                last->at));
  out.waits.back().because = {{"pause", format_rfc3339(context.now()), format_rfc3339(last->at)}};
  return out;
}

Decision decide_climbing(const AppContext& context) {
  Decision out;
  const Percent served = context.seen()->percent;
  const Percent allowed = rung_for(context.facts, context.progress.allowed);
  if (const auto hold = persons_hold(context)) return pause_now(context, "held", "no rise");
  if (const auto* freeze = freeze_at(context.input.definition.calendar, context.now()); freeze && served < allowed) {
    out.step = make_step(context, Action::pause, {{"freeze", freeze->reason, "no rise"}});
    return out;
  }
  // Everybody may have it: the store's seven days are not waited for.
  if (allowed.is_all() && !served.is_all()) {
    out.waits = promotion_blockers(context);
    if (out.waits.empty())
      out.step = make_step(context, Action::complete, allowed, {{"allowed rung", served.text(), allowed.text()}});
    return out;
  }
  if (served >= allowed) return decide_on_the_rung(context);
  const auto tick = context.seen()->phased ? context.seen()->phased->next_tick : std::nullopt;
  out.waits.push_back(
      make_wait(context, WaitKind::store,
                fmt::format("the store climbs from {} to {}, which is allowed", served.text(), allowed.text()), tick));
  out.next = make_next(context, Action::pause, std::nullopt, tick);
  return out;
}

Decision decide_paused(const AppContext& context) {
  const Percent served = context.seen()->percent;
  const Percent allowed = rung_for(context.facts, context.progress.allowed);
  if (served < allowed) {
    Decision out;
    out.waits = promotion_blockers(context);
    const Action action = allowed.is_all() ? Action::complete : Action::resume;
    if (out.waits.empty())
      out.step = make_step(context, action, allowed, {{"allowed rung", served.text(), allowed.text()}});
    return out;
  }
  const Stage* stage = next_stage(context);
  return stage == nullptr ? decide_watch(context) : promote_on_ladder(context, *stage);
}

Decision decide_own_ladder(const AppContext& context) {
  if (context.seen()->percent.is_all()) return decide_watch(context);
  Decision out = context.seen()->status == ReleaseStatus::halted ? decide_paused(context) : decide_climbing(context);
  return out;
}

}  // namespace

void warn_of_pause_days(const AppContext& context, Decision& out) {
  if (context.seen() == nullptr || !context.seen()->phased) return;
  const auto state = context.seen()->phased->state;
  const int used = pause_days(context);
  const bool runs_out = state == PhasedRelease::State::active || state == PhasedRelease::State::paused;
  if (!runs_out || used < k_pause_days_warn) return;
  const bool decide = used >= k_pause_days_decide;
  Wait wait = make_wait(context, WaitKind::store,
                        fmt::format("{} of 30 pause days are used; what the store does then is not certain{}", used,
                                    decide ? ": resume, complete or replace it now" : ""));
  wait.needs_person = decide;
  if (decide) wait.who = deciders(context);
  wait.because = {{"pause days", std::to_string(used), fmt::format("fewer than {}", k_pause_days_decide)}};
  out.waits.push_back(std::move(wait));
}

bool is_watch_over(const AppContext& context) {
  if (context.seen() == nullptr || !context.seen()->percent.is_all() || !context.progress.full_since) return false;
  return context.now() >= *context.progress.full_since + watch_of(context);
}

Decision decide_rollout(const AppContext& context) {
  if (context.seen()->percent.is_zero() && context.seen()->status == ReleaseStatus::serving) {
    Decision out;
    out.waits.push_back(make_wait(context, WaitKind::store, "the store is starting the rollout"));
    return out;
  }
  return context.facts.sets_percentages ? decide_settable(context) : decide_own_ladder(context);
}

}  // namespace train::engine
