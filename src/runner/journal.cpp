#include "journal.hpp"

#include <fmt/core.h>

#include "train/base/digest.hpp"
#include "train/base/patience.hpp"

namespace train::runner {
namespace {

constexpr Duration k_intent_life{900};  // for logs without locks: longer than any one call may take

}  // namespace

tl::unexpected<Error> someone_else(const std::string& what) {
  return fail(ErrorKind::conflict, what, "Nothing was done twice. Run again once the other run has ended.");
}

Result<Done> Journal::load() {
  auto events = log_.read(state_.seq);
  if (!events) return tl::unexpected(events.error());
  for (const auto& event : *events) engine::apply(state_, event);
  return Done{};
}

// The owner is alive (then it is not our turn) or gone (then the store tells what came of the step).
Result<Done> Journal::take_over(Instant now) {
  std::vector<EventBody> settled;
  for (const auto& [operation, open] : state_.open) {
    // It is in nobody's way here, and only the command that made it can look at what became of it.
    if (is_only_by_hand(open.intent.step.action)) continue;
    const auto owner = log_.owner_of(open.intent, now);
    if (!owner) return tl::unexpected(owner.error());
    if (*owner == EventLog::Owner::alive) {
      return someone_else(fmt::format("Another run is doing `{}` on {} right now.", to_string(open.intent.step.action),
                                      open.intent.step.app.empty() ? "the train" : open.intent.step.app));
    }
    settled.emplace_back(
        event::Outcome{operation, event::Outcome::Result::superseded, "its run ended; the store is observed instead"});
  }
  return append(now, std::move(settled));
}

Result<Done> Journal::append(Instant at, std::vector<EventBody> bodies) {
  if (bodies.empty()) return Done{};
  std::vector<NewEvent> events;
  for (auto& body : bodies) events.push_back({at, "train", std::move(body)});
  auto written = log_.append(state_.seq, events);
  if (!written) return tl::unexpected(written.error());
  for (const auto& event : *written) {
    engine::apply(state_, event);
    if (on_event_) on_event_(event);
  }
  return Done{};
}

Result<Done> Journal::append_surely(Instant at, const event::Outcome& outcome) {
  constexpr int attempts = 50;
  for (int i = 0; i < attempts; ++i) {
    auto appended = append(at, {EventBody(outcome)});
    if (appended || appended.error().kind != ErrorKind::conflict) return appended;
    if (auto loaded = load(); !loaded) return loaded;
  }
  return someone_else("The outcome of a step could not be written: the log never stood still.");
}

Result<event::Intent> Journal::append_intent_surely(Instant at, const Step& step) {
  constexpr int attempts = 50;
  for (int i = 0; i < attempts; ++i) {
    auto appended = append_intents(at, {step});
    if (appended) return appended->front();
    if (appended.error().kind != ErrorKind::conflict) return tl::unexpected(appended.error());
    if (auto loaded = load(); !loaded) return tl::unexpected(loaded.error());
  }
  return someone_else("The intent of a step could not be written: the log never stood still.");
}

Result<std::vector<event::Intent>> Journal::append_intents(Instant at, const std::vector<Step>& steps) {
  if (run_.empty()) {
    auto entered = log_.enter();
    if (!entered) return tl::unexpected(entered.error());
    run_ = *entered;
  }
  std::vector<event::Intent> intents;
  std::vector<EventBody> bodies;
  for (const auto& step : steps) {
    intents.push_back({random_id(), run_, at + k_intent_life, step});
    bodies.emplace_back(intents.back());
  }
  if (auto won = append(at, std::move(bodies)); !won) return tl::unexpected(won.error());
  return intents;
}

Result<engine::State> load_state(EventLog& log) {
  return log.read(0).map([](const std::vector<Event>& events) { return engine::fold(events); });
}

Result<engine::State> record(EventLog& log, Clock& clock, const std::string& by, const Make& make) {
  constexpr int attempts = 20;
  for (int i = 0; i < attempts; ++i) {
    if (i > 0 && patience_of_thread().is_over()) break;
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
