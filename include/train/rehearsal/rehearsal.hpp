// A rehearsal: the whole train on the built-in stores and a virtual clock, disasters included. It runs the runner that
// `advance` runs, over real HTTP; only the time and the world are made up. Scenario files: docs/rehearsal.md.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/percent.hpp"
#include "train/base/time.hpp"
#include "train/definition/load.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/runner/runner.hpp"

namespace train::rehearsal {

struct TimelineEntry {
  Instant at;
  AppName app;                     // empty: the train itself
  std::string event;               // an action word, or "phase:PHASE"
  std::optional<Percent> percent;  // served, where it is about an app in its store
  std::string detail;              // one line for people
};

struct Expectation {
  std::string text;
  bool met = false;
  std::string seen;  // what was the case instead; empty when met
};

struct Outcome {
  std::string scenario;
  bool ok = false;  // every expectation met, and no command refused that was to be done
  std::vector<TimelineEntry> timeline;
  std::vector<Expectation> expectations;
  std::vector<std::string> changes;  // what the stores kept, in order: "app-store/3.4.0 phased PAUSED"
  std::string ended;                 // why it ended: "done", "at rest: …", "out of time"
  Instant began;
  Instant end;
  int looks = 0;           // how often `advance` ran
  std::vector<Event> log;  // as it stood at the end
};

struct Settings {
  std::string scenario = "smooth";                 // a built-in name, or a file's path
  std::optional<Definition> definition;            // nullopt: the built-in example
  std::optional<int> seed;                         // instead of the scenario's, where it has one
  definition::Catalog catalog;                     // the providers that `wire` makes; the example is read with it
  runner::Wire wire;                               // makes the adapters from the rehearsal's own definition
  std::function<void(const TimelineEntry&)> told;  // as it happens; may be empty
};

// `definition` for a scenario that cannot be read (every problem in the message); otherwise what went wrong with the
// rehearsal itself. An unmet expectation is not an error.
Result<Outcome> rehearse(const Settings& settings);

std::vector<std::string> built_in_scenarios();
struct ListedScenario {
  std::string name;
  std::string group;  // what kind of trouble it is about: one of k_groups
  std::string about;  // in a sentence or two
};
inline constexpr std::string_view k_groups[] = {"plain",  "metrics", "way back", "review",
                                                "orders", "console", "answers",  "runs"};
// The built-in ones, group by group.
std::vector<ListedScenario> listed_scenarios();
// The YAML of a built-in scenario; nullopt: there is none of that name.
std::optional<std::string> scenario_text(std::string_view name);

}  // namespace train::rehearsal
