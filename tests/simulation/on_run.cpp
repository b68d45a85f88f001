#include "on_run.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/engine/decide.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/rungs.hpp"

namespace train::simulation {
namespace {

// Of each app of each release that is under way.
template <typename Ask>
Broken ask_each(const Scene& scene, const Ask& ask) {
  for (const auto& release : scene.witness->releases()) {
    if (release.over || !release.departed) continue;
    for (const auto& app : scene.definition->apps) {
      if (auto broken = ask(release, app)) return broken;
    }
  }
  return std::nullopt;
}

const Said* stop_of(const Scene& scene, const ReleaseWitness& release, const AppName& app, const RunSeen& run) {
  const auto* known = scene.witness->find(release.version, app);
  return known != nullptr && known->stop && known->stop.seq <= run.log_before ? &known->stop : nullptr;
}

bool is_about(const Wait& wait, const ReleaseWitness& release, const App& app) {
  return wait.version == release.version && (wait.app == app.name || wait.app.empty());
}

}  // namespace

Broken a_run_comes_to_an_end(const Scene&, const RunSeen& run) {
  if (!run.error) return std::nullopt;
  const bool bug = run.error->kind == ErrorKind::internal || run.error->kind == ErrorKind::corrupt_state;
  return bug ? Broken("run " + std::to_string(run.process) + ": " + run.error->message) : std::nullopt;
}

Broken every_grant_names_who_and_why(const Scene& scene, const RunSeen&) {
  return scene.witness->nameless().empty() ? Broken() : Broken(scene.witness->nameless().front());
}

Broken a_stop_reaches_the_store_within_one_look(const Scene& scene, const RunSeen& run) {
  if (!run.was_clean) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto* stop = stop_of(scene, release, app.name, run);
    const auto* shelf = scene.shelves.at(app.name);
    const auto standing = shelf->standing(release.version);
    if (stop == nullptr || !standing.runs) return std::nullopt;
    // Somebody has set it going again since: how soon that is noticed is the definition's `drift_check`.
    const auto standoff = scene.standoffs.find({app.name, release.version});
    if (standoff != scene.standoffs.end() && standoff->second.log >= stop->seq) return std::nullopt;
    const bool cannot =
        standing.percent.is_all() && (!app.facts().halts_after_full || !shelf->live_beside(release.version));
    if (cannot) return std::nullopt;
    return fmt::format("{} {} is still served to {}; {} ordered a stop (event {})", app.name, release.version.text(),
                       standing.percent.text(), stop->by, stop->seq);
  });
}

namespace {

// The last raise had its outcome before the stop came: what then becomes of it is the stop's own affair.
bool was_over_before(const Scene& scene, const AppWitness& app, Seq stop) {
  if (app.raises.empty()) return false;
  const auto& operation = app.raises.back().intent.operation;
  return std::any_of(scene.events->begin(), scene.events->begin() + static_cast<std::ptrdiff_t>(stop),
                     [&](const Event& event) {
                       const auto* outcome = std::get_if<event::Outcome>(&event.body);
                       return outcome != nullptr && outcome->operation == operation;
                     });
}

}  // namespace

Broken what_rose_while_a_stop_came_is_stopped(const Scene& scene, const RunSeen& run) {
  if (run.had_faults) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto* known = scene.witness->find(release.version, app.name);
    const auto* shelf = scene.shelves.at(app.name);
    const auto standing = shelf->standing(release.version);
    const bool came_meanwhile = known != nullptr && known->stop && known->stop.seq > run.log_before;
    // What Apple distributes cannot be called back: it is paused as soon as it is out.
    if (came_meanwhile && run.looked_first.count(app.name) != 0)
      return fmt::format("{} {} rose although {} had ordered a stop (event {}), and the run looked first", app.name,
                         release.version.text(), known->stop.by, known->stop.seq);
    const bool goes_out = standing.runs || (standing.on_its_way && !app.facts().climbs_by_itself());
    if (!came_meanwhile || run.raised.count(app.name) == 0 || !goes_out) return std::nullopt;
    if (was_over_before(scene, *known, known->stop.seq)) return std::nullopt;
    const auto standoff = scene.standoffs.find({app.name, release.version});
    const bool again = standoff != scene.standoffs.end() && standoff->second.log >= known->stop.seq;
    const bool cannot =
        standing.percent.is_all() && (!app.facts().halts_after_full || !shelf->live_beside(release.version));
    if (again || cannot) return std::nullopt;
    return fmt::format("{} {} was raised to {} by the run in which {} ordered a stop (event {})", app.name,
                       release.version.text(), standing.percent.text(), known->stop.by, known->stop.seq);
  });
}

