// One process of train: its own view of the clock, the log and the stores, and its end. It dies at a point that was
// drawn beforehand: from then on none of its calls has an effect, as if it had been killed there.
//
// Threads: a run asks stores and takes steps in threads. Looks are drawn from the seed and the app alone; writes wait
// for each other in the order of their intents. So a seed repeats whatever the threads do.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "shelf.hpp"
#include "support/memory_log.hpp"
#include "train/runner/runner.hpp"
#include "weather.hpp"

namespace train::simulation {

// What a process touches of the world.
class Outside {
 public:
  virtual ~Outside() = default;
  virtual Instant now() const = 0;
  virtual Seq log_size() const = 0;
  virtual void pass_until(Instant until) = 0;
  virtual void wrote(int process, const AppName& app, const VersionName& version, const std::string& call,
                     const Standing& before, bool had_effect, Seq log_at_call) = 0;
  virtual void looks(int process, const AppName& app) = 0;  // from any thread
  virtual void appended(int process, const std::vector<Event>& events) = 0;
  // Something else happens now; to this app, if one is named.
  virtual void interrupt(int process, const AppName& app) = 0;
  virtual void said(const std::string& line) = 0;
};

class Process {
 public:
  struct Fortune {
    Weather weather;
    std::uint64_t seed = 0;
    int dies_at = 0;                   // 0: it lives
    int interrupted_at = 0;            // 0: never
    int interrupted_before_write = 0;  // the first, the second, …: between its look and its call; 0: never
    Duration clock_off{0};
    bool takes_turns = true;  // false: it writes its outcomes at its end, and has one thread that writes to a store
  };
  Process(int number, Outside& outside, std::shared_ptr<train::test::LogStorage> storage, Fortune fortune);
  ~Process();

  int number() const { return number_; }
  EventLog& log();
  Clock& clock();
  Line& line(const AppName& app);
  // Waits until every step before this one has its outcome in the log.
  void wait_for_turn(const std::string& key);
  bool is_dead() const { return dead_; }
  bool had_faults() const { return faults_ > 0; }

 private:
  class LogPort;
  class ClockPort;
  class AppLine;
  struct Turn {
    std::string key;
    std::string operation;
    bool over = false;
  };

  // A place where the process may end or be interrupted; true: it is dead.
  bool pass_point();
  void begin_turns(const std::vector<Event>& events);
  void end_turns(const std::vector<Event>& events);
  void die();

  int number_;
  Outside& outside_;
  Fortune fortune_;
  std::unique_ptr<LogPort> log_;
  std::unique_ptr<ClockPort> clock_;
  std::map<AppName, std::unique_ptr<AppLine>> lines_;
  std::atomic<bool> dead_{false};
  std::atomic<int> faults_{0};
  std::atomic<int> points_{0};
  std::atomic<int> writes_{0};
  std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<Turn> turns_;
};

// Whose turn a step is.
std::string turn_of(const Step& step);

}  // namespace train::simulation
