#include "train/runner/by_hand.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <optional>
#include <vector>

#include "journal.hpp"
#include "train/base/digest.hpp"
#include "train/base/patience.hpp"
#include "train/runner/runner.hpp"

namespace train::runner {
namespace {

constexpr Duration k_hand_life{900};  // for logs without locks: longer than the call may take

event::Outcome outcome_of(const std::string& operation, const Result<Done>& result) {
  if (result) return {operation, event::Outcome::Result::done, {}};
  const bool lost = result.error().kind == ErrorKind::unknown_outcome;
  return {operation, lost ? event::Outcome::Result::unknown : event::Outcome::Result::failed, result.error().message};
}

// The release in focus may have changed since the first attempt.
bool is_repeat(Step earlier, const Step& now) {
  earlier.version = now.version;
  return same_step(earlier, now);
}

class Hand {
 public:
  Hand(EventLog& log, Clock& clock, const HandOrder& order) : log_(log), clock_(clock), order_(order) {}

  Result<engine::State> run() {
    if (order_.beside == BesideOthers::refused) {
      const auto done = settle_earlier();
      if (!done) return tl::unexpected(done.error());
      if (*done) return load_state(log_);
    }
    const auto run = log_.enter();
    if (!run) return tl::unexpected(run.error());
    if (auto intended = intend(*run); !intended) return intended;
    const auto result = order_.call(step_);
    auto state = append({outcome_of(operation_, result)});
    if (!result) return tl::unexpected(result.error());
    return state;
  }

 private:
  // Attempts whose outcome is not known are looked at before anything is sent. True: one of them was this very order,
  // and it had taken effect.
  Result<bool> settle_earlier() {
    const auto state = load_state(log_);
    if (!state) return tl::unexpected(state.error());
    const auto step = order_.decide(*state);
    if (!step) return tl::unexpected(step.error());
    const auto died = settle_dead(*state, *step);
    if (!died || *died) return died;
    const auto* last = state->last_by_hand(*step);
    if (last == nullptr || !last->is_unsettled() || !is_repeat(last->step, *step)) return false;
    const auto shown = order_.shows(*step);
    if (!shown || !*shown) return shown;
    return note_found(*step);
  }

  // Intents whose process ended before it could say what became of them.
  Result<bool> settle_dead(const engine::State& state, const Step& step) {
    bool done = false;
    for (const auto& [operation, open] : state.open) {
      const Step& theirs = open.intent.step;
      if (!same_object(theirs, step)) continue;
      const auto owner = log_.owner_of(open.intent, clock_.now());
      if (!owner) return tl::unexpected(owner.error());
      if (*owner == EventLog::Owner::alive) return busy(theirs);
      const auto shown = order_.shows(theirs);
      if (!shown) return tl::unexpected(shown.error());
      const auto settled = append_settled(operation, *shown);
      if (!settled) return tl::unexpected(settled.error());
      done = done || (*shown && is_repeat(theirs, step));
    }
    return done;
  }

  Result<engine::State> append_settled(const std::string& operation, bool shown) {
    const auto settle = [&](const engine::State& newest) -> Result<std::vector<EventBody>> {
      if (newest.open.count(operation) == 0) return std::vector<EventBody>{};
      return std::vector<EventBody>{
          event::Outcome{operation, shown ? event::Outcome::Result::done : event::Outcome::Result::superseded,
                         shown ? "its run ended; it was found done" : "its run ended; it was found not done"}};
    };
    return record(log_, clock_, order_.by, settle);
  }

  // An answer had been lost, and what was asked for is there: the log says so, and nothing is sent.
  Result<bool> note_found(const Step& step) {
    const auto run = log_.enter();
    if (!run) return tl::unexpected(run.error());
    auto state = append({intent_of(*run, step),
                         event::Outcome{operation_, event::Outcome::Result::done, "found done; nothing was sent"}});
    return state.map([](const engine::State&) { return true; });
  }

  Result<engine::State> intend(const RunId& run) {
    return record(log_, clock_, order_.by, [&](const engine::State& state) -> Result<std::vector<EventBody>> {
      auto step = order_.decide(state);
      if (!step) return tl::unexpected(step.error());
      for (const auto& [operation, open] : state.open) {
        if (order_.beside == BesideOthers::refused && same_object(open.intent.step, *step))
          return busy(open.intent.step);
      }
      step_ = std::move(*step);
      return std::vector<EventBody>{intent_of(run, step_)};
    });
  }

  event::Intent intent_of(const RunId& run, Step step) {
    operation_ = random_id();
    step.because.push_back({"ordered", order_.by, "by hand"});
    return {operation_, run, clock_.now() + k_hand_life, std::move(step), order_.why};
  }

  // However late: what became of a call is not lost because the time for calls is over.
  Result<engine::State> append(std::vector<EventBody> bodies) {
    const WithPatience own{Patience()};
    return record(log_, clock_, order_.by,
                  [&](const engine::State&) { return Result<std::vector<EventBody>>(bodies); });
  }

  static tl::unexpected<Error> busy(const Step& theirs) {
    return someone_else(fmt::format("Another run is doing `{}` on {} right now.", to_string(theirs.action),
                                    theirs.app.empty() ? theirs.subject : theirs.app));
  }

  EventLog& log_;
  Clock& clock_;
  const HandOrder& order_;
  std::string operation_;
  Step step_;
};

}  // namespace

Result<engine::State> do_by_hand(EventLog& log, Clock& clock, const HandOrder& order) {
  return Hand(log, clock, order).run();
}

Result<engine::State> set_flag(const Ports& ports, const std::string& by, const Flag& flag, const std::string& value,
                               const SetFlag& set) {
  const auto provider = ports.flags.find(flag.name);
  if (provider == ports.flags.end())
    return fail(ErrorKind::internal, "The flag " + flag.name + " has no provider that could set it.");
  HandOrder order;
  order.by = by;
  order.beside = BesideOthers::allowed;
  order.decide = [&](const engine::State& state) -> Result<Step> {
    Step step;
    step.action = Action::set_flag;
    const auto* release = state.focus();
    if (release != nullptr && release->is_open()) step.version = release->version;
    step.subject = flag.name;
    step.value = value;
    return step;
  };
  order.call = [&](const Step&) { return set(*provider->second, flag); };
  return do_by_hand(*ports.log, *ports.clock, order);
}

}  // namespace train::runner