Broken a_stop_reaches_what_is_on_its_way(const Scene& scene, const RunSeen& run) {
  if (!run.was_clean) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto* stop = stop_of(scene, release, app.name, run);
    const auto standing = scene.shelves.at(app.name)->standing(release.version);
    // What Apple distributes cannot be called back: it is paused as soon as it is out.
    const bool too_late = app.facts().climbs_by_itself() && standing.status != ReleaseStatus::in_review &&
                          standing.status != ReleaseStatus::waiting_for_review;
    if (stop == nullptr || !standing.on_its_way || too_late) return std::nullopt;
    return fmt::format("{} {} goes out by itself after its review; {} ordered a stop (event {})", app.name,
                       release.version.text(), stop->by, stop->seq);
  });
}

Broken a_hold_reaches_what_is_on_its_way(const Scene& scene, const RunSeen& run) {
  if (!run.was_clean || run.report == nullptr) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto* known = scene.witness->find(release.version, app.name);
    const Said hold = known != nullptr && known->hold ? known->hold : release.hold;
    const auto standing = scene.shelves.at(app.name)->standing(release.version);
    // Where the review is apart, what is approved waits for the train.
    if (!hold || hold.seq > run.log_before || app.facts().reviews_apart() || !standing.on_its_way) return std::nullopt;
    return fmt::format("{} {} goes out after its review; {} holds it (event {})", app.name, release.version.text(),
                       hold.by, hold.seq);
  });
}

Broken control_that_was_taken_away_is_retaken(const Scene& scene, const RunSeen& run) {
  if (!run.was_clean || run.report == nullptr) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto found = scene.standoffs.find({app.name, release.version});
    if (found == scene.standoffs.end() || found->second.act.kind != ConsoleAct::Kind::changed_control) return {};
    const auto* known = scene.witness->find(release.version, app.name);
    const bool is_accepted = known != nullptr && known->resumed.seq > found->second.log;
    const auto standing = scene.shelves.at(app.name)->standing(release.version);
    const bool is_out =
        standing.status != ReleaseStatus::in_review && standing.status != ReleaseStatus::waiting_for_review;
    if (is_accepted || is_out || !standing.on_its_way || found->second.before_process > run.process) return {};
    const auto& waits = run.report->plan.waits;
    const bool is_told = std::any_of(waits.begin(), waits.end(), [&](const Wait& wait) {
      return is_about(wait, release, app) && wait.needs_person;
    });
    if (is_told) return std::nullopt;
    return fmt::format("{} {} goes out by itself after its review, and nobody is asked", app.name,
                       release.version.text());
  });
}

namespace {

// Right after a call of its own the train judges nothing.
bool has_called_lately(const Scene& scene, const RunSeen& run) {
  return std::any_of(scene.events->rbegin(), scene.events->rend(), [&](const Event& event) {
    return std::holds_alternative<event::Outcome>(event.body) && event.at > run.at - engine::k_lag_window;
  });
}

// It stands as the train left it: there is nothing to tell.
bool is_as_left(const engine::AppProgress* app, const ConsoleAct& act, const Standing& standing) {
  using Control = engine::AppProgress::Control;
  if (app == nullptr) return false;
  if (act.kind == ConsoleAct::Kind::halted) return app->control == Control::paused || app->control == Control::halted;
  return act.kind == ConsoleAct::Kind::set_going && app->control == Control::running &&
         standing.percent <= app->allowed;
}

}  // namespace

