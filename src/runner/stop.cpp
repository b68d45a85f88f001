#include "train/runner/stop.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <future>
#include <thread>

#include "act.hpp"
#include "stop_calls.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::runner {
namespace {

using namespace std::chrono_literals;

constexpr Duration k_stop_life{900};  // for logs without locks: longer than the calls may take
constexpr auto k_poll = 20ms;         // of the log, while another run's call is under way

// The log's side of a stop: one thread's.
class StopLog {
 public:
  StopLog(const Ports& ports, const StopWish& wish) : ports_(ports), wish_(wish) {}

  // The order and the intents behind it, at once.
  Result<Done> write_order(std::deque<StopTask>& tasks) {
    const WithPatience bound{Patience(wish_.patience.for_log)};
    auto run = ports_.log->enter();
    if (!run) return tl::unexpected(run.error());
    run_ = *run;
    const auto written = record(*ports_.log, *ports_.clock, wish_.by, [&](const engine::State& newest) {
      return wish_.orders(newest).map([&](std::vector<EventBody> bodies) {
        for (auto& task : tasks) {
          for (auto& call : task.calls) bodies.emplace_back(intent_of(call));
        }
        return bodies;
      });
    });
    if (!written) return tl::unexpected(written.error());
    for (auto& task : tasks) {
      for (auto& call : task.calls) call.intended = true;
    }
    is_open_ = true;
    return Done{};
  }

  bool is_open() const { return is_open_; }

  // What came of the calls since this was asked last; each is told once.
  Result<Done> write_outcomes(StopTask& task) {
    std::vector<EventBody> bodies;
    for (auto& call : task.calls) {
      if (!call.intended && !call.made) continue;
      if (!call.intended) bodies.emplace_back(intent_of(call));
      bodies.emplace_back(outcome_of(call));
    }
    task.calls.clear();
    return write(std::move(bodies));
  }

  Result<Done> write(std::vector<EventBody> bodies) {
    if (bodies.empty()) return Done{};
    const auto written = record(*ports_.log, *ports_.clock, wish_.by,
                                [&](const engine::State&) { return Result<std::vector<EventBody>>(bodies); });
    if (!written) return tl::unexpected(written.error());
    return Done{};
  }

  // Another run's call that could raise this app, and has not ended.
  Result<std::optional<Step>> under_way(const AppName& app) {
    const auto state = load_state(*ports_.log);
    if (!state) return tl::unexpected(state.error());
    for (const auto& [operation, open] : state->open) {
      const Step& step = open.intent.step;
      if (step.app != app || open.intent.run == run_ || !engine::may_be_ordered_against(step)) continue;
      const auto owner = ports_.log->owner_of(open.intent, ports_.clock->now());
      if (!owner) return tl::unexpected(owner.error());
      if (*owner == EventLog::Owner::alive) return std::optional<Step>(step);
    }
    return std::optional<Step>();
  }

 private:
  event::Intent intent_of(const StopCall& call) {
    Step step = call.step;
    if (!wish_.why.empty()) step.because.push_back({"ordered", wish_.by + ": " + wish_.why, "no further exposure"});
    return {call.operation, run_, ports_.clock->now() + k_stop_life, std::move(step), wish_.why};
  }

  static event::Outcome outcome_of(const StopCall& call) {
    using Ended = event::Outcome::Result;
    if (!call.made) return {call.operation, Ended::failed, "the store showed that something else was to be done", true};
    if (call.result) return {call.operation, Ended::done, {}};
    const bool lost = call.result.error().kind == ErrorKind::unknown_outcome;
    return {call.operation, lost ? Ended::unknown : Ended::failed, call.result.error().message};
  }

  const Ports& ports_;
  const StopWish& wish_;
  RunId run_;
  bool is_open_ = false;
};

class StopRun {
 public:
  StopRun(const Definition& definition, const Ports& ports, const StopWish& wish)
      : definition_(definition), ports_(ports), wish_(wish), log_(ports, wish) {}

  Result<StopReport> run() {
    auto state = load_state(*ports_.log);
    if (!state) return tl::unexpected(state.error());
    const auto bodies = wish_.orders(*state);
    if (!bodies) return tl::unexpected(bodies.error());
    for (const auto& body : *bodies)
      engine::apply(*state, Event{state->seq + 1, ports_.clock->now(), wish_.by, body, {}, {}});
    ordered_ = std::move(*state);
    StopCalls calls(definition_, ports_, wish_, ordered_);
    make_tasks();
    call_everything(calls);
    look_again(calls);
    tell_people(calls);
    return finish();
  }

