#include "train/runner/runner.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <mutex>
#include <thread>

#include "act.hpp"
#include "dry_log.hpp"
#include "look.hpp"
#include "train/base/check.hpp"
#include "train/base/digest.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::runner {
namespace {

constexpr int k_rounds_max = 200;       // a run ends long before; this bounds a store that answers nonsense
constexpr int k_detections_max = 40;    // in one round
constexpr int k_losses_max = 2;         // of one step's answer, in one run
constexpr Duration k_intent_life{900};  // for logs without locks: longer than any one call may take

enum class Mode { act, plan_only, look_only };

tl::unexpected<Error> someone_else(const std::string& what) {
  return fail(ErrorKind::conflict, what, "Nothing was done twice. Run again once the other run has ended.");
}

bool moves_exposure(Action action) {
  return raises_exposure(action) || action == Action::halt || action == Action::pause;
}

bool needs_store(const Step& step) { return !step.app.empty(); }

class Run {
 public:
  Run(const Definition& definition, const Ports& ports, const Options& options, Mode mode)
      : definition_(definition), ports_(ports), options_(options), mode_(mode), now_(ports.clock->now()) {}

  Result<Report> run() {
    if (auto loaded = load(); !loaded) return tl::unexpected(loaded.error());
    if (auto taken = take_over(); !taken) return tl::unexpected(taken.error());
    if (options_.stop_before_observing) {
      if (auto stopped = stop_first(); !stopped) return tl::unexpected(stopped.error());
    }
    for (int round = 0; round < k_rounds_max; ++round) {
      const auto more = run_round();
      if (!more) return tl::unexpected(more.error());
      if (!*more) return finish();
    }
    return fail(ErrorKind::internal, "The run did not come to rest.", "Run `train log` and report what repeats.");
  }

 private:
  enum class Freshness { known, stale };

  Result<Done> load() {
    auto events = ports_.log->read(state_.seq);
    if (!events) return tl::unexpected(events.error());
    for (const auto& event : *events) engine::apply(state_, event);
    return Done{};
  }

  // Intents without an outcome: their owner is alive (then it is not our turn) or gone (then the store tells what came
  // of it).
  Result<Done> take_over() {
    std::vector<EventBody> settled;
    for (const auto& [operation, open] : state_.open) {
      const auto owner = ports_.log->owner_of(open.intent, now_);
      if (!owner) return tl::unexpected(owner.error());
      if (*owner == EventLog::Owner::alive) {
        return someone_else(fmt::format("Another run is doing `{}` on {} right now.",
                                        to_string(open.intent.step.action),
                                        open.intent.step.app.empty() ? "the train" : open.intent.step.app));
      }
      settled.emplace_back(event::Outcome{operation, event::Outcome::Result::superseded,
                                          "its run ended; the store is observed instead"});
    }
    return append(std::move(settled));
  }

  // Flags off, then the stores: two rounds, decided from the log alone.
  Result<Done> stop_first() {
    constexpr int rounds = 2;
    for (int i = 0; i < rounds; ++i) {
      plan_ = engine::decide(input());
      std::erase_if(plan_.steps, [this](const Step& step) { return !is_a_stop(step); });
      if (plan_.steps.empty()) return Done{};
      if (auto acted = act_all(); !acted) return acted;
    }
    return Done{};
  }

  // A flag's share that follows the rollout is none: only what switches a feature off.
  bool is_a_stop(const Step& step) const {
    if (step.action == Action::halt || step.action == Action::release_standby) return true;
    const auto* flag = step.action == Action::set_flag ? definition_.find_flag(step.subject) : nullptr;
    return flag != nullptr && flag->value_off == step.value;
  }

  // One turn of the loop; false once nothing is due any more.
  Result<bool> run_round() {
    if (auto looked = look_undisturbed(); !looked) return tl::unexpected(looked.error());
    if (auto detected = detect_all(); !detected) return tl::unexpected(detected.error());
    plan_ = engine::decide(input());
    if (options_.wanted) std::erase_if(plan_.steps, [&](const Step& step) { return !options_.wanted(step); });
    if (mode_ == Mode::look_only) return false;
    if (look_closer()) return true;
    if (mode_ == Mode::plan_only) return false;
    // Who is waited for is told once nothing else is due: before that the list still changes.
    if (plan_.steps.empty()) {
      if (auto noted = note_people(); !noted) return tl::unexpected(noted.error());
    }
    if (options_.only && !matches_saved_plan())
      return someone_else("The saved plan is stale: the steps that are due have changed.");
    if (plan_.steps.empty()) return settle();
    if (auto acted = act_all(); !acted) return tl::unexpected(acted.error());
    return !options_.only.has_value();
  }