// Within the hour that a glance may be old.
Broken a_hand_in_the_console_is_noticed(const Scene& scene, const RunSeen& run) {
  if (!run.was_clean || run.report == nullptr) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto found = scene.standoffs.find({app.name, release.version});
    if (found == scene.standoffs.end()) return std::nullopt;
    const auto& [act, at, log, before_process] = found->second;
    const bool is_new = has_called_lately(scene, run) || before_process > run.process || run.at - at <= Duration(3600);
    const auto* known = scene.witness->find(release.version, app.name);
    if (is_new || known == nullptr || known->resumed.seq > log || known->stop || !known->breaches.empty()) return {};
    const auto standing = scene.shelves.at(app.name)->standing(release.version);
    const bool stands = act.kind == ConsoleAct::Kind::halted
                            ? standing.status == ReleaseStatus::halted
                            : act.kind == ConsoleAct::Kind::set_going && standing.runs && !standing.percent.is_all();
    const auto& waits = run.report->plan.waits;
    const bool is_told = std::any_of(waits.begin(), waits.end(), [&](const Wait& wait) {
      return is_about(wait, release, app) && wait.needs_person;
    });
    const auto* state = run.report->state.find(release.version);
    if (!stands || is_told || is_as_left(state == nullptr ? nullptr : state->find(app.name), act, standing)) return {};
    return fmt::format("{} {}: somebody {} there, and nobody is told", app.name, release.version.text(), act.what);
  });
}

Broken a_store_that_climbs_is_stopped_in_time(const Scene& scene, const RunSeen& run) {
  if (!run.was_clean) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto* known = scene.witness->find(release.version, app.name);
    const auto standing = scene.shelves.at(app.name)->standing(release.version);
    if (!app.facts().climbs_by_itself() || known == nullptr || !standing.runs || standing.percent.is_all()) return {};
    if (scene.standoffs.count({app.name, release.version}) != 0 || known->adopted || !known->drifts.empty()) return {};
    Percent allowed;
    for (const auto& raise : known->raises)
      allowed = std::max(allowed, raise.intent.step.to_percent.value_or(Percent()));
    if (standing.percent < engine::rung_for(app.facts(), allowed) || has_called_lately(scene, run)) return {};
    const auto& waits = run.report == nullptr ? std::vector<Wait>() : run.report->plan.waits;
    const bool is_paused_in_time = std::any_of(waits.begin(), waits.end(), [&](const Wait& wait) {
      return is_about(wait, release, app) && wait.until && !wait.because.empty() &&
             wait.because.front().rule == "pause";
    });
    if (is_paused_in_time) return std::nullopt;
    return fmt::format("{} {} climbs on from {}, and {} is allowed", app.name, release.version.text(),
                       standing.percent.text(), allowed.text());
  });
}

Broken no_wait_without_somebody_or_a_time(const Scene& scene, const RunSeen& run) {
  if (!run.was_clean || run.report == nullptr) return std::nullopt;
  for (const auto& wait : run.report->plan.waits) {
    const bool on_people = wait.needs_person || !wait.who.empty() || !wait.item.empty();
    // Somebody is behind each of these: the store, its reviewers, whoever builds; how long, is another rule's.
    const bool on_others = wait.kind == WaitKind::store || wait.kind == WaitKind::review ||
                           wait.kind == WaitKind::build || wait.kind == WaitKind::processing ||
                           wait.kind == WaitKind::hold || wait.kind == WaitKind::gate;
    if (on_people || on_others || wait.until) continue;
    return fmt::format("{} waits for nobody and no time: {} ({})", wait.app, wait.detail, to_string(wait.kind));
  }
  return scene.definition == nullptr ? Broken("no definition") : std::nullopt;
}

Broken no_app_without_a_word(const Scene& scene, const RunSeen& run) {
  if (!run.was_clean || run.report == nullptr) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto& waits = run.report->plan.waits;
    const bool waits_here =
        std::any_of(waits.begin(), waits.end(), [&](const Wait& wait) { return is_about(wait, release, app); });
    const auto& failed = run.report->failed;
    const bool failed_here = std::any_of(failed.begin(), failed.end(), [&](const auto& each) {
      return each.step.version == release.version && each.step.app == app.name;
    });
    const auto* state = run.report->state.find(release.version);
    const auto* progress = state == nullptr ? nullptr : state->find(app.name);
    const auto phase = progress == nullptr ? engine::AppPhase::awaiting_build : engine::app_phase(*progress);
    const bool over = phase == engine::AppPhase::completed || phase == engine::AppPhase::superseded ||
                      phase == engine::AppPhase::rolled_back;
    if (waits_here || failed_here || over) return std::nullopt;
    return fmt::format("{} {} is {} and waits for nothing", app.name, release.version.text(), engine::to_string(phase));
  });
}