 private:
  void make_tasks() {
    for (const auto& stop : wish_.apps) {
      const auto* app = definition_.find_app(stop.app);
      const auto* release = ordered_.find(stop.version);
      if (app == nullptr || release == nullptr || !engine::is_ordered(stop.kind)) continue;
      tasks_.push_back({app, stop, {}, {}});
      if (wish_.removal) tasks_.back().calls.push_back({removal_of(stop), random_id(), false, false, Done{}});
      if (const auto step = engine::step_of(stop, *app, *release))
        tasks_.back().calls.push_back({*step, random_id(), false, false, Done{}});
    }
    if (!wish_.rollback) return;
    for (const auto& step : engine::flags_switched_off(definition_, ordered_, ports_.clock->now()))
      flags_.push_back({nullptr, {}, {{step, random_id(), false, false, Done{}}}, {}});
  }

  static Step removal_of(const engine::AppStop& stop) {
    Step step;
    step.action = Action::remove_from_sale;
    step.app = stop.app;
    step.version = stop.version;
    return step;
  }

  // One thread for each app and each flag. They wait for the order a moment only: a log that cannot be written keeps
  // nobody from the store.
  void call_everything(StopCalls& calls) {
    std::deque<StopTask> announced(tasks_.begin(), tasks_.end());
    announced.insert(announced.end(), flags_.begin(), flags_.end());
    std::promise<void> ordered;
    const auto order_is_there = ordered.get_future().share();
    std::vector<std::thread> threads;
    for (const auto& app : definition_.apps) {
      threads.emplace_back([&, name = app.name] {
        order_is_there.wait_for(wish_.patience.for_order);
        for (auto& task : tasks_) {
          if (task.app->name == name) calls.carry_out(task);
        }
      });
    }
    for (auto& flag : flags_) {
      threads.emplace_back([&] {
        order_is_there.wait_for(wish_.patience.for_order);
        switch_off(calls, flag);
      });
    }
    const auto written = log_.write_order(announced);
    ordered.set_value();
    for (auto& thread : threads) thread.join();
    if (!written) log_error_ = written.error();
    settle_log(announced);
  }

  void switch_off(StopCalls& calls, StopTask& flag) {
    const WithPatience bound(calls.patience());
    auto& call = flag.calls.front();
    call.made = true;
    call.result = act(definition_, ports_, ordered_, call.step);
    const auto what = call.step.subject + " = " + call.step.value;
    calls.tell(call.result ? "  ✓ flag " + what : "  ✗ flag " + what + ": " + call.result.error().message);
  }

  // What was announced with the order, and what was then done.
  void settle_log(const std::deque<StopTask>& announced) {
    std::size_t at = 0;
    for (auto* tasks : {&tasks_, &flags_}) {
      for (auto& task : *tasks) {
        const auto& before = announced[at++].calls;
        for (auto& call : task.calls) {
          call.intended = std::any_of(before.begin(), before.end(), [&](const StopCall& known) {
            return known.operation == call.operation && known.intended;
          });
        }
        keep(task);
      }
    }
    if (log_error_) try_the_log_again();
    for (auto* tasks : {&tasks_, &flags_})
      for (auto& task : *tasks) note_outcomes(task);
  }

  void try_the_log_again() {
    const WithPatience bound{Patience(wish_.patience.for_log)};
    std::deque<StopTask> nothing;
    if (log_.write_order(nothing)) log_error_.reset();
  }

  // For the report.
  void keep(const StopTask& task) {
    for (const auto& call : task.calls) {
      if (!call.made) continue;
      if (call.result)
        out_.report.done.push_back(call.step);
      else if (task.app == nullptr || task.end.end == StoppedApp::End::unstopped)
        out_.report.failed.push_back({call.step, call.result.error()});
    }
  }

  void note_outcomes(StopTask& task) {
    if (!log_.is_open()) return task.calls.clear();
    const WithPatience bound{Patience(wish_.patience.for_log)};
    if (auto written = log_.write_outcomes(task); !written) log_error_ = written.error();
  }

  // Until no write from before the order can still land, and at most as long as there is time.
  void await_others(StopCalls& calls, const StopTask& task) {
    for (bool is_first = true;; is_first = false) {
      const auto others = log_.under_way(task.app->name);
      if (!others || !*others) return;
      if (is_first) {
        calls.tell(fmt::format("  … {}: another run's `{}` is under way; its end is awaited for a moment",
                               task.app->name, to_string((*others)->action)));
      }
      if (calls.patience().left().value_or(0ms) < 1000ms) {
        out_.notes.push_back(fmt::format(
            "{}: another run's `{}` is still under way. That run stops it again when its call returns; should its "
            "process be stopped or hang, run `train halt {}` again once it is gone.",
            task.app->name, to_string((*others)->action), task.app->name));
        return;
      }
      std::this_thread::sleep_for(k_poll);
    }
  }

