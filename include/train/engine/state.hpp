// Where everything stands, folded from the log and from nothing else.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/engine/gates/history.hpp"

namespace train::engine {

// Something a person said, that stays until a person ends it.
struct Order {
  std::string by;
  std::string why;
  Instant at;
};

struct ChosenCandidate {
  BuildNumber build;
  std::string sha256;
  std::string path;  // empty: the store had it
  std::optional<CandidateOrigin> origin;
  Instant at;
};

struct LatchedBreach {
  Reaction reaction = Reaction::investigate;
  GateEvidence evidence;
  Instant at;
  bool settled = false;  // switch_off: apps have heard of the switch, and what was counted until then is forgotten
};

struct Override {
  int stage = 0;  // it allows leaving this stage, and no later one
  std::string by;
  std::string why;
};

// A call whose answer was lost, or whose process died: the store may still show it.
struct Unsettled {
  Step step;
  Instant since;
};

// A call that the store has answered with success.
struct DoneStep {
  Step step;
  Instant at;
  bool read = false;   // the share it set was read in the store since
  bool soaks = false;  // the soak counts from it: the store has not shown its stage since
};

// A step that is refused at every look.
struct Failing {
  Action action = Action::submit;
  int times = 0;  // in a row
  std::string detail;
  Instant since;  // the first refusal of the row
  Instant last;
};

// The rollback build of one app in one release.
struct Standby {
  VersionName version;
  BuildNumber build;
  VersionName from;  // what it is made of
  BuildNumber from_build;
  std::string source;
  std::string sha256;  // of the source
  std::vector<std::string> findings;
  bool built = false;
  bool uploaded = false;
  bool submitted = false;             // into review, by us
  bool stepped_aside = false;         // taken back by us, because its place was needed
  std::optional<Instant> released;    // sent out by us, or seen going out
  std::optional<SeenRelease> seen;    // its own version in the store
  std::optional<SeenBuild> in_store;  // its build there
  std::optional<Instant> seen_at;
};

// What one gate has of its own: the samples of its level, or, once a person went on in spite of it, counts anew.
struct GateHistory {
  SignalName signal;
  SignalHistory history;
};

struct AppProgress {
  AppName app;
  std::optional<ChosenCandidate> candidate;
  std::vector<BuildNumber> earlier;   // candidates before it, newest first
  bool uploaded = false;              // the candidate was uploaded by us
  std::set<std::string> distributed;  // groups that got the candidate from us
  std::set<std::string> told;         // groups whose testers the store was asked to tell of it, once each

  // The store's picture, as last seen.
  bool looked = false;
  std::optional<SeenRelease> seen;
  std::optional<Instant> seen_at;
  std::optional<Instant> status_since;      // the release has the status that was seen last
  std::optional<Instant> processing_since;  // the store processes a build, and has not said more since
  std::optional<Instant> percent_as_of;
  std::optional<LiveVersion> live;
  std::vector<SeenBuild> builds;
  std::optional<RequestBudget> budget;

  // The ladder.
  int stage = 0;  // last stage reached, 1-based
  std::optional<Instant> stage_since;
  Percent allowed;                       // the highest percentage that was granted
  std::optional<Instant> exposed_since;  // when the first stage was reached
  std::map<SignalName, SignalHistory> history;
  std::map<GateName, GateHistory> own;   // where a gate has one, it is judged by this and not by `history`
  std::optional<Instant> counted_at;     // the last stretch of time ended here
  Duration restarted_after{0};           // exposed_since to where halt evidence last started anew
  std::optional<Instant> full_since;     // when 100 % was reached
  std::vector<Instant> looks;            // of the last runs, the newest last; where the store climbs by itself
  std::optional<Instant> climbed_after;  // the last look that still showed the rung below the present one
  bool adopted = false;

  // What we did to the rollout last, so that a person's halt is told from ours.
  enum class Control { none, running, paused, halted } control = Control::none;
  // The same for a call whose answer was lost: it counts once the store shows it.
  std::optional<Control> suspected;
  bool submitted_by_us = false;
  bool withdrawn_by_us = false;
  bool retaken = false;        // we have kept the store from releasing it by itself
  bool lets_go = false;        // a person said that the store may
  bool created_by_us = false;  // the store's version record
  bool inherited = false;      // it was renamed from another release's: what it carries is that one's until replaced
  bool notes_by_us = false;
  std::string notes_sent;      // which notes the train sent last (notes_digest); empty: none, or not known
  bool was_in_review = false;  // and has not been taken back by us since

