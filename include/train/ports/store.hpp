// A store, in release words: no URL, no status code, no JSON. What every store has are the methods of `Store`; what
// only some have are capabilities beside it, and a store offers those that it has. `domain/store_facts.hpp` says the
// same as data, and the engine plans nothing that the facts do not declare.
//
// Threads: one store and its capabilities are used by one thread at a time, several stores at once.
// Failure: every write is safe to ask for again: it looks before it creates, is sent once and is read back.
//   `unknown_outcome`: its answer was lost and reading does not show the effect; observe before asking again.
//   `refused`: the store's state does not allow it. `auth`, `rate_limited`, `unreachable`: nothing was changed.
// Absence: a capability that a store does not have is a null pointer, never a method that refuses.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/percent.hpp"
#include "train/domain/release_notes.hpp"
#include "train/domain/store_view.hpp"

namespace train {

class Recoveries;  // ports/recoveries.hpp

// How closely to look. `summary` is what a train at rest costs (at most two requests); it may leave the percentage
// unread. `full` also reads what only an edit tells (Google Play's fraction), the builds of the version and, where the
// definition has testers, how far each build is with each group.
enum class Depth { summary, full };

// How far it was out when a step was decided on. A person may have been in the store's console since.
struct DecidedOn {
  Percent percent;
  bool stopped = false;  // halted or paused, whoever did it
};

struct Candidate {
  VersionName version;
  BuildNumber build;
  int update_priority = 0;  // Google Play, 0..5: how urgent its update is shown, at least as the definition says
  std::vector<BuildNumber> earlier{};  // candidates of the same release before it: it takes their place
  bool staged = true;                  // App Store: with a phased release; false: everybody gets it at once
  // Of a raise, and of a pause on a rung: where the store serves less than this, or is stopped and was not, a person
  // has done that meanwhile, and the step is `refused` without a change. Absent: nobody had it, or the step is a stop.
  std::optional<DecidedOn> decided_on{};
};

// What a look is for. Google Play knows no version names: there a release is known by its builds, and by its free text
// only while the log has none.
struct Sought {
  VersionName version;
  std::vector<BuildNumber> builds{};  // candidates of the release, newest first
  Sought(VersionName wanted) : version(std::move(wanted)) {}
  Sought(VersionName wanted, std::vector<BuildNumber> candidates)
      : version(std::move(wanted)), builds(std::move(candidates)) {}
};

struct Upload {
  Candidate candidate;
  std::filesystem::path file;
  std::string sha256;
  std::optional<VersionName> made_of;  // a standby: the version whose mapping and symbols belong to it too
};

// ---- capabilities: all methods return Done once the store has what was asked for and shows it, also when it already
// did.

// The store takes an archive from train.
class Uploads {
 public:
  virtual ~Uploads() = default;
  // `not_found` when there is no such file; `refused` when the store has another build under that number.
  virtual Result<Done> upload_build(const Upload& upload) = 0;
};

// The store keeps a record of a version, which is created and filled before it is submitted.
class VersionRecords {
 public:
  virtual ~VersionRecords() = default;
  // The version, released by hand, with its phased release.
  virtual Result<Done> create_version(const Candidate& candidate) = 0;
  // `held`, which has the platform's one editable place, becomes `candidate` by renaming, and is then filled like a new
  // one. For versions of the train's own, and empty drafts: `refused` for what is queued or in review.
  virtual Result<Done> reuse_version(const Candidate& candidate, const VersionName& held) = 0;
  // `not_found` when the version or the processed build is absent.
  virtual Result<Done> attach_build(const Candidate& candidate) = 0;
  virtual Result<Done> set_release_notes(const Candidate& candidate, const Notes& notes) = 0;
  // Released by hand and in phases again, after somebody let the store release it by itself. Where the store lets
  // nobody change that now, the version is taken back from review.
  virtual Result<Done> retake_release(const Candidate& candidate) = 0;
};

// The review is an act of its own, before the release.
class Review {
 public:
  virtual ~Review() = default;
  virtual Result<Done> submit(const Candidate& candidate) = 0;  // once, whatever answer is lost
  virtual Result<Done> cancel_submission(const Candidate& candidate) = 0;
  // A version that waits for everybody at once: without a phase and released by hand only, with build and notes, into
  // review.
  virtual Result<Done> submit_standby(const Candidate& standby, const Notes& notes) = 0;
};

// Testers get the candidate before the public does.
class Testers {
 public:
  virtual ~Testers() = default;
  // Gives the processed candidate to one group, with what they should test; empty notes leave the store's. Done once
  // the group has it and whatever review comes before its testers get it has been asked for. `not_found` names the
  // groups there are.
  virtual Result<Done> distribute(const Candidate& candidate, const std::string& group, const Notes& notes) = 0;
};

// Any percentage can be asked for.
class Percentages {
 public:
  virtual ~Percentages() = default;
  virtual Result<Done> set_percent(const Candidate& candidate, Percent to) = 0;
};

// The store climbs by itself, and can be stopped on a rung.
class OwnLadder {
 public:
  virtual ~OwnLadder() = default;
  virtual Result<Done> pause(const Candidate& candidate) = 0;
};

// An earlier build under a higher number, ready before it is needed.
class Standbys {
 public:
  virtual ~Standbys() = default;
  // Stops `bad` if it still goes out, and gives `standby` to everybody: at most three round trips, one after the other,
  // until the store has accepted it. `refused` when the store's state does not allow it; `bad` may then be stopped.
  virtual Result<Done> release_standby(const Candidate& standby, const Candidate& bad, const Notes& notes) = 0;
};

// The last resort.
class Withdrawal {
 public:
  virtual ~Withdrawal() = default;
  // Takes the whole app off sale, every version and platform of it, until a person undoes it in the store's console.
  // Long; asked for again it goes on where it stopped. Done once the store sells it nowhere.
  virtual Result<Done> remove_from_sale(const Candidate& candidate) = 0;
};

// What a store offers besides: null where it has no such thing. Owned by the store; the same at every call.
struct Capabilities {
  Uploads* uploads = nullptr;
  VersionRecords* version_records = nullptr;
  Review* review = nullptr;
  Testers* testers = nullptr;
  Percentages* percentages = nullptr;
  OwnLadder* own_ladder = nullptr;
  Standbys* standbys = nullptr;
  Withdrawal* withdrawal = nullptr;
  Recoveries* recoveries = nullptr;  // may be used beside the store by another thread
};

// ---- what every store has

class Store {
 public:
  virtual ~Store() = default;

