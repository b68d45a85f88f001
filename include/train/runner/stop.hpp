// A person's stop, carried out at once. It goes to the stores on connections of its own, whatever else runs, and takes
// nothing over: the open intents of other runs stay theirs. Others read the log again before each write that could
// raise exposure and give way to the order; a write that was under way already is waited for, and what it raised is
// stopped again. Why so: docs/decisions/0014.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "train/base/patience.hpp"
#include "train/engine/stopping.hpp"
#include "train/runner/runner.hpp"

namespace train::runner {

// How long a stop waits, in real time.
struct StopPatience {
  Patience::Length for_order{300};          // until the order is in the log; the stores are then written all the same
  Patience::Length for_log{2000};           // for a log that another process keeps locked
  Patience::Length first_store{30000};      // while no store has accepted
  Patience::Length after_acceptance{4500};  // in all, once one has: other stores, looks, flags and messages
};

struct StopWish {
  std::string by;
  std::string why;
  Make orders;  // the order, on the newest state; may be asked more than once
  std::vector<engine::AppStop> apps;
  bool rollback = false;  // flags are switched off too
  bool removal = false;   // afterwards the app is taken off sale, without a bound on the time
  StopPatience patience{};
  std::function<void(const std::string& line)> told;  // each thing as it is done; one at a time; may be empty
};

struct StoppedApp {
  AppName app;
  VersionName version;
  enum class End {
    stopped,     // nobody else gets it from the store
    kept_back,   // nobody got it, and the order keeps it so
    on_its_way,  // the store calls nothing back: it is stopped as soon as it is out
    unstopped,   // see `error`
  } end = End::unstopped;
  std::string words;  // "halted 3.4.0"
  std::optional<Error> error;
  double seconds = 0;  // until its store had answered, from the beginning
};

struct StopReport {
  Report report;  // what was done and what failed; the plan is decided from the log alone
  std::vector<StoppedApp> apps;
  std::vector<std::string> notes;  // what a person should know besides
  std::optional<Error> log;        // why the order is not in the log; what was stopped is stopped all the same
};

// Errors are those of reading the log and of the order itself: then nothing was done. A log that cannot be written is
// no error.
Result<StopReport> stop(const Definition& definition, const Ports& ports, const StopWish& wish);

// What each store serves or is about to, asked side by side: without a log.
struct ServedApp {
  AppName app;
  std::vector<SeenRelease> releases;
  std::optional<Error> failure;
};
std::vector<ServedApp> what_is_served(const Ports& ports, Patience patience);

// Of these, what some but not all users get or is on its way to them, and no release of the log is about.
std::vector<ServedApp> unknown_to(const engine::State& state, std::vector<ServedApp> served);

// Stops all that the stores of `ports` serve or are about to, by what they show alone; the log is not touched. What
// everybody gets is stopped too, where the store can. `app` empty: every app.
std::vector<StoppedApp> stop_without_log(const Definition& definition, const Ports& ports, const AppName& app,
                                         const StopWish& wish);

}  // namespace train::runner
