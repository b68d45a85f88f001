#include "run_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "notes.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::rehearsal {

const engine::AppProgress* RunRecord::app(const AppName& name) const {
  const auto* found = release();
  return found == nullptr ? nullptr : found->find(name);
}

Percent RunRecord::highest_of(const AppName& name) const {
  const auto at = highest.find(name);
  return at == highest.end() ? Percent() : at->second;
}

void TimelineRecorder::hear(const Event& event) {
  const std::lock_guard lock(mutex_);
  if (event.seq <= record_.state.seq) return;
  waiting_.emplace(event.seq, event);
  // Two runners tell in any order; the log's order is the one that counts.
  for (auto next = waiting_.find(record_.state.seq + 1); next != waiting_.end();
       next = waiting_.find(record_.state.seq + 1)) {
    const Event heard_now = std::move(next->second);
    waiting_.erase(next);
    take(heard_now);
  }
}

Seq TimelineRecorder::heard() const {
  const std::lock_guard lock(mutex_);
  return record_.state.seq;
}

Instant TimelineRecorder::last_progress() const {
  const std::lock_guard lock(mutex_);
  return last_progress_;
}

void TimelineRecorder::note(Instant at, const AppName& app, std::string what) {
  const std::lock_guard lock(mutex_);
  write({at, app, "annotate", percent_of(app), printable(what, 300)});
}

void TimelineRecorder::see_served(const AppName& app, Percent served) {
  const std::lock_guard lock(mutex_);
  record_.served[app] = served;
  record_.highest[app] = std::max(record_.highest[app], served);
}

void TimelineRecorder::write(TimelineEntry entry) {
  last_progress_ = std::max(last_progress_, entry.at);
  if (entry.percent) last_told_[entry.app] = *entry.percent;
  record_.timeline.push_back(entry);
  if (told_) told_(record_.timeline.back());
}

std::optional<Percent> TimelineRecorder::percent_of(const AppName& app) const {
  if (app.empty()) return std::nullopt;
  const auto* progress = record_.app(app);
  return progress != nullptr && progress->seen ? progress->seen->percent : Percent();
}

TimelineRecorder::Standings TimelineRecorder::standings() const {
  Standings out;
  const auto* release = record_.release();
  if (release == nullptr) return out;
  for (const auto& app : release->apps) {
    const auto* known = record_.definition->find_app(app.app);
    const auto standby = known == nullptr || !app.standby
                             ? std::string_view()
                             : engine::to_string(engine::standby_state(known->facts(), *release, app));
    out[app.app] = {std::string(engine::to_string(engine::app_phase(app))), app.seen ? app.seen->percent : Percent(),
                    std::string(standby)};
  }
  return out;
}

std::string TimelineRecorder::release_phase(Instant at) const {
  const auto* release = record_.release();
  if (release == nullptr) return "scheduled";
  return std::string(engine::to_string(engine::release_phase(*record_.definition, *release, at)));
}

void TimelineRecorder::take(const Event& event) {
  const auto before = standings();
  const auto release_before = release_phase(event.at);
  const auto* outcome = std::get_if<event::Outcome>(&event.body);
  if (outcome != nullptr) tell_step(event, *outcome);
  engine::apply(record_.state, event);
  record_.log.push_back(event);
  if (const auto* seen = std::get_if<event::Seen>(&event.body);
      seen != nullptr && seen->release && seen->version == record_.version) {
    auto& highest = record_.highest[seen->app];
    highest = std::max(highest, seen->release->percent);
  }
  if (auto said = note_of(event)) write({event.at, said->app, "annotate", percent_of(said->app), said->text});
  tell_phases(event.at, before, release_before);
}

namespace {

// What the step leads to, where the store sets percentages; where it climbs by itself, what it serves now.
bool sets_percent(const Definition& definition, const Step& step) {
  const auto* app = definition.find_app(step.app);
  if (app == nullptr || !step.to_percent) return false;
  if (step.action == Action::start_rollout || step.action == Action::complete) return true;
  return app->facts().sets_percentages;
}

std::string why(const Step& step) {
  if (step.action == Action::set_flag) return fmt::format("{} becomes {}", step.subject, step.value);
  if (step.action == Action::notify) return step.because.empty() ? step.value : step.because.front().seen;
  if (step.because.empty()) return {};
  const auto& first = step.because.back();
  return first.rule + ": " + first.seen;
}

}  // namespace

void TimelineRecorder::tell_step(const Event& event, const event::Outcome& outcome) {
  const auto open = record_.state.open.find(outcome.operation);
  if (open == record_.state.open.end()) return;
  const Step step = open->second.intent.step;
  // The calendar may already prepare the next release: its steps are shown, and judged in their own rehearsal.
  const bool ours = step.version == record_.version;
  const std::string action(to_string(step.action));
  const std::string prefix = ours ? std::string() : step.version.text() + ": ";
  auto& last_failure = last_failures_[step.version.text() + " " + step.app + " " + action];
  switch (outcome.result) {
    case event::Outcome::Result::done: {
      last_failure.clear();
      if (ours) record_.done.push_back({event.at, step});
      auto percent = sets_percent(*record_.definition, step) ? step.to_percent : percent_of(step.app);
      if (!ours) percent.reset();
      write({event.at, step.app, action, percent, printable(prefix + why(step), 300)});
      return;
    }
    case event::Outcome::Result::failed:
      if (ours) record_.failures.push_back(action + ": " + outcome.detail);
      // What fails the same way at every look is told once.
      if (std::exchange(last_failure, outcome.detail) == outcome.detail) return;
      note(event.at, step.app, prefix + action + " failed: " + outcome.detail);
      return;
    case event::Outcome::Result::unknown:
      note(event.at, step.app, prefix + action + ": the answer was lost (" + outcome.detail + ")");
      return;
    case event::Outcome::Result::superseded:
      note(event.at, step.app, prefix + action + " taken over: " + outcome.detail);
      return;
  }
}

void TimelineRecorder::tell_phases(Instant at, const Standings& before, const std::string& release_before) {
  if (const auto now = release_phase(at); now != release_before) write({at, {}, "phase:" + now, std::nullopt, {}});
  for (const auto& [app, standing] : standings()) {
    const auto was = before.find(app);
    const auto told = last_told_.find(app);
    // A step that set the percentage has said so; the look after it only confirms it.
    const bool moved = was != before.end() && was->second.percent != standing.percent &&
                       (told == last_told_.end() || told->second != standing.percent);
    const auto* progress = record_.app(app);
    const bool standby_moved =
        !standing.standby.empty() && (was == before.end() || was->second.standby != standing.standby);
    if (standby_moved && standing.standby != "absent") {
      write({at, app, "standby:" + standing.standby, standing.percent,
             progress->standby->version.text() + " (" + progress->standby->build.text() + ")"});
    }
    if (was != before.end() && was->second.phase == standing.phase && !moved) continue;
    write({at, app, "phase:" + standing.phase, standing.percent,
           progress->seen ? printable(progress->seen->raw, 100) : std::string()});
  }
}

}  // namespace train::rehearsal
