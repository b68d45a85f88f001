#include "train/runner/runner.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "act.hpp"
#include "dry_log.hpp"
#include "journal.hpp"
#include "train/base/fault.hpp"
#include "train/base/interruption.hpp"
#include "train/base/text.hpp"
#include "train/engine/stopping.hpp"
#include "train/runner/waiting.hpp"
#include "watcher.hpp"

namespace train::runner {
namespace {

constexpr int k_rounds_max = 200;     // a run ends long before; this bounds a store that answers nonsense
constexpr int k_detections_max = 40;  // in one round
constexpr int k_losses_max = 2;       // of one step's answer, in one run

enum class Mode { act, plan_only, look_only };

// One run of the loop. `run` and all that it calls stay on the caller's thread, except for the steps of one plan: each
// is carried out by a thread of its own, which touches members in `finish_step` only, under `mutex_`, while the
// caller's thread waits for all of them.
class Run {
 public:
  Run(const Definition& definition, const Ports& ports, const Options& options, Mode mode)
      : definition_(definition),
        ports_(ports),
        options_(options),
        mode_(mode),
        journal_(*ports.log, options.on_event),
        watcher_(definition, ports) {}

  Result<Report> run() {
    if (auto loaded = journal_.load(); !loaded) return tl::unexpected(loaded.error());
    if (auto taken = journal_.take_over(watcher_.now()); !taken) return tl::unexpected(taken.error());
    const Patience in_all(k_run_patience);
    for (int round = 0; round < k_rounds_max && !in_all.is_over(); ++round) {
      const auto more = run_round();
      if (!more) return tl::unexpected(more.error());
      if (!*more) return finish();
    }
    return fail(ErrorKind::internal, "The run did not come to rest.", "Run `train log` and report what repeats.");
  }

 private:
  // One turn of the loop; false once nothing is due any more.
  Result<bool> run_round() {
    if (mode_ == Mode::act && is_interrupted()) return interrupted();
    if (auto looked = watcher_.look_undisturbed(state()); !looked) return tl::unexpected(looked.error());
    if (auto detected = detect_all(); !detected) return tl::unexpected(detected.error());
    decide();
    if (options_.wanted) std::erase_if(plan_.steps, [&](const Step& step) { return !options_.wanted(step); });
    if (mode_ == Mode::look_only) return false;
    if (mode_ == Mode::act && is_interrupted()) return interrupted();
    if (watcher_.look_closer(state(), plan_)) return true;
    if (mode_ == Mode::plan_only) return false;
    // Who is waited for is told once nothing else is due: before that the list still changes.
    if (plan_.steps.empty()) {
      if (auto noted = note_people(); !noted) return tl::unexpected(noted.error());
    }
    if (options_.only && !matches_saved_plan())
      return someone_else("The saved plan is stale: the steps that are due have changed.");
    if (plan_.steps.empty()) return settle();
    if (auto acted = act_all(); !acted) return tl::unexpected(acted.error());
    plan_.steps.clear();
    return !options_.only.has_value();
  }

  // Between two calls: what was due and is not done is named.
  tl::unexpected<Error> interrupted() const {
    std::vector<std::string> left;
    const auto name = [&](const Step& step) {
      left.push_back(fmt::format("{} {}", step.app.empty() ? "train" : step.app, to_string(step.action)));
    };
    for (const auto& failed : report_.failed) name(failed.step);
    for (const auto& step : plan_.steps) name(step);
    const auto what = left.empty() ? std::string("nothing was under way") : "not done: " + join(left, ", ");
    return fail(ErrorKind::unreachable, "Interrupted; " + what + ". What else is due was not looked at.",
                "What was done is in the log; run again to go on.");
  }

  // What follows from what was noticed is noticed on a state that is ahead of the log, so that all of it is written at
  // once.
  Result<Done> detect_all() {
    engine::State ahead = state();
    std::vector<EventBody> detected;
    for (int i = 0; i < k_detections_max; ++i) {
      if (mode_ != Mode::look_only) watcher_.measure_if_due(ahead);
      auto more = engine::detect_changes(input(ahead));
      if (more.empty()) return journal_.append(now(), std::move(detected));
      for (auto& body : more) {
        engine::apply(ahead, Event{ahead.seq + 1, now(), "train", body, {}, {}});
        detected.push_back(std::move(body));
      }
      // What just opened or departed has not been looked at.
      if (watcher_.has_new_targets(ahead)) watcher_.look(ahead);
    }
    return fail(ErrorKind::internal, "What was noticed did not settle.", "Run `train log` and report what repeats.");
  }

