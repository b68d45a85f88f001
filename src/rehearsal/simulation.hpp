// The rehearsal itself: events fall due, runners look, people sign, and the clock goes on. Inside the room.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "environment.hpp"
#include "run_record.hpp"
#include "runners.hpp"
#include "scenario.hpp"

namespace train::rehearsal {

class Simulation {
 public:
  Simulation(const Scenario& scenario, Environment& environment, runner::Wire wire,
             const std::function<void(const TimelineEntry&)>& told);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  Result<Done> run();
  const RunRecord& record() const { return record_; }
  const std::string& ended() const { return ended_; }
  int looks() const { return looks_; }
  Result<std::vector<Event>> log() const { return runners_.log(); }  // once it has run

 private:
  struct PendingEvent {
    const ScenarioEvent* event = nullptr;
    std::optional<Instant> due;  // once its trigger was seen
    bool played = false;
  };
  struct Trap {  // waits for a request whose path fits
    FaultOnPattern fault;
    int left = 0;
    int seen = 0;
  };

  Result<Done> open();
  Result<Done> run_due();  // looks, and signs, until nobody has anything more to do at this time
  Result<bool> sign();     // true: somebody signed something
  std::optional<std::string> end_reason() const;
  bool rests() const;
  void move_clock();
  void see_stores();

  // scenario_events.cpp
  Result<bool> play_events();  // true: a command was run, which looks at once
  bool is_seen(const Trigger& trigger) const;
  Result<bool> perform(const ScenarioEvent& event);
  Result<bool> give_order(const OrderedBy& ordered);  // scenario_people.cpp; false: it was refused
  void send(const ToSandbox& act);
  void follow_flags();
  void set_trap(const FaultOnPattern& fault);
  void spring_traps(std::string_view method, std::string_view path);
  bool cue_pending() const;
  std::optional<Instant> next_cue() const;

  void close();

  const Scenario& scenario_;
  Environment& environment_;
  RunRecord record_;
  TimelineRecorder recorder_;
  Runners runners_;
  std::vector<PendingEvent> pending_;
  struct Feature {  // whose trouble comes and goes with its flag
    ToSandbox act;
    bool on = false;
  };
  std::vector<Feature> features_;
  std::mutex traps_mutex_;
  std::vector<Trap> traps_;
  Instant began_;
  std::optional<Instant> absent_until_;
  std::string ended_;
  int looks_ = 0;
};

}  // namespace train::rehearsal
