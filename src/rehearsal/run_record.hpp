// Everything a rehearsal has seen: the log, the timeline, and what the stores say themselves. Expectations judge this.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "train/domain/event.hpp"
#include "train/domain/plan.hpp"
#include "train/engine/state.hpp"
#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {

struct DoneStep {
  Instant at;
  Step step;
};

struct StoreCall {
  std::string method;
  std::string path;
  int status = 0;
  std::string change;  // empty: it changed nothing
};

// A command that the scenario had a person run.
struct GivenCommand {
  std::string by;
  std::string text;
  std::optional<std::string> refused;  // why; nullopt: it was done
  bool must_be_refused = false;
};

struct RunRecord {
  const Definition* definition = nullptr;
  VersionName version;
  std::vector<TimelineEntry> timeline;
  std::vector<Event> log;
  engine::State state;
  std::vector<DoneStep> done;          // steps whose outcome is done, in order
  std::map<AppName, Percent> served;   // now, as the store itself says
  std::map<AppName, Percent> highest;  // ever served
  Plan plan;                           // of the last look
  bool last_look_failed = false;
  int stepped_back = 0;                   // looks that ended because another runner had moved the train
  std::vector<std::string> failures;      // steps and looks that failed
  std::vector<GivenCommand> commands;     // in order
  std::vector<StoreCall> calls;           // filled in at the end
  std::vector<std::string> inbox;         // topics in the inbox, at the end
  std::map<FlagName, std::string> flags;  // what the providers hold at the end

  const engine::Release* release() const { return state.find(version); }
  const engine::AppProgress* app(const AppName& name) const;
  Percent highest_of(const AppName& name) const;
};

// Turns events into a timeline, in the log's order whoever wrote them. May be told from several threads.
class TimelineRecorder {
 public:
  TimelineRecorder(RunRecord& record, std::function<void(const TimelineEntry&)> told)
      : record_(record), told_(std::move(told)) {}

  void hear(const Event& event);
  void note(Instant at, const AppName& app, std::string what);  // something that is no event of the log
  void see_served(const AppName& app, Percent served);
  Seq heard() const;              // every event up to here has been heard
  Instant last_progress() const;  // when something last changed, other than the age of what is known

 private:
  void write(TimelineEntry entry);
  void take(const Event& event);
  void tell_step(const Event& event, const event::Outcome& outcome);
  struct Standing {
    std::string phase;
    Percent percent;
    std::string standby;  // how far the way back is
  };
  using Standings = std::map<AppName, Standing>;
  void tell_phases(Instant at, const Standings& before, const std::string& release_before);
  Standings standings() const;
  std::string release_phase(Instant at) const;
  std::optional<Percent> percent_of(const AppName& app) const;

  RunRecord& record_;
  std::function<void(const TimelineEntry&)> told_;
  mutable std::recursive_mutex mutex_;
  std::map<Seq, Event> waiting_;
  std::map<AppName, Percent> last_told_;
  std::map<std::string, std::string> last_failures_;  // "VERSION APP ACTION" → why
  Instant last_progress_;
};

}  // namespace train::rehearsal
