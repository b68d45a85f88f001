// A store, in release words: no URL, no status code, no JSON. Every write is safe to ask for again: it looks before it
// creates, and says `unknown_outcome` when its answer was lost; then observe before asking again.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "train/base/error.hpp"
#include "train/base/percent.hpp"
#include "train/domain/store_view.hpp"

namespace train {

// How closely to look. `glance` is what a train at rest costs (at most two requests); it may leave the percentage
// unread. `full` also reads what only an edit tells (Google Play's fraction), the builds of the version and, where the
// definition has testers, how far each build is with each group.
enum class Depth { summary, full };

struct Candidate {
  VersionName version;
  BuildNumber build;
  int update_priority = 0;  // Google Play, 0..5: how urgent its update is shown, at least as the definition says
};

struct Upload {
  Candidate candidate;
  std::filesystem::path file;
  std::string sha256;
  std::optional<VersionName> made_of;  // a standby: the version whose mapping and symbols belong to it too
};

using Notes = std::map<std::string, std::string>;  // locale → text

class Store {
 public:
  virtual ~Store() = default;

  // What the store shows of `version`. Never empty for a failed read: that is an Error.
  virtual Result<StoreView> observe(const VersionName& version, Depth look) = 0;

  // ---- before review. Each returns Done once the store has it and shows it, also when it already did.
  virtual Result<Done> upload_build(const Upload& upload) = 0;
  virtual Result<Done> create_version(const Candidate& candidate) = 0;  // App Store: the version and its phased release
  // App Store: `held`, which has the platform's one editable place, becomes `candidate` by renaming, and is then filled
  // like a new one. For versions of the train's own, and empty drafts: the store refuses what is queued or in review.
  virtual Result<Done> reuse_version(const Candidate& candidate, const VersionName& held);
  virtual Result<Done> attach_build(const Candidate& candidate) = 0;  // App Store
  virtual Result<Done> set_release_notes(const Candidate& candidate, const Notes& notes) = 0;
  virtual Result<Done> submit(const Candidate& candidate) = 0;  // App Store: into review, once
  virtual Result<Done> cancel_submission(const Candidate& candidate) = 0;
  // Gives the processed candidate to one group of testers, with what they should test; empty notes leave the store's.
  // Done once the group has it and whatever review comes before its testers get it has been asked for. `not_found`
  // names the groups there are.
  virtual Result<Done> distribute(const Candidate& candidate, const std::string& group, const Notes& notes) = 0;

  // ---- exposure. `refused` when the store's state does not allow it.
  // App Store: the release request (the phase starts at its first rung). Google Play: the commit that sends the release
  // to review at `to`, with its notes.
  virtual Result<Done> start_rollout(const Candidate& candidate, Percent to, const Notes& notes) = 0;
  virtual Result<Done> set_percent(const Candidate& candidate, Percent to) = 0;  // Google Play
  virtual Result<Done> pause(const Candidate& candidate) = 0;                    // stop on this rung
  virtual Result<Done> resume(const Candidate& candidate,
                              Percent to) = 0;  // `to` is Google Play's; the App Store's ladder goes on
  virtual Result<Done> complete(const Candidate& candidate) = 0;
  virtual Result<Done> halt(const Candidate& candidate) = 0;  // also after 100 % where the store can

  // ---- the way back. A standby is reviewed before it is needed, where the store reviews a version by itself, and goes
  // to everybody at once.
  // App Store: its version, without a phase and released by hand only, with build and notes, into review.
  virtual Result<Done> submit_standby(const Candidate& standby, const Notes& notes);
  // Stops `bad` if it still goes out, and gives `standby` to everybody: at most three round trips, one after the other,
  // until the store has accepted it. `refused` when the store's state does not allow it; `bad` may then be stopped.
  virtual Result<Done> release_standby(const Candidate& standby, const Candidate& bad, const Notes& notes) = 0;

  // The last resort: takes the whole app off sale, every version and platform of it, until a person undoes it in the
  // store's console. Long; asked for again it goes on where it stopped. Done once the store sells it nowhere.
  virtual Result<Done> remove_from_sale(const Candidate& candidate);

  // What the store's account may do, one line each, for `check`. Sends no write that stays.
  struct Probe {
    std::string what;
    bool ok = false;
    std::string detail;
    std::string hint;
    bool worth_a_look = false;  // ok, but not as it should be: a warning
  };
  virtual Result<std::vector<Probe>> probe() = 0;
};

inline Result<Done> Store::reuse_version(const Candidate& candidate, const VersionName& held) {
  return fail(ErrorKind::refused, "Cannot rename version " + held.text() + " to " + candidate.version.text() +
                                      ": this store keeps no editable version.");
}
inline Result<Done> Store::submit_standby(const Candidate& standby, const Notes&) {
  return fail(ErrorKind::refused, "Cannot submit the standby " + standby.version.text() +
                                      " by itself: this store reviews a release when it goes out.");
}
inline Result<Done> Store::remove_from_sale(const Candidate&) {
  return fail(ErrorKind::refused, "Cannot take the app off sale: this store's API has no call for it.",
              "Unpublish it by hand in the store's console.");
}

}  // namespace train
