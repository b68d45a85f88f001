// A scenario as values: the world it begins in, what happens in it, and what must have been the case at the end.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "command.hpp"
#include "document.hpp"
#include "expectation.hpp"
#include "sentence.hpp"

namespace train::rehearsal {

// What must be seen for an event to happen.
struct Trigger {
  enum class Kind { percent, app_phase, app_action, action, release_phase };
  Kind kind = Kind::percent;
  AppName app;
  Percent percent;   // served by the store, at least
  std::string word;  // a phase or an action
};

// Something the sandbox is told: its endpoint and the JSON it gets. `per_app`: once for each app in `apps`, with app
// and version filled in.
struct ToSandbox {
  std::string endpoint;  // "/_sandbox/health"
  std::string json;
  bool per_app = false;
  std::vector<AppName> apps;
  SignalName behind;  // health only: so long as a flag with this `signal` is not off; empty: whatever the flags say
};
// A request that goes wrong where its path is a pattern with `*`: the fault is set when such a request comes.
struct FaultOnPattern {
  std::string pattern;
  std::string method;  // empty: any
  int times = 1;
  int every = 1;  // only each Nth such request
  std::string fault;
};
struct OrderedBy {                    // a person runs a command of train
  std::optional<std::string> person;  // nullopt: somebody who may, so that the scenario fits any definition
  Command command;
  bool refused = false;  // the command must be refused; otherwise it must be done
};
struct RunnerChange {
  std::optional<Duration> absent_for;  // nobody runs
  std::optional<int> together;         // so many runners at each look from now on
};
using Act = std::variant<ToSandbox, FaultOnPattern, OrderedBy, RunnerChange>;

struct ScenarioEvent {
  std::optional<Trigger> when;
  std::optional<Duration> after;  // after the trigger, or after the beginning
  Act act;
  std::string told;  // one line for the timeline
  AppName about;     // where it is about one app alone
};

struct AppGiven {
  bool live_said = false;
  std::optional<VersionName> live;
};

struct Scenario {
  std::string name;
  std::string about;
  std::string group;                   // empty: it is not built in
  std::optional<VersionName> version;  // nullopt: the next after `live`
  bool live_said = false;
  std::optional<VersionName> live;  // nullopt: none
  std::map<AppName, AppGiven> apps;
  Duration lasts{45 * 86400};
  bool people_sign = true;
  bool standby = false;     // the built-in example keeps a way back; an own definition says so itself
  bool calendar = false;    // the release is opened by the calendar
  std::optional<int> seed;  // whom something goes wrong for is drawn from it; absent: exactly at the rate
  std::vector<ScenarioEvent> events;
  std::vector<Expected> expected;
};

// Every problem at once.
tl::expected<Scenario, yaml::Problems> read_scenario(std::string_view yaml, const std::string& file,
                                                     const AppRoster& roster);

}  // namespace train::rehearsal