  // People and gates.
  std::optional<Order> hold;
  std::optional<Order> halt;       // ordered by a person
  std::optional<Order> rollback;   // ordered by a person
  std::optional<Order> removal;    // from sale, ordered by a person
  std::optional<Instant> removed;  // when the whole app had left the store
  std::map<GateName, LatchedBreach> breaches;
  std::map<SignalName, Instant> afresh;  // since when a signal is counted anew because its flag is off
  std::map<GateName, Override> overrides;
  std::set<GateName> warned;
  std::vector<GateRule> rules;                    // in force for this release
  std::map<GateName, std::string> changed_rules;  // the definition says something else: what
  std::set<GateName> rules_accepted;              // a person has said that the definition's are to be taken
  std::optional<event::Drifted> drift;
  bool drift_is_share = false;  // more is served than was granted; over once no more is
  std::optional<Verdict> verdict;
  std::vector<GateEvidence> evidence;  // of the last judgement
  bool may_resubmit = false;           // after a rejection: a person said it is mended, or a newer candidate is there
  bool may_resume = false;             // a person ended the halt, the breach or the drift
  std::set<std::string> escalated;
  std::optional<Unsettled> unsettled;
  std::optional<DoneStep> last_done;  // by train; a list that is behind may not show it yet
  std::optional<Failing> failing;
  std::optional<Standby> standby;
  std::optional<event::ForceUpdateDecided> force_update;
};

struct SignOff {
  std::string item;
  event::SignedOff::How how = event::SignedOff::How::approved;
  std::string by;
  std::string role;
  std::string why;
  Instant at;
  Seq seq = 0;
};

struct Release {
  VersionName version;
  bool hotfix = false;
  Instant opened;
  std::optional<Instant> cutoff;
  std::optional<Instant> departed;
  std::optional<VersionName> replaces;
  std::vector<AppProgress> apps;
  std::vector<SignOff> sign_offs;  // those that count; voided ones are gone
  std::optional<Order> hold;
  bool branch_cut = false;
  bool build_started = false;
  bool tagged = false;
  std::optional<Order> abandoned;
  std::optional<Instant> finished;
  bool superseded = false;                // and not done: a newer release took its place in some store
  std::vector<std::string> asked_people;  // items the last waiting_for_people named

  AppProgress* find(const AppName& app);
  const AppProgress* find(const AppName& app) const;
  bool is_open() const { return !abandoned && !finished; }
};

struct OpenIntent {
  event::Intent intent;
  Instant at;
  std::string by;
  Percent allowed_before;
};

// What a person did last, by hand, to one thing that the loop does not touch: the recoveries of an app, a parameter of
// forced updates. A refused call does not replace what was done before it.
struct HandWork {
  Step step;
  std::string by;
  std::string why;
  Instant at;  // of its outcome
  event::Outcome::Result result = event::Outcome::Result::done;
  std::string detail;
  // Its answer was lost, or its process died: what it was about must be looked at before it is asked for again.
  bool is_unsettled() const {
    return result == event::Outcome::Result::unknown || result == event::Outcome::Result::superseded;
  }
};

struct FlagState {
  std::string value;
  Instant as_of;
  Instant since;  // it was set to this value, and to no other since
};

// An event that channels are told of; `sent` holds the channels that have it, or will never get it.
struct OutboxEntry {
  Seq seq = 0;
  Topic topic = Topic::stage;
  VersionName version;
  AppName app;
  std::string headline;
  Instant at;
  std::string by;
  std::set<ChannelId> sent;
};

// The definition's notify channels as the log knows them, each with the last event that it does not hear of.
struct KnownChannels {
  std::map<ChannelId, Seq> deaf_until;
  bool named = false;          // by id; before that the log names channels by their place in the list
  Seq last_told_by_place = 0;  // the newest event that a channel without an id was told of
};

struct State {
  Seq seq = 0;                    // of the last event folded
  std::vector<Release> releases;  // in the order they were opened
  std::map<FlagName, FlagState> flags;
  std::map<std::string, OpenIntent> open;  // by operation; no outcome yet
  std::vector<OutboxEntry> outbox;         // in the order of their events; bounded
  KnownChannels channels;
  std::vector<HandWork> by_hand;                     // one of each thing
  std::optional<event::DefinitionKnown> definition;  // whose log this is; absent in logs that do not say

  Release* find(const VersionName& version);
  const Release* find(const VersionName& version) const;
  // What was done last, by hand, to what this step is about; nullptr when nothing was.
  const HandWork* last_by_hand(const Step& step) const;
  // The release people mean when they name none: a hotfix under way, else the oldest open one, else the last that
  // ended.
  const Release* focus() const;
};

// The apps a release has are those of the definition when it was opened, plus any an event names: the fold needs no
// definition, so an old log reads the same for ever.
void apply(State& state, const Event& event);
State fold(std::span<const Event> events);

}  // namespace train::engine
