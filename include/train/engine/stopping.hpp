// What a person's stop comes to in each app, from the log alone: the list that is shown before the question. Pure.
// Whoever carries it out looks again where the log may be behind the store. Why so: docs/decisions/0014.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/domain/observation.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

enum class StopKind {
  halt,       // nobody else gets it
  withdraw,   // it is taken back from the store's review
  wait,       // on its way out, where the store calls nothing back: stopped as soon as it is out
  replace,    // its standby goes out, which also stops it
  keep_back,  // nobody gets it, and nothing of it is with the store: the order keeps it from going on
  cannot,     // users get it, and this store cannot stop it
  nothing,    // there is nothing that an order could be about
};

std::string_view to_string(StopKind kind);

struct AppStop {
  AppName app;
  VersionName version;  // empty where there is no release
  StopKind kind = StopKind::nothing;
  std::string words;  // "halt 3.4.0, which 5 % of users get"; no full stop
};

struct StopAsked {
  AppName app;            // empty: every app
  bool rollback = false;  // where a standby is ready, it goes out
};

// One or more for each app that is asked about, in the definition's order: of the open releases those that users get;
// else the one that is on its way to them; else the last one that ended, at 100 %; else the one that is being prepared,
// which is kept back only where its app is named.
std::vector<AppStop> what_a_stop_does(const Definition& definition, const State& state, const StopAsked& asked,
                                      Instant now);

// The same of one release, by what is known of it now.
AppStop stop_of(const App& app, const Release& release, bool rollback, Instant now);

// Whether the order is written into the log: there is a release that it keeps back or stops.
bool is_ordered(StopKind kind);

// The order as the log has it, and the step that carries it out; nullopt: there is no call to make.
std::optional<Step> step_of(const AppStop& stop, const App& app, const Release& release);

// The flags that a rollback of these apps switches off, decided on a state that has the orders.
std::vector<Step> flags_switched_off(const Definition& definition, const State& ordered, Instant now);

// What looks at stopped apps show that the log does not know yet, of ended releases too.
std::vector<EventBody> what_was_seen(const Definition& definition, const State& state, const Observation& looks,
                                     Instant now);

// A person's order that stands against a step.
struct StandingOrder {
  std::string words;     // "the halt that ana ordered: payments fail"
  bool is_stop = false;  // it also stops what is out; a hold does not
};

// Only a step that shows the release to more people, or leads there, can have one against it.
bool may_be_ordered_against(const Step& step);
std::optional<StandingOrder> order_against(const State& state, const Step& step);

}  // namespace train::engine
