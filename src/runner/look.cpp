#include "look.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <functional>
#include <map>
#include <thread>

#include "standby.hpp"
#include "train/base/fault.hpp"
#include "train/base/placeholders.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/source.hpp"
#include "train/engine/standby.hpp"
#include "train/engine/testers.hpp"
#include "train/runner/archive_check.hpp"
#include "train/runner/waiting.hpp"

namespace train::runner {
namespace {

const engine::AppProgress* progress_of(const engine::State& state, const Target& target) {
  const auto* release = state.find(target.version);
  return release == nullptr ? nullptr : release->find(target.app);
}

bool halt_is_wanted(const engine::Release& release, const AppName& app) {
  const auto* progress = release.find(app);
  return progress != nullptr && (progress->halt || progress->rollback || progress->removal);
}

// The way back of a release that is done, on its way through a review or out.
bool standby_is_moving(const engine::Release& release, const App& app, Instant now) {
  const auto* progress = release.find(app.name);
  return progress != nullptr && engine::wants_standby_look(app, release, *progress, now);
}

bool candidate_is_in_store(const engine::AppProgress& app) {
  if (app.seen && app.candidate && app.seen->build == app.candidate->build) return true;
  for (const auto& build : app.builds) {
    if (app.candidate && build.number == app.candidate->build && build.state == BuildState::ready) return true;
  }
  return false;
}

// The archive the definition names for this version, compared with what it should be.
void look_at_artifact(const App& app, const Ports& ports, const engine::AppProgress* known, Instant now,
                      AppObservation& out) {
  if (!app.artifact || ports.archives == nullptr) return;
  const auto path = with_version(*app.artifact, out.version);
  auto identity = ports.archives->inspect(path);
  if (!identity) {
    out.artifact_failure = identity.error();
    return;
  }
  if (!*identity) return;
  const auto& seen = **identity;
  if (seen.id != app.store_id || seen.version != out.version) {
    out.artifact_failure =
        Error{ErrorKind::refused,
              fmt::format("{} says it is {} {}, but this release is {} {}.", path, printable(seen.id, 200),
                          seen.version.text(), app.store_id, out.version.text()),
              "Build the release again, or correct `artifact` in the definition."};
    return;
  }
  out.artifact = ArtifactView{path, seen.id, seen.version, seen.build, seen.sha256, {}};
  if (ports.signer == nullptr) return;
  // What cannot be read as closely is judged by the store alone.
  auto findings = examine_archive(*ports.signer, app, path, known == nullptr ? std::nullopt : known->live, now);
  if (findings) out.artifact->findings = std::move(*findings);
}

bool has_just_been_raised(const engine::AppProgress& known, Instant now) {
  return known.last_done && raises_exposure(known.last_done->step.action) &&
         now < known.last_done->at + engine::k_lag_window;
}

// A glance that shows it served for the first time, or right after a raise, does not say to how many; one that shows it
// served to more than before may have left something out. Either is asked closely before it is believed.
bool wants_closer_look(const StoreView& view, const engine::AppProgress* known, Instant now) {
  const bool out = view.release && view.release->status == ReleaseStatus::serving;
  if (!out) return false;
  const bool exposed = known != nullptr && engine::is_exposed(*known);
  if (!view.release->percent_known) return !exposed || has_just_been_raised(*known, now);
  return exposed && view.release->percent > known->seen->percent;
}

// What the train itself has put there is asked for again before a list that lacks it is believed.
Result<StoreView> look_closely(Store& store, const Sought& sought, const engine::AppProgress* known) {
  constexpr int looks_most = 3;
  auto view = store.observe(sought, Depth::full);
  const bool ours = known != nullptr && known->seen && known->created_by_us && !TRAIN_FAULT("a_list_is_asked_once");
  for (int look = 1; look < looks_most && ours && view && !view->release; ++look) {
    if (auto again = store.observe(sought, Depth::full)) view = std::move(again);
  }
  return view;
}

// Every build that the log knows as this release's, newest first.
Sought sought_of(const VersionName& version, const engine::AppProgress* known) {
  Sought out(version);
  if (known == nullptr || !known->candidate) return out;
  out.builds.push_back(known->candidate->build);
  out.builds.insert(out.builds.end(), known->earlier.begin(), known->earlier.end());
  return out;
}

AppObservation look_at(const App& app, const Ports& ports, const Target& target, const engine::AppProgress* known,
                       bool full, bool artifact_matters, Instant now) {
  AppObservation out;
  out.version = target.version;
  out.app = target.app;
  out.full = full;
  const auto store = ports.stores.find(target.app);
  if (store == ports.stores.end()) {
    out.failure = Error{ErrorKind::internal, "There is no store for " + target.app + ".", ""};
    return out;
  }
  const Sought sought = sought_of(target.version, known);
  auto view = full ? look_closely(*store->second, sought, known) : store->second->observe(sought, Depth::summary);
  if (view && !full && wants_closer_look(*view, known, view->as_of)) {
    out.full = true;
    view = store->second->observe(sought, Depth::full);
  }
  if (view)
    out.view = std::move(*view);
  else
    out.failure = view.error();
  if (artifact_matters) look_at_artifact(app, ports, known, now, out);
  return out;
}

// The notes, for as long as nobody has the release: afterwards they are out.
std::optional<NotesLook> look_at_notes(const App& app, const engine::AppProgress* known, const VersionName& version) {
  if (!app.release_notes || (known != nullptr && engine::is_exposed(*known))) return std::nullopt;
  const auto notes = read_notes(*app.release_notes, version);
  if (!notes) {
    if (notes.error().kind == ErrorKind::not_found) return NotesLook{{}, {}, notes.error().text()};
    return NotesLook{{}, {notes.error().text()}, {}};
  }
  return NotesLook{notes_digest(*notes), notes_problems(app.facts(), *notes), {}};
}

bool nobody_has_it(const engine::Release& release) {
  return std::none_of(release.apps.begin(), release.apps.end(),
                      [](const engine::AppProgress& app) { return engine::is_exposed(app); });
}

// A repository that cannot be asked is said by the step that needs it.
std::vector<SourceLook> look_at_source(const Definition& definition, const Ports& ports, const engine::State& state) {
  std::vector<SourceLook> out;
  if (!definition.source || ports.source == nullptr) return out;
  for (const auto& release : state.releases) {
    if (!release.is_open() || release.tagged || !nobody_has_it(release)) continue;
    const auto names = engine::source_names(*definition.source, release);
    auto obstacles = ports.source->obstacles({names.branch, names.tag, names.start, release.branch_cut});
    if (obstacles) out.push_back({release.version, std::move(*obstacles)});
  }
  return out;
}

bool artifact_matters(const engine::State& state, const Target& target) {
  const auto* progress = progress_of(state, target);
  if (progress == nullptr) return true;
  const auto phase = engine::app_phase(*progress);
  return phase == engine::AppPhase::awaiting_build || phase == engine::AppPhase::candidate ||
         phase == engine::AppPhase::rejected;
}

}  // namespace

std::vector<Target> targets_of(const Definition& definition, const engine::State& state, Instant now) {
  std::vector<Target> out;
  // Before the first release the calendar needs to know what is live; no version is asked for.
  if (state.releases.empty() && definition.calendar.first_cutoff) {
    for (const auto& app : definition.apps) out.push_back({VersionName(), app.name});
  }
  for (const auto& release : state.releases) {
    for (const auto& app : definition.apps) {
      const bool under_way = release.is_open() && release.departed;
      const bool late_halt =
          &release == state.focus() && (halt_is_wanted(release, app.name) || standby_is_moving(release, app, now));
      if (under_way || late_halt) out.push_back({release.version, app.name});
    }
  }
  return out;
}

bool wants_full_look(const Definition& definition, const engine::State& state, const Target& target, Instant now) {
  const auto* progress = progress_of(state, target);
  if (progress == nullptr || !progress->looked || progress->unsettled) return true;
  // A glance tells a halt from a running rollout in no store that sets percentages: an order is held to a close look.
  const auto is_newer = [&](const std::optional<engine::Order>& order) {
    if (!order || !progress->percent_as_of) return false;
    // Times are whole seconds: what was read in the second of the order may have been read before it.
    return order->at > *progress->percent_as_of ||
           (order->at == *progress->percent_as_of && !TRAIN_FAULT("an_order_waits_for_the_next_second"));
  };
  if (is_newer(progress->halt) || is_newer(progress->rollback) || is_newer(progress->removal)) return true;
  const auto& seen = progress->seen;
  if (seen && seen->status == ReleaseStatus::halted && seen->percent.is_zero()) return true;
  const auto phase = engine::app_phase(*progress);
  if (phase == engine::AppPhase::awaiting_build) return true;
  if (phase == engine::AppPhase::candidate && !candidate_is_in_store(*progress)) return true;
  const auto* app = definition.find_app(target.app);
  if (app != nullptr && engine::testing_is_open(*app, *state.find(target.version), *progress)) return true;
  if (app == nullptr || app->drift_check == Duration(0) || !engine::is_exposed(*progress)) return false;
  // Somebody else's hand on a rollout is noticed within an hour, or by the next run.
  const Duration often =
      progress->seen->percent.is_all() ? app->drift_check : std::min(app->drift_check, Duration(3600));
  if (!progress->percent_as_of || now - *progress->percent_as_of >= often) return true;
  // A glance keeps what was last read of the track: that was before the train's own call.
  if (progress->last_done && !progress->last_done->read && !TRAIN_FAULT("a_glance_follows_a_call")) return true;
  // It was read by a machine whose clock is ahead: how long ago is not known.
  return *progress->percent_as_of > now + often && !TRAIN_FAULT("a_fast_clock_blinds");
}

Observation look_around(const Definition& definition, const Ports& ports, const engine::State& state,
                        const Targets& full, Instant now) {
  const auto targets = targets_of(definition, state, now);
  Observation out;
  out.apps.resize(targets.size());
  std::vector<std::thread> threads;
  const Patience patience = patience_within(k_look_patience);
  // One thread per app, not per release: a store's client is used by one thread at a time.
  for (const auto& app : definition.apps) {
    threads.emplace_back([&, &watched = app] {
      const WithPatience bound(patience);
      for (std::size_t i = 0; i < targets.size(); ++i) {
        if (targets[i].app != watched.name) continue;
        const bool closely = full.count(targets[i]) != 0 || wants_full_look(definition, state, targets[i], now);
        out.apps[i] = look_at(watched, ports, targets[i], progress_of(state, targets[i]), closely,
                              artifact_matters(state, targets[i]), now);
        out.apps[i].notes = look_at_notes(watched, progress_of(state, targets[i]), targets[i].version);
        out.apps[i].standby = look_at_standby(definition, ports, state, targets[i].version, watched, now);
      }
    });
  }
  const WithPatience bound(patience);
  out.source = look_at_source(definition, ports, state);
  for (auto& thread : threads) thread.join();
  return out;
}

namespace {

Subject subject_of(const App& app, const VersionName& version, const engine::AppProgress& progress, Instant now) {
  Subject subject;
  subject.app = app.name;
  subject.store_id = app.store_id;
  subject.version = version;
  if (progress.seen) subject.build = progress.seen->build;
  if (progress.live && progress.live->is_named()) subject.baseline_version = progress.live->version;
  subject.platform = app.facts().platform;
  subject.start = progress.exposed_since.value_or(now);
  subject.now = now;
  return subject;
}

// The same question about the version that is being replaced.
Subject live_side(Subject subject, const LiveVersion& live) {
  subject.version = live.version;
  subject.build = live.build;
  return subject;
}

bool is_compared(const Definition& definition, const SignalName& signal) {
  return std::any_of(definition.gates.begin(), definition.gates.end(),
                     [&](const Gate& gate) { return gate.signal == signal && gate.regress; });
}

// One question to one provider, and where its answer belongs.
struct Question {
  SignalSource* source = nullptr;
  const Signal* signal = nullptr;
  Subject subject;
  Measurement* answer = nullptr;
};

// All providers at once, and each by one thread: a slow one costs its own time only, and all are given up together.
void ask_all(const std::vector<Question>& questions) {
  std::map<SignalSource*, std::vector<const Question*>> by_source;
  for (const auto& question : questions) by_source[question.source].push_back(&question);
  const Patience patience = patience_within(k_signals_patience);
  const auto ask = [&patience](const std::vector<const Question*>& asked) {
    const WithPatience bound(patience);
    for (const auto* question : asked)
      *question->answer = question->source->measure(*question->signal, question->subject);
  };
  std::vector<std::thread> threads;  // the first is asked by this one
  for (auto entry = by_source.begin(); entry != by_source.end(); ++entry) {
    if (entry != by_source.begin()) threads.emplace_back(std::cref(ask), std::cref(entry->second));
  }
  if (!by_source.empty()) ask(by_source.begin()->second);
  for (auto& thread : threads) thread.join();
}

void add_questions(const Definition& definition, const Ports& ports, const engine::AppProgress& progress,
                   const Subject& subject, MeasuredApp& into, std::vector<Question>& out) {
  for (const auto& signal : definition.signals) {
    const auto source = ports.signals.find(signal.name);
    if (source == ports.signals.end() || !signal.is_for(into.app)) continue;
    Subject ours = subject;
    ours.late = signal.late;
    out.push_back({source->second, &signal, ours, &into.signals[signal.name]});
    if (!progress.live || !progress.live->is_named() || progress.live->version == into.version) continue;
    if (!is_compared(definition, signal.name)) continue;
    out.push_back({source->second, &signal, live_side(ours, *progress.live), &into.live[signal.name]});
  }
}

}  // namespace

Evidence measure(const Definition& definition, const Ports& ports, const engine::State& state, Instant now) {
  Evidence out;
  std::vector<const engine::AppProgress*> asked;
  for (const auto& release : state.releases) {
    if (!release.is_open()) continue;
    for (const auto& app : definition.apps) {
      const auto* progress = release.find(app.name);
      if (progress == nullptr || !engine::is_exposed(*progress)) continue;
      out.apps.push_back({release.version, app.name, {}, {}});
      asked.push_back(progress);
    }
  }
  std::vector<Question> questions;  // the answers' places stay where they are from here on
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const App& app = *definition.find_app(out.apps[i].app);
    add_questions(definition, ports, *asked[i], subject_of(app, out.apps[i].version, *asked[i], now), out.apps[i],
                  questions);
  }
  ask_all(questions);
  return out;
}

MeasuredApp measure_everything(const Definition& definition, const Ports& ports, const App& app,
                               const engine::Release* release, const LiveVersion* live, Instant now) {
  static const engine::AppProgress nothing_yet;
  MeasuredApp out{release == nullptr ? VersionName() : release->version, app.name, {}, {}};
  const auto* known = release == nullptr ? nullptr : release->find(app.name);
  const auto& progress = known == nullptr ? nothing_yet : *known;
  std::vector<Question> questions;
  for (const auto& signal : definition.signals) {
    const auto source = ports.signals.find(signal.name);
    if (source == ports.signals.end() || !signal.is_for(app.name)) continue;
    Subject subject = subject_of(app, out.version, progress, now);
    subject.late = signal.late;
    if (engine::is_exposed(progress))
      questions.push_back({source->second, &signal, subject, &out.signals[signal.name]});
    if (live != nullptr)
      questions.push_back({source->second, &signal, live_side(subject, *live), &out.live[signal.name]});
  }
  ask_all(questions);
  return out;
}

}  // namespace train::runner
