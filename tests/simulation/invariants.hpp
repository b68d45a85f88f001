// What must be so whatever happens. Each is a function of its own name, with its sentence in the table below it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "shelf.hpp"
#include "train/runner/runner.hpp"
#include "witness.hpp"

namespace train::simulation {

// A write of train's that a store has just taken.
struct Write {
  int process = 0;
  Instant at;
  AppName app;
  VersionName version;
  std::string call;
  Standing before;
  Standing after;
  std::vector<std::string> others_before;
  std::vector<std::string> others_after;
  std::optional<Instant> at_stage_since;  // since when the store has served the stage that it served before
  bool clocks_are_right = true;
  Seq log_at_call = 0;  // events in the log when it was sent
  Seq run_log = 0;      // and when the run began
};

// What a person did in a console and nobody has said `resume` to since.
struct Standoff {
  ConsoleAct act;
  Instant at;
  Seq log = 0;             // events in the log by then
  int before_process = 0;  // runs of this number and above began after it
};

// A run that has ended.
struct RunSeen {
  int process = 0;
  bool was_clean = false;                  // nothing went wrong in it and nothing else happened meanwhile
  bool had_faults = false;                 // a look or a call went wrong
  std::set<AppName> raised;                // apps that it gave to more people
  std::set<AppName> looked_first;          // apps at which it looked before it stopped them again
  const runner::Report* report = nullptr;  // nullptr: it ended with `error`
  std::optional<Error> error;
  Instant at;
  Seq log_before = 0;
  Seq log_after = 0;
};

// How an app stood when its release was called over.
struct AtFinish {
  Standing standing;
  bool was_everybodys = false;
  bool is_overtaken = false;
};

// All that an invariant may look at.
struct Scene {
  const Definition* definition = nullptr;
  const Witness* witness = nullptr;
  std::map<AppName, const Shelf*> shelves;
  std::map<std::pair<AppName, VersionName>, Standoff> standoffs;
  std::set<std::pair<AppName, VersionName>> were_somebodys;   // that a run saw served
  std::set<std::pair<AppName, VersionName>> were_everybodys;  // that a store once served to everybody
  std::map<std::pair<Seq, AppName>, AtFinish> at_finish;      // by the event `finished`
  std::map<std::string, int> effects;                         // by operation
  std::map<std::string, int> creations;                       // of version records, by "app version"
  const std::vector<Event>* events = nullptr;
};

using Broken = std::optional<std::string>;  // how it was broken; nullopt: it holds

struct Invariant {
  std::string_view name;
  std::string_view sentence;
  Broken (*on_write)(const Scene& scene, const Write& write) = nullptr;
  Broken (*on_run)(const Scene& scene, const RunSeen& run) = nullptr;
  Broken (*at_rest)(const Scene& scene, const RunSeen& run) = nullptr;  // at the end, with nothing going wrong
};
const std::vector<Invariant>& invariants();

// Those that are known not to hold yet, and why.
struct KnownOpen {
  std::string_view invariant;
  std::string_view why;
};
const std::vector<KnownOpen>& known_open();

}  // namespace train::simulation