  void look_again(StopCalls& calls) {
    const bool failed = std::all_of(tasks_.begin(), tasks_.end(),
                                    [](const StopTask& task) { return task.end.end == StoppedApp::End::unstopped; });
    if (failed || wish_.removal) return;
    calls.patience().shorten_to(wish_.patience.after_acceptance);
    for (const auto& task : tasks_) {
      if (log_.is_open() && task.end.end != StoppedApp::End::unstopped) await_others(calls, task);
    }
    std::vector<std::optional<AppObservation>> seen(tasks_.size());
    std::vector<std::thread> threads;
    for (const auto& app : definition_.apps) {
      threads.emplace_back([&, name = app.name] {
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
          if (tasks_[i].app->name == name) seen[i] = calls.look_again(tasks_[i]);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (auto& task : tasks_) {
      keep(task);
      note_outcomes(task);
    }
    note_what_was_seen(seen);
  }

  // Only what the looks at the stopped apps showed: everything else is the next run's to notice.
  void note_what_was_seen(const std::vector<std::optional<AppObservation>>& seen) {
    Observation observation;
    for (const auto& one : seen) {
      if (one) observation.apps.push_back(*one);
    }
    if (observation.apps.empty() || !log_.is_open()) return;
    const WithPatience bound{Patience(wish_.patience.for_log)};
    const auto noted = record(*ports_.log, *ports_.clock, "train", [&](const engine::State& newest) {
      return Result<std::vector<EventBody>>(
          engine::what_was_seen(definition_, newest, observation, ports_.clock->now()));
    });
    if (!noted) log_error_ = noted.error();
  }

  // The messages that are due by now, side by side, in the time that is left; what is not told now the next run tells.
  void tell_people(StopCalls& calls) {
    if (!log_.is_open() || log_error_) return;
    const auto left = calls.patience().left().value_or(0ms);
    if (calls.anything_accepted() && left < 500ms) return;
    const auto state = load_state(*ports_.log);
    if (!state) return;
    std::deque<StopTask> messages;
    for (const auto& step : plan_of(*state).steps) {
      const bool theirs = std::any_of(state->open.begin(), state->open.end(),
                                      [&](const auto& open) { return same_step(open.second.intent.step, step); });
      if (step.action == Action::notify && !theirs)
        messages.push_back({nullptr, {}, {{step, random_id(), false, true, Done{}}}, {}});
    }
    if (messages.empty()) return;
    StopLog log(ports_, told_by_train_);
    if (!log.write_order(messages)) return;
    const Patience patience(std::min(Patience::Length(2500), std::max(Patience::Length(500), left)));
    std::vector<std::thread> threads;
    for (auto& message : messages) {
      threads.emplace_back([&] {
        const WithPatience bound(patience);
        message.calls.front().result = act(definition_, ports_, *state, message.calls.front().step);
      });
    }
    for (auto& thread : threads) thread.join();
    for (auto& message : messages) {
      if (message.calls.front().result)
        keep(message);
      else
        out_.notes.push_back("not told yet: " + message.calls.front().step.subject + "; the next run tries again");
      if (!log.write_outcomes(message)) return;
    }
  }

  Plan plan_of(const engine::State& state) const {
    const Observation nothing_seen;
    const Evidence nothing_measured;
    return engine::decide({definition_, state, nothing_seen, nothing_measured, ports_.clock->now(), {}});
  }

  Result<StopReport> finish() {
    for (const auto& task : tasks_) out_.apps.push_back(task.end);
    out_.log = log_error_;
    if (auto state = load_state(*ports_.log)) out_.report.state = std::move(*state);
    out_.report.plan = plan_of(out_.report.state);
    out_.report.plan.steps.clear();
    return std::move(out_);
  }

  const Definition& definition_;
  const Ports& ports_;
  const StopWish& wish_;
  const StopWish told_by_train_ = by_train();
  StopLog log_;
  engine::State ordered_;
  std::deque<StopTask> tasks_;
  std::deque<StopTask> flags_;
  std::optional<Error> log_error_;
  StopReport out_;

  StopWish by_train() const {
    StopWish wish;
    wish.by = "train";
    wish.orders = [](const engine::State&) { return Result<std::vector<EventBody>>(std::vector<EventBody>{}); };
    wish.patience = wish_.patience;
    return wish;
  }
};

}  // namespace

Result<StopReport> stop(const Definition& definition, const Ports& ports, const StopWish& wish) {
  return StopRun(definition, ports, wish).run();
}

}  // namespace train::runner
