// observe → detect changes → decide → intent → act → outcome, until nothing is due. `plan`, `advance`, `watch` and
// `rehearse` all go through here; a dry run is the same loop over a log that only remembers, stopped before the first
// intent.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/engine/decide.hpp"
#include "train/ports/archives.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/event_feed.hpp"
#include "train/ports/event_log.hpp"
#include "train/ports/flag_provider.hpp"
#include "train/ports/notifier.hpp"
#include "train/ports/signal_source.hpp"
#include "train/ports/signer.hpp"
#include "train/ports/source_control.hpp"
#include "train/ports/store.hpp"

namespace train::runner {

// Called for each plan that a run decides on, from the thread that runs.
using OnDecision = std::function<void(const Plan&)>;

// Everything outside, by name. Nothing is owned; all of it outlives the run. What the definition does not name is
// absent.
struct Ports {
  EventLog* log = nullptr;
  Clock* clock = nullptr;
  std::map<AppName, Store*> stores;
  std::map<AppName, EventFeed*> feeds;  // of apps with a feed; only `watch` listens
  std::map<SignalName, SignalSource*> signals;
  std::map<FlagName, FlagProvider*> flags;
  std::vector<Notifier*> channels;  // in the definition's order
  SourceControl* source = nullptr;
  BuildService* builds = nullptr;
  Archives* archives = nullptr;
  Signer* signer = nullptr;
  std::map<AppName, std::function<Result<SigningKey>()>> signing_keys;  // asked for only when something is signed
  OnDecision on_decision;                                               // of runs over these ports; may be empty
  std::filesystem::path work_dir;  // where built standbys and kept archives lie; empty: nowhere on this machine
};

// Ports together with what they point at.
struct OwnedPorts {
  Ports ports;
  std::vector<std::shared_ptr<void>> owned;
};
// Makes the concrete adapters for a definition: the only place that knows them is the one that passes this.
using Wire = std::function<Result<OwnedPorts>(const Definition&, Clock&)>;

struct FailedStep {
  Step step;
  Error error;
};
struct FailedLook {
  AppName app;
  Error error;
};

struct Report {
  engine::State state;  // as of the end
  Plan plan;            // what is left: waits, and steps only in a dry run
  std::vector<Step> done;
  std::vector<FailedStep> failed;
  std::vector<FailedLook> failed_looks;
  std::map<AppName, RequestBudget> budgets;  // what each store told last, where it tells
};

// Called for each event that a run appends, in the log's order: from any thread of the run, never from two at a time.
// May be empty.
using OnEvent = std::function<void(const Event&)>;

struct Options {
  std::optional<std::vector<Step>> only;  // a saved plan: exactly these, or nothing (conflict)
  OnEvent on_event;
  std::function<bool(const Step&)> wanted;  // empty: every step; else only these are taken, the rest is left due
};

// Threads: each run belongs to the thread that calls it. It asks stores and signals, and carries out steps, in threads
// of its own, and has joined them all when it returns. Ports are shared by these threads; each port's header says how.
//
// `conflict`: another run moved the train, or the saved plan is stale; nothing was done twice. Other errors are the
// log's.
Result<Report> advance(const Definition& definition, const Ports& ports, const Options& options);

// Reads only. The plan's `then` is filled in.
Result<Report> plan(const Definition& definition, const Ports& ports);

// Looks at the stores and logs what changed; takes no step.
Result<Report> observe(const Definition& definition, const Ports& ports);

Result<engine::State> load_state(EventLog& log);

// Appends events that a person's command made, deciding again when somebody else was first: `make` sees the newest
// state.
using Make = std::function<Result<std::vector<EventBody>>(const engine::State&)>;
Result<engine::State> record(EventLog& log, Clock& clock, const std::string& by, const Make& make);

// Sets a flag by a person's hand, `by` them, whatever else runs: intent, call, outcome. `set` is the call.
using SetFlag = std::function<Result<Done>(FlagProvider& provider, const Flag& flag)>;
Result<engine::State> set_flag(const Ports& ports, const std::string& by, const Flag& flag, const std::string& value,
                               const SetFlag& set);

// Every file that the pattern names for this version, by locale. not_found when there is none.
Result<Notes> read_notes(const std::string& pattern, const VersionName& version);

// Every signal of one app, for people to see: the candidate's side once it is exposed, and the live version's; either
// may be absent.
MeasuredApp measure_everything(const Definition& definition, const Ports& ports, const App& app,
                               const engine::Release* release, const LiveVersion* live, Instant now);

}  // namespace train::runner