  // Another run's call can end ours (Google Play keeps one edit per account). Then either the log has moved, and it is
  // not our turn, or it is worth looking again.
  Result<Done> look_undisturbed() {
    constexpr int attempts = 4;
    constexpr Duration pause{2};
    for (int i = 0; i < attempts && freshness_ == Freshness::stale; ++i) {
      look();
      if (!was_disturbed()) return Done{};
      auto news = ports_.log->read(state_.seq);
      if (!news) return tl::unexpected(news.error());
      if (!news->empty()) return someone_else("Another run is moving the train.");
      if (i + 1 < attempts && ports_.clock->wait_until(now_ + pause)) freshness_ = Freshness::stale;
    }
    return Done{};
  }

  bool was_disturbed() const {
    return std::any_of(observation_.apps.begin(), observation_.apps.end(), [](const AppObservation& seen) {
      return seen.failure && seen.failure->kind == ErrorKind::conflict;
    });
  }

  void look() {
    observation_ = look_around(definition_, ports_, state_, full_, forced_, now_);
    now_ = ports_.clock->now();
    for (const auto& seen : observation_.apps) {
      if (seen.full) looked_closely_.insert({seen.version, seen.app});
    }
    freshness_ = Freshness::known;
  }

  // What follows from what was noticed is noticed on a state that is ahead of the log, so that all of it is written at
  // once.
  Result<Done> detect_all() {
    const engine::State written = state_;
    std::vector<EventBody> detected;
    for (int i = 0; i < k_detections_max; ++i) {
      if (mode_ != Mode::look_only && needs_evidence()) measure_now();
      auto more = engine::detect_changes(input());
      if (more.empty()) {
        state_ = written;
        return append(std::move(detected));
      }
      for (auto& body : more) {
        engine::apply(state_, Event{state_.seq + 1, now_, "train", body, {}, {}});
        detected.push_back(std::move(body));
      }
      // What just opened or departed has not been looked at.
      if (has_new_targets()) look();
    }
    return fail(ErrorKind::internal, "What was noticed did not settle.", "Run `train log` and report what repeats.");
  }

  bool has_new_targets() const {
    const auto targets = targets_of(definition_, state_, forced_, now_);
    return std::any_of(targets.begin(), targets.end(), [&](const Target& t) {
      const auto* seen = observation_.find(t.version, t.app);
      return seen == nullptr || standby_is_unexamined(*seen);
    });
  }

  // A candidate has just been chosen: what is live becomes its way back, and has not been examined.
  bool standby_is_unexamined(const AppObservation& seen) const {
    const auto* app = definition_.find_app(seen.app);
    const auto* release = state_.find(seen.version);
    const auto* progress = release == nullptr ? nullptr : release->find(seen.app);
    if (app == nullptr || progress == nullptr || ports_.signer == nullptr) return false;
    if (!engine::wants_standby(definition_, engine::model_of(app->store), *release, *progress)) return false;
    return !seen.standby || (!seen.standby->source && !seen.standby->failure);
  }

  // Signals are read once an app is exposed, and again when the clock has moved.
  bool needs_evidence() const {
    for (const auto& release : state_.releases) {
      for (const auto& app : release.apps) {
        if (!release.is_open() || !engine::is_exposed(app) || definition_.find_app(app.app) == nullptr) continue;
        if (measured_at_ != now_ || evidence_.find(release.version, app.app) == nullptr) return true;
      }
    }
    return false;
  }

  void measure_now() {
    evidence_ = measure(definition_, ports_, state_, now_);
    measured_at_ = now_;
  }

  // A step is only taken on a close look; true when one was made and the question must be asked again.
  bool look_closer() {
    bool missing = false;
    for (const auto& step : plan_.steps) {
      const Target target{step.version, step.app};
      // The way back looks by itself, and is not kept waiting by another look.
      const bool ready = step.action == Action::release_standby || looked_closely_.count(target) != 0;
      if (!needs_store(step) || ready) continue;
      full_.insert(target);
      missing = true;
    }
    if (missing) look();
    return missing;
  }

  Result<Done> note_people() {
    std::vector<EventBody> notes;
    for (const auto& release : state_.releases) {
      if (!release.is_open()) continue;
      if (auto wanted = engine::people_wanted(state_, release.version, plan_)) notes.emplace_back(std::move(*wanted));
    }
    if (notes.empty()) return Done{};
    if (auto appended = append(std::move(notes)); !appended) return appended;
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
    freshness_ = Freshness::stale;
    looked_closely_.clear();
    return true;
  }

  Result<Done> act_all() {
    auto intents = make_intents();
    if (!intents) return tl::unexpected(intents.error());
    std::vector<std::thread> threads;
    std::vector<Result<Done>> results(intents->size(), Done{});
    const engine::State before = state_;
    for (std::size_t i = 0; i < intents->size(); ++i) {
      threads.emplace_back(
          [&, i] { results[i] = finish_step((*intents)[i], act(definition_, ports_, before, (*intents)[i].step)); });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& intent : *intents) {
      if (needs_store(intent.step)) freshness_ = Freshness::stale;
    }
    for (auto& result : results) {
      if (!result) return result;
    }
    return Done{};
  }