  void decide() {
    plan_ = engine::decide(input());
    if (ports_.on_decision) ports_.on_decision(plan_);
  }

  Result<Done> note_people() {
    std::vector<EventBody> notes;
    for (const auto& release : state().releases) {
      if (!release.is_open()) continue;
      if (auto wanted = engine::people_wanted(state(), release.version, plan_)) notes.emplace_back(std::move(*wanted));
    }
    if (notes.empty()) return Done{};
    if (auto appended = journal_.append(now(), std::move(notes)); !appended) return appended;
    plan_ = engine::decide(input());
    return Done{};
  }

  bool matches_saved_plan() const {
    const auto& saved = *options_.only;
    return saved.size() == plan_.steps.size() && std::all_of(saved.begin(), saved.end(), [&](const Step& step) {
             return std::any_of(plan_.steps.begin(), plan_.steps.end(),
                                [&](const Step& due) { return same_step(step, due); });
           });
  }

  // Nothing to do, but an answer was lost a moment ago: look again until it has settled.
  Result<bool> settle() {
    if (!plan_.settle_until) return false;
    if (!ports_.clock->wait_until(*plan_.settle_until)) return false;
    watcher_.expire_close_looks();
    return true;
  }

  Result<Done> act_all() {
    auto intents = journal_.append_intents(now(), plan_.steps);
    if (!intents) return tl::unexpected(intents.error());
    std::vector<std::thread> threads;
    std::vector<Result<Done>> results(intents->size(), Done{});
    const engine::State before = state();
    for (std::size_t i = 0; i < intents->size(); ++i) {
      threads.emplace_back([&, i] { results[i] = take_step((*intents)[i], before); });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& intent : *intents) {
      if (needs_store(intent.step)) watcher_.expire_look();
    }
    for (auto& result : results) {
      if (!result) return result;
    }
    return Done{};
  }

  // Between the intent and the call a person may have said stop, and while the call was under way too.
  Result<Done> take_step(const event::Intent& intent, const engine::State& before) {
    if (auto ended = why_not_now(intent.step)) return give_way(intent, *ended);
    auto finished = finish_step(intent, act_bounded(before, intent.step));
    if (!finished || !raises_exposure(intent.step.action)) return finished;
    if (TRAIN_FAULT("raise_under_way_stays")) return finished;
    const auto order = order_now(intent.step);
    if (!order || !*order || !(*order)->is_stop) return finished;
    if (auto stopped = stop_what_rose(intent.step, (*order)->words); !stopped) return stopped;
    return someone_else(fmt::format("`{}` on {} was under way when {} came; it was stopped again.",
                                    to_string(intent.step.action), intent.step.app, (*order)->words));
  }

  // Bytes take the time they take; everything else is given up, and looked at by the next run.
  Result<Done> act_bounded(const engine::State& before, const Step& step) const {
    const bool is_long = step.action == Action::upload_build || step.action == Action::upload_standby ||
                         step.action == Action::prepare_standby || step.action == Action::remove_from_sale;
    const WithPatience bound(is_long ? Patience() : Patience(k_step_patience));
    return act(definition_, ports_, before, step);
  }

  // The log as it is now: another run of train may have written to it.
  Result<std::optional<engine::StandingOrder>> order_now(const Step& step) {
    const std::lock_guard lock(mutex_);
    if (auto loaded = journal_.load(); !loaded) return tl::unexpected(loaded.error());
    return engine::order_against(state(), step);
  }

  // nullopt: the call may go out.
  std::optional<Error> why_not_now(const Step& step) {
    const std::string what =
        fmt::format("`{}` on {}", to_string(step.action), step.app.empty() ? "the train" : step.app);
    if (is_interrupted()) {
      return Error{ErrorKind::unreachable, "Interrupted: " + what + " was not sent.",
                   "Nothing was done twice; run again to go on."};
    }
    if (!engine::may_be_ordered_against(step) || TRAIN_FAULT("raise_without_reading_the_log")) return std::nullopt;
    const auto order = order_now(step);
    if (!order) return order.error();
    if (!*order) return std::nullopt;
    return someone_else(fmt::format("{} gave way to {}", what, (*order)->words)).value();
  }