Broken done_only_when_the_store_serves_it(const Scene& scene, const RunSeen&) {
  for (const auto& [where, at] : scene.at_finish) {
    const auto& [seq, app] = where;
    const auto& finished = std::get<event::Finished>((*scene.events)[seq - 1].body);
    const bool serves = at.standing.runs && at.standing.percent.is_all();
    if (serves || (at.is_overtaken && (at.was_everybodys || finished.superseded))) continue;
    return fmt::format("{} is {}, and {} serves it to {} ({})", finished.version.text(),
                       finished.superseded ? "superseded" : "done", app, at.standing.served().text(),
                       to_string(at.standing.status));
  }
  return std::nullopt;
}

// The same drift is not found again right after a person has accepted it, unless somebody has been there since.
Broken a_resume_is_heard(const Scene& scene, const RunSeen& run) {
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto* known = scene.witness->find(release.version, app.name);
    if (known == nullptr || known->drifts.size() < 2 || !known->resumed) return std::nullopt;
    const auto& [seq, drift] = known->drifts.back();
    const auto& [earlier_seq, earlier] = known->drifts[known->drifts.size() - 2];
    const bool anew = seq > run.log_before && seq > known->resumed.seq && earlier_seq < known->resumed.seq;
    const auto standoff = scene.standoffs.find({app.name, release.version});
    const bool again = standoff != scene.standoffs.end() && standoff->second.log > earlier_seq;
    if (!anew || again || drift.what != earlier.what) return std::nullopt;
    return fmt::format("{}: \"{}\" (event {}) was accepted by {} and is found again (event {})", app.name, drift.what,
                       earlier_seq, known->resumed.by, seq);
  });
}

Broken a_version_is_created_once(const Scene& scene, const RunSeen&) {
  for (const auto& [what, times] : scene.creations) {
    if (times > 1) return fmt::format("{} was created {} times", what, times);
  }
  return std::nullopt;
}

Broken the_log_shows_what_the_store_serves(const Scene& scene, const RunSeen& run) {
  if (run.report == nullptr) return std::nullopt;
  return ask_each(scene, [&](const ReleaseWitness& release, const App& app) -> Broken {
    const auto* state = run.report->state.find(release.version);
    const auto* progress = state == nullptr ? nullptr : state->find(app.name);
    const auto standing = scene.shelves.at(app.name)->standing(release.version);
    const bool seen_out = progress != nullptr && engine::is_exposed(*progress);
    const Percent seen = seen_out ? progress->seen->percent : Percent();
    const bool stopped = seen_out && progress->seen->status == ReleaseStatus::halted;
    if (standing.off_sale && !seen_out) return std::nullopt;
    // Halted before its review was over it is published as it was left, halted with a share: nobody got it.
    const bool reached_nobody =
        standing.exists && !standing.runs && scene.were_somebodys.count({app.name, release.version}) == 0;
    if (reached_nobody && seen.is_zero()) return std::nullopt;
    // Another has taken its place on the track: a person is told that it is not there any more.
    const auto& waits = run.report->plan.waits;
    const bool is_missed = std::any_of(waits.begin(), waits.end(), [&](const Wait& wait) {
      return is_about(wait, release, app) && wait.needs_person;
    });
    if (!standing.exists && stopped && is_missed) return std::nullopt;
    if (seen == standing.percent && stopped == (!standing.percent.is_zero() && !standing.runs)) return std::nullopt;
    return fmt::format("{} {} is served to {}{}, and the log says {}{}", app.name, release.version.text(),
                       standing.percent.text(), standing.runs ? "" : " (stopped)", seen.text(),
                       stopped ? " (stopped)" : "");
  });
}

Broken a_run_at_rest_writes_nothing(const Scene& scene, const RunSeen& run) {
  if (run.log_after == run.log_before) return std::nullopt;
  // A step that the store refuses is sent again, and a person is called.
  const bool is_refused = std::any_of(scene.events->begin() + static_cast<std::ptrdiff_t>(run.log_before),
                                      scene.events->end(), [](const Event& event) {
                                        const auto* outcome = std::get_if<event::Outcome>(&event.body);
                                        return outcome != nullptr && outcome->result == event::Outcome::Result::failed;
                                      });
  if (is_refused) return std::nullopt;
  std::string kinds;
  for (Seq seq = run.log_before; seq < run.log_after; ++seq)
    kinds += " " + std::string(kind_of((*scene.events)[seq].body));
  return "nothing had changed, and a run wrote" + kinds;
}

}  // namespace train::simulation
