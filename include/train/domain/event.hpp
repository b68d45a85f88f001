// The log's events. State is a fold over these and nothing else; an event says what happened, by whom, and why.
// The JSON form of each is `event_log/codec.hpp`; field names there are these.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "train/base/names.hpp"
#include "train/base/percent.hpp"
#include "train/base/time.hpp"
#include "train/domain/channel_id.hpp"
#include "train/domain/evidence.hpp"
#include "train/domain/gate.hpp"
#include "train/domain/plan.hpp"
#include "train/domain/store_view.hpp"

namespace train {

using Seq = std::uint64_t;  // 1 is the first event; 0 is "before the first"
using RunId = std::string;  // one process that may act

// Where a release candidate came from: an archive on this machine, the store, `build add`, or it was there already.
enum class CandidateOrigin { artifact, store, build_add, adopted };
std::string_view to_string(CandidateOrigin origin);

namespace event {

struct Opened {  // a release was opened: by `start`, or by the calendar
  VersionName version;
  bool hotfix = false;
  std::optional<Instant> cutoff;        // nullopt: at once
  std::optional<VersionName> replaces;  // the live version a hotfix is cut from
};
struct Departed {  // the cutoff has passed; what is in is in
  VersionName version;
};
struct CandidateChosen {
  VersionName version;
  AppName app;
  BuildNumber build;
  std::string sha256;  // of the artifact; empty when the store had it
  std::string path;    // of the artifact; empty when the store had it
  std::optional<CandidateOrigin> origin;
  std::vector<std::string> voided;  // sign-offs on the earlier candidate that no longer count
};
struct SignedOff {  // `approve` or `waive`, or adopted with a release that was already under way
  VersionName version;
  std::string item;  // "store-copy", "submission:qa", "rollout:release_manager", "android:gate:crashes"
  enum class How { approved, waived, adopted } how = How::approved;
  std::string role;       // under which it counts; empty for anyone
  std::string why;        // waive: required
  std::string evidence;   // a link
  std::string signature;  // armoured SSHSIG; not yet active
};
struct Seen {  // the store's picture of an app changed
  VersionName version;
  AppName app;
  std::optional<SeenRelease> release;  // nullopt: not in the store
  std::optional<LiveVersion> live;
  std::vector<SeenBuild> builds;
  std::optional<Instant> percent_as_of;
  std::optional<RequestBudget> budget{};  // told along; its change alone is no event
};
struct StageReached {
  VersionName version;
  AppName app;
  int stage = 0;  // 1-based
  Percent percent;
  std::map<SignalName, Tally> baselines;  // cumulative counts when the stage began
  bool adopted = false;                   // it stood there when the train took it over
  bool overshoot = false;                 // the store climbed past what was allowed
};
struct Intent {           // written before the call; winning the append wins the right to act
  std::string operation;  // unique
  RunId run;              // whose lock says whether the owner lives
  Instant expires;        // for logs that have no such lock
  Step step;
  std::string why{};  // as a person said it who did this by hand; empty for the loop's own
};
struct Outcome {
  std::string operation;
  enum class Result {
    done,
    failed,
    unknown,
    superseded
  } result = Result::done;  // superseded: taken over; the store was observed instead
  std::string detail;
  bool gave_way = false;  // failed: a person's order came first, or the run was interrupted; nothing was called
};
struct Held {  // `hold`; app empty: the whole release
  VersionName version;
  AppName app;
  std::string why;
};
struct Resumed {  // `resume`: ends a hold, a halt, a latched breach, drift, or a mended rejection
  VersionName version;
  AppName app;
  std::string why;
  std::vector<SignalName> overrides;
  std::map<AppName, Percent> accepted{};  // what the store served above what was granted: granted by this
};
struct HaltOrdered {  // `halt`, `rollback` or `remove-from-sale` by a person; app empty: every app with exposure
  VersionName version;
  AppName app;
  std::string why;
  bool rollback = false;
  bool removal = false;  // the whole app is taken off sale, everywhere
};
struct Breached {  // a gate's evidence crossed its line; latched
  VersionName version;
  AppName app;
  std::optional<Reaction> reaction;  // always given today
  GateEvidence evidence;
  std::vector<Remedy> ways;  // as it was found, the recommended one first
};
struct Warned {  // evidence of 10: the owner is told, the verdict is still `hold`
  VersionName version;
  AppName app;
  GateEvidence evidence;
};
struct LevelSampled {  // one sample of a level
  VersionName version;
  AppName app;
  SignalName signal;
  double value = 0;
  Instant as_of;
  int over = 0;                // samples over the limit in a row
  std::optional<double> live;  // the live version's, where the gate compares with it
  bool counts = false;         // far enough from the one before to be one more window of the sign test
  GateName gate{};             // whose limit `over` is about; empty: the first on this signal
};
struct Counted {  // cumulative counts at the end of a stretch of time
  VersionName version;
  AppName app;
  bool restart = false;  // halt evidence also counts from here on: a day of the rollout or a stage began
  std::map<SignalName, Tally> ours;
  std::map<SignalName, Tally> live;  // of signals compared with the live version
  std::vector<SignalName> afresh;    // what was counted before is evidence no more: their flag is off, and heard of
  std::vector<SignalName> fell{};    // their counters started again: what was counted before is added to what comes
};
struct RulesSet {  // the gates that judge this release from now on
  VersionName version;
  AppName app;
  std::vector<GateRule> rules;
};
struct RulesDiffer {  // the definition's gates are not those in force: they are not taken without a person
  VersionName version;
  AppName app;
  SignalName signal;
  std::string what;  // "limit 1 % -> 2 %"
};
struct Drifted {  // the store shows what train did not do
  VersionName version;
  AppName app;
  std::string what;         // one line
  bool on_rollout = false;  // a person is needed
};
struct Escalated {  // a wait passed its longest time, or pause days run out
  VersionName version;
  AppName app;
  std::string item;  // what it was about: once per item
  std::string what;
};
struct WaitingForPeople {  // the set of items that people can end changed
  VersionName version;
  std::vector<std::string> items;
};
struct Abandoned {
  VersionName version;
  std::string why;
};
struct Finished {  // the release is over
  VersionName version;
  bool superseded = false;  // a newer one took its place in some store before it was done there
};
struct Repaired {  // a torn tail was set aside
  std::string what;
};

struct StandbyChosen {  // the rollback build of an app: its numbers are taken from here on
  VersionName version;  // the release it stands by for
  AppName app;
  VersionName standby;
  BuildNumber build;
  VersionName from;  // what it is made of: the version that is live
  BuildNumber from_build;
  std::string source;  // path of that archive
  std::string sha256;
  std::vector<std::string> findings;  // what a person should know of it, one line each
};
struct StandbySeen {  // the store's picture of it changed
  VersionName version;
  AppName app;
  std::optional<SeenRelease> release;
  std::optional<SeenBuild> build;
};

struct ForceUpdateDecided {  // how hard people on a bad version are asked to update, as a person applied it
  VersionName version;       // the bad one
  AppName app;
  std::string degree;                  // "none", "nudge", "soft", "hard"
  std::optional<VersionName> minimum;  // what was written where the apps read it
  std::string why;
  std::vector<Reason> because;
};

// Whose log this is. A definition of other apps is a stranger to it (engine/identity.hpp).
struct KnownApp {
  AppName name;
  std::string store;  // its key: "google_play"
  std::string id;     // bundle id or package name
  bool operator==(const KnownApp&) const = default;
};
struct DefinitionKnown {  // the train and the apps of the definition that this log is for
  std::string train;
  std::vector<KnownApp> apps;
  std::string why{};  // as a person said it who made the log another definition's; empty: nothing was lost by it
};

struct Looked {  // a run has looked at a rollout that its store climbs by itself: how often runs come decides when to
                 // pause
  VersionName version;
  AppName app;
};

struct ChannelsSeen {  // the notify channels of the definition are now these; a new one hears of what follows
  std::vector<ChannelId> ids;
};
struct MessagesDropped {  // more waited for a channel than it is sent at once: it never gets the oldest
  ChannelId channel;
  int count = 0;
  std::vector<Seq> events;  // those that it is not told of
};

struct Judged {  // the gates' combined verdict on an app changed
  VersionName version;
  AppName app;
  Verdict verdict = Verdict::hold;
  std::vector<GateEvidence> evidence;
};

}  // namespace event

using EventKinds = std::variant<event::Opened, event::Departed, event::CandidateChosen, event::SignedOff, event::Seen,
                                event::StageReached, event::Intent, event::Outcome, event::Held, event::Resumed,
                                event::HaltOrdered, event::Breached, event::Warned, event::LevelSampled, event::Drifted,
                                event::Escalated, event::WaitingForPeople, event::Abandoned, event::Finished,
                                event::Repaired, event::Judged, event::Counted, event::RulesSet, event::RulesDiffer,
                                event::StandbyChosen, event::StandbySeen, event::ForceUpdateDecided,
                                event::ChannelsSeen, event::MessagesDropped, event::DefinitionKnown, event::Looked>;

// One of them. A variant by another name: what copies and destroys it is compiled once (event.cpp) and not by each of
// the many files that hold events.
struct EventBody : EventKinds {
  using EventKinds::EventKinds;
  EventBody();
  EventBody(const EventBody&);
  EventBody(EventBody&&) noexcept;
  EventBody& operator=(const EventBody&);
  EventBody& operator=(EventBody&&) noexcept;
  ~EventBody();
};

// The stable word of an event's kind: "opened", "departed", "candidate_chosen", …
std::string_view kind_of(const EventBody& body);

struct NewEvent {  // before the log has given it its place
  Instant at;
  std::string by;  // a person, or "train"
  EventBody body;
};

struct Event {
  Seq seq = 0;
  Instant at;
  std::string by;
  EventBody body;
  std::string prev;  // hash of the event before; 64 zeros for the first
  std::string hash;  // SHA-256 over the others, lower-case hex
};

}  // namespace train