  Result<std::vector<event::Intent>> make_intents() {
    if (run_.empty()) {
      auto entered = ports_.log->enter();
      if (!entered) return tl::unexpected(entered.error());
      run_ = *entered;
    }
    std::vector<event::Intent> intents;
    std::vector<EventBody> bodies;
    for (const auto& step : plan_.steps) {
      intents.push_back({random_id(), run_, now_ + k_intent_life, step});
      bodies.emplace_back(intents.back());
    }
    if (auto won = append(std::move(bodies)); !won) return tl::unexpected(won.error());
    return intents;
  }

  // The outcome must be in the log whatever else was written meanwhile.
  Result<Done> finish_step(const event::Intent& intent, const Result<Done>& result) {
    const std::lock_guard lock(mutex_);
    now_ = ports_.clock->now();
    event::Outcome outcome{intent.operation, event::Outcome::Result::done, {}};
    if (!result) {
      const bool lost = result.error().kind == ErrorKind::unknown_outcome;
      outcome.result = lost ? event::Outcome::Result::unknown : event::Outcome::Result::failed;
      outcome.detail = result.error().message;
      // A lost answer is settled by looking, and the step may be due again; a store that loses every answer ends the
      // run.
      if (lost) lost_.push_back(intent.step);
      const auto losses =
          std::count_if(lost_.begin(), lost_.end(), [&](const Step& s) { return same_step(s, intent.step); });
      const bool over = !lost || !needs_store(intent.step) || losses >= k_losses_max;
      if (over) set_aside_.push_back(intent.step);
      if (over) report_.failed.push_back({intent.step, result.error()});
    } else {
      report_.done.push_back(intent.step);
    }
    const Target target{intent.step.version, intent.step.app};
    looked_closely_.erase(target);
    // The store shows it already. Where a glance does not tell to how many, the step comes up again, and is looked at
    // closely before it is taken.
    if (result && moves_exposure(intent.step.action))
      full_.erase(target);
    else
      full_.insert(target);
    return append_surely(outcome);
  }

  Result<Done> append_surely(const event::Outcome& outcome) {
    constexpr int attempts = 50;
    for (int i = 0; i < attempts; ++i) {
      auto appended = append({EventBody(outcome)});
      if (appended || appended.error().kind != ErrorKind::conflict) return appended;
      if (auto loaded = load(); !loaded) return loaded;
    }
    return someone_else("The outcome of a step could not be written: the log never stood still.");
  }

  Result<Done> append(std::vector<EventBody> bodies) {
    if (bodies.empty()) return Done{};
    std::vector<NewEvent> events;
    for (auto& body : bodies) events.push_back({now_, "train", std::move(body)});
    auto written = ports_.log->append(state_.seq, events);
    if (!written) return tl::unexpected(written.error());
    for (const auto& event : *written) {
      engine::apply(state_, event);
      if (options_.on_event) options_.on_event(event);
    }
    return Done{};
  }

  Result<Report> finish() {
    for (const auto& seen : observation_.apps) {
      if (seen.failure) report_.failed_looks.push_back({seen.app, *seen.failure});
      if (seen.view && seen.view->budget) report_.budgets[seen.app] = *seen.view->budget;
    }
    if (mode_ == Mode::plan_only) plan_.then = engine::predict_steps(input(), plan_);
    report_.plan = plan_;
    report_.state = state_;
    return report_;
  }

  engine::DecisionInput input() const { return {definition_, state_, observation_, evidence_, now_, set_aside_}; }

  const Definition& definition_;
  const Ports& ports_;
  const Options& options_;
  Mode mode_;
  Instant now_;  // of the last look or step: one moment for all that is decided on it
  engine::State state_;
  Observation observation_;
  Evidence evidence_;
  std::optional<Instant> measured_at_;
  Plan plan_;
  Freshness freshness_ = Freshness::stale;
  Targets full_;            // to be looked at closely next time
  Targets looked_closely_;  // were, since the last step on them
  Targets forced_;
  std::vector<Step> set_aside_;
  std::vector<Step> lost_;  // whose answers were lost
  RunId run_;
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

Result<engine::State> load_state(EventLog& log) {
  return log.read(0).map([](const std::vector<Event>& events) { return engine::fold(events); });
}

Result<engine::State> record(EventLog& log, Clock& clock, const std::string& by, const Make& make) {
  constexpr int attempts = 20;
  for (int i = 0; i < attempts; ++i) {
    auto state = load_state(log);
    if (!state) return state;
    auto bodies = make(*state);
    if (!bodies) return tl::unexpected(bodies.error());
    std::vector<NewEvent> events;
    for (auto& body : *bodies) events.push_back({clock.now(), by, std::move(body)});
    if (events.empty()) return state;
    auto written = log.append(state->seq, events);
    if (!written && written.error().kind == ErrorKind::conflict) continue;
    if (!written) return tl::unexpected(written.error());
    for (const auto& event : *written) engine::apply(*state, event);
    return state;
  }
  return someone_else("The log never stood still long enough to write to it.");
}

}  // namespace train::runner