  // What the store shows of it. Never empty for a failed read: that is an Error.
  virtual Result<StoreView> observe(const Sought& sought, Depth look) = 0;

  // Every release that users get or that is on its way to them, the newest first, whatever it is called: for a stop and
  // a takeover without a log. A release whose name says no version has an empty one; its build then tells which it is.
  virtual Result<std::vector<SeenRelease>> served() = 0;

  // Releases the candidate. App Store: the release request (the phase starts at its first rung). Google Play: the
  // commit that sends the release to review at `to`, with its notes. Elsewhere notes are in the store already.
  virtual Result<Done> start_rollout(const Candidate& candidate, Percent to, const Notes& notes) = 0;
  // Goes on after a stop: at `to` where the store sets percentages; elsewhere its own ladder goes on.
  virtual Result<Done> resume(const Candidate& candidate, Percent to) = 0;
  virtual Result<Done> complete(const Candidate& candidate) = 0;  // to everybody
  // Nobody else gets it from the store; also after 100 % where the store can.
  virtual Result<Done> halt(const Candidate& candidate) = 0;

  // What the store's account may do, one line each, for `check`. Sends no write that stays.
  struct Probe {
    std::string what;
    bool ok = false;
    std::string detail;
    std::string hint;
    bool worth_a_look = false;  // ok, but not as it should be: a warning
  };
  virtual Result<std::vector<Probe>> probe() = 0;

  virtual Capabilities offers() = 0;
};

}  // namespace train