  // Nothing was called, and the log says so.
  Result<Done> give_way(const event::Intent& intent, const Error& why) {
    const std::lock_guard lock(mutex_);
    set_aside_.push_back(intent.step);
    report_.failed.push_back({intent.step, why});
    event::Outcome outcome{intent.operation, event::Outcome::Result::failed, why.message, true};
    if (auto written = journal_.append_surely(watcher_.now(), outcome); !written) return written;
    return tl::unexpected(why);
  }

  // Whoever raised it knows best when the call has landed: what it raised is stopped again at once.
  Result<Done> stop_what_rose(const Step& raised, const std::string& order) {
    Step halt;
    halt.action = Action::halt;
    halt.app = raised.app;
    halt.version = raised.version;
    halt.build = raised.build;
    halt.because = {{"ordered", order, "no further exposure"}};
    const auto intent = [&] {
      const std::lock_guard lock(mutex_);
      return journal_.append_intent_surely(watcher_.now(), halt);
    }();
    if (!intent) return tl::unexpected(intent.error());
    return finish_step(*intent, act(definition_, ports_, {}, halt));
  }

  // The outcome must be in the log whatever else was written meanwhile.
  Result<Done> finish_step(const event::Intent& intent, const Result<Done>& result) {
    const std::lock_guard lock(mutex_);
    watcher_.on_step_end(intent.step, result.has_value());
    event::Outcome outcome{intent.operation, event::Outcome::Result::done, {}};
    if (result) {
      report_.done.push_back(intent.step);
    } else {
      const bool lost = result.error().kind == ErrorKind::unknown_outcome;
      outcome.result = lost ? event::Outcome::Result::unknown : event::Outcome::Result::failed;
      outcome.detail = result.error().text();
      if (is_over(intent.step, lost)) {
        set_aside_.push_back(intent.step);
        report_.failed.push_back({intent.step, result.error()});
      }
    }
    return journal_.append_surely(now(), outcome);
  }

  // A lost answer is settled by looking, and the step may be due again; a store that loses every answer ends the run.
  bool is_over(const Step& step, bool lost) {
    if (!lost) return true;
    lost_.push_back(step);
    const auto losses = std::count_if(lost_.begin(), lost_.end(), [&](const Step& s) { return same_step(s, step); });
    return !needs_store(step) || losses >= k_losses_max;
  }

  Result<Report> finish() {
    for (const auto& seen : watcher_.observation().apps) {
      if (seen.failure) report_.failed_looks.push_back({seen.app, *seen.failure});
      if (seen.view && seen.view->budget) report_.budgets[seen.app] = *seen.view->budget;
    }
    if (mode_ == Mode::plan_only) plan_.then = engine::predict_steps(input(), plan_);
    report_.plan = plan_;
    report_.state = state();
    return report_;
  }

  const engine::State& state() const { return journal_.state(); }
  Instant now() const { return watcher_.now(); }
  engine::DecisionInput input() const { return input(state()); }
  engine::DecisionInput input(const engine::State& state) const {
    return {definition_, state, watcher_.observation(), watcher_.evidence(), now(), set_aside_};
  }

  const Definition& definition_;
  const Ports& ports_;
  const Options& options_;
  Mode mode_;
  Journal journal_;
  Watcher watcher_;
  Plan plan_;
  std::vector<Step> set_aside_;
  std::vector<Step> lost_;  // whose answers were lost
  Report report_;
  std::mutex mutex_;
};

}  // namespace

Result<Report> advance(const Definition& definition, const Ports& ports, const Options& options) {
  return Run(definition, ports, options, Mode::act).run();
}

Result<Report> plan(const Definition& definition, const Ports& ports) {
  DryLog dry(*ports.log);
  Ports reading = ports;
  reading.log = &dry;
  const Options options;
  return Run(definition, reading, options, Mode::plan_only).run();
}

Result<Report> observe(const Definition& definition, const Ports& ports) {
  const Options options;
  return Run(definition, ports, options, Mode::look_only).run();
}

}  // namespace train::runner
