#include "stop_calls.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "act.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"

namespace train::runner {
namespace {

using engine::StopKind;

bool is_before_exposure(StopKind kind) {
  return kind == StopKind::withdraw || kind == StopKind::wait || kind == StopKind::keep_back;
}

// The store has understood, and what it shows is not what the log had.
bool says_no(const Error& error) { return error.kind == ErrorKind::refused || error.kind == ErrorKind::not_found; }

std::string done_words(const engine::AppStop& stop) {
  const auto version = stop.version.text();
  switch (stop.kind) {
    case StopKind::halt:
    case StopKind::cannot:
      return "halted " + version;
    case StopKind::withdraw:
    case StopKind::wait:
      return version + " is taken back from review";
    case StopKind::replace:
      return "the standby goes out in place of " + version;
    case StopKind::keep_back:
      return version + " is kept back";
    case StopKind::nothing:
      break;
  }
  return "nothing to stop";
}

std::string begun_words(const engine::AppStop& stop) {
  const auto version = stop.version.text();
  switch (stop.kind) {
    case StopKind::halt:
    case StopKind::cannot:
      return "halting " + version;
    case StopKind::withdraw:
    case StopKind::wait:
      return "taking " + version + " back from review";
    case StopKind::replace:
      return "sending the standby out in place of " + version;
    case StopKind::keep_back:
    case StopKind::nothing:
      break;
  }
  return "asking the store how " + version + " stands";
}

}  // namespace

double StopCalls::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

void StopCalls::tell(const std::string& line) {
  const std::lock_guard lock(voice_);
  if (wish_.told) wish_.told(line);
}

void StopCalls::note_acceptance() {
  accepted_ = true;
  patience_.note_acceptance();
}

// Before a call that may take its time: nobody sits in front of an empty screen.
void StopCalls::tell_beginning(const StopTask& task) {
  const auto words = wish_.removal ? "taking " + task.app->store_id + " off sale" : begun_words(task.stop);
  tell(fmt::format("  … {}: {}", task.app->name, words));
}

// What the store shows now, in place of what the log has of it.
void StopCalls::refresh(StopTask& task, Depth depth) {
  const auto* release = ordered_.find(task.stop.version);
  const auto store = ports_.stores.find(task.app->name);
  if (release == nullptr || store == ports_.stores.end()) return;
  const auto view = store->second->observe(task.stop.version, depth);
  if (!view) {
    if (task.stop.kind == StopKind::keep_back) task.end.error = view.error();
    return;
  }
  engine::Release now = *release;
  auto* progress = now.find(task.app->name);
  if (progress == nullptr || !view->release) return;
  progress->seen = view->release;
  if (view->live) progress->live = view->live;
  progress->percent_as_of.reset();
  progress->seen_at.reset();
  auto fresh = engine::stop_of(*task.app, now, wish_.rollback, ports_.clock->now());
  if (fresh.kind == task.stop.kind || fresh.kind == StopKind::nothing) return;
  task.stop = std::move(fresh);
  const auto step = engine::step_of(task.stop, *task.app, now);
  if (step) task.calls.push_back({*step, random_id(), false, false, Done{}});
  tell_beginning(task);
}

Result<Done> StopCalls::make(StopTask& task, const Step& step) {
  auto known = std::find_if(task.calls.begin(), task.calls.end(),
                            [&](const StopCall& call) { return !call.made && same_step(call.step, step); });
  if (known == task.calls.end()) {
    task.calls.push_back({step, random_id(), false, false, Done{}});
    known = task.calls.end() - 1;
  }
  known->made = true;
  known->result = act(definition_, ports_, ordered_, step);
  return known->result;
}

Result<Done> StopCalls::call_for(StopTask& task) {
  if (task.stop.kind == StopKind::keep_back || task.stop.kind == StopKind::nothing) {
    if (task.end.error) return tl::unexpected(*task.end.error);
    return Done{};
  }
  // The last one is what is to be done by the newest look.
  if (task.calls.empty() || task.calls.back().step.action == Action::remove_from_sale) return Done{};
  return make(task, Step(task.calls.back().step));
}

// Announced with the order, before everything else of the task.
Result<Done> StopCalls::remove_from_sale(StopTask& task) {
  const WithPatience unbound{Patience()};
  return make(task, Step(task.calls.front().step));
}

void StopCalls::conclude(StopTask& task, const Result<Done>& result) {
  task.end.app = task.app->name;
  task.end.version = task.stop.version;
  task.end.seconds = seconds();
  task.end.words = done_words(task.stop);
  task.end.error.reset();
  task.end.end = task.stop.kind == StopKind::keep_back || task.stop.kind == StopKind::nothing
                     ? StoppedApp::End::kept_back
                     : StoppedApp::End::stopped;
  if (result) return;
  task.end.error = result.error();
  task.end.end = StoppedApp::End::unstopped;
  if (task.stop.kind == StopKind::wait && says_no(result.error())) {
    task.end.end = StoppedApp::End::on_its_way;
    task.end.words = task.stop.version.text() + " is on its way out, and is stopped as soon as it is out";
    return;
  }
  task.end.words = "could not " + (task.stop.kind == StopKind::withdraw ? std::string("take back ") : "stop ") +
                   task.stop.version.text();
}

void StopCalls::carry_out(StopTask& task) {
  const WithPatience bound(patience_);
  const StopKind planned = task.stop.kind;
  tell_beginning(task);
  if (is_before_exposure(planned)) refresh(task, Depth::summary);
  auto result = call_for(task);
  if (!result && says_no(result.error()) && task.stop.kind == planned && !is_before_exposure(planned)) {
    refresh(task, Depth::full);
    if (task.stop.kind != planned) result = call_for(task);
  }
  if (wish_.removal) result = remove_from_sale(task);
  conclude(task, result);
  if (wish_.removal && result) task.end.words = task.app->store_id + " is off sale";
  if (result && task.end.end == StoppedApp::End::stopped) note_acceptance();
  const char* mark = task.end.end == StoppedApp::End::unstopped ? "✗" : "✓";
  tell(fmt::format("  {} {}: {} ({:.2f} s)", mark, task.app->name, task.end.words, task.end.seconds));
}

std::optional<AppObservation> StopCalls::look_again(StopTask& task) {
  const WithPatience bound(patience_);
  const auto store = ports_.stores.find(task.app->name);
  if (store == ports_.stores.end()) return std::nullopt;
  constexpr int looks_most = 3;
  AppObservation out;
  out.version = task.stop.version;
  out.app = task.app->name;
  out.full = true;
  for (int look = 0; look < looks_most; ++look) {
    auto view = store->second->observe(task.stop.version, Depth::full);
    if (!view) return std::nullopt;
    out.view = std::move(*view);
    const auto& release = out.view->release;
    const bool served = release && release->status == ReleaseStatus::serving && !release->percent.is_zero();
    if (!served || task.end.end == StoppedApp::End::unstopped || task.stop.kind == StopKind::replace) return out;
    if (release->percent.is_all() && !task.app->facts().halts_after_full) return out;
    Step again;
    again.action = Action::halt;
    again.app = task.app->name;
    again.version = task.stop.version;
    again.build = release->build;
    const auto stopped = make(task, again);
    if (!stopped) {
      conclude(task, stopped);
      return out;
    }
    task.end.end = StoppedApp::End::stopped;
    tell(fmt::format("  ✓ {}: stopped again: another run had raised it meanwhile", task.app->name));
  }
  return out;
}

}  // namespace train::runner
