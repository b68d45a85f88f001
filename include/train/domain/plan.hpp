// What to do next and why; what is waited for, on whom, until when. Reasons are data: the screen, the JSON,
// the log and the report all show this list.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/base/names.hpp"
#include "train/base/percent.hpp"
#include "train/base/time.hpp"
#include "train/domain/evidence.hpp"

namespace train {

struct Reason {
  std::string rule;    // "gate:crashes", "soak", "approval"; stable words
  std::string seen;    // "0.2 % of 12,000 sessions"
  std::string wanted;  // "at most 3 %"
  bool operator==(const Reason&) const = default;
};

// A way out of trouble that is open to people: engine/ways_out.hpp.
struct Remedy {
  std::string way;      // "standby"
  std::string takes;    // time until it works
  std::string reaches;  // whom
  std::string leaves;   // what it cannot undo
  bool operator==(const Remedy&) const = default;
};

enum class Action {
  cut_branch,
  start_build,
  upload_build,
  distribute,
  create_version,
  attach_build,
  set_release_notes,
  submit,
  cancel_submission,
  start_rollout,
  set_percent,
  pause,
  resume,
  complete,
  halt,
  tag,
  prepare_standby,
  upload_standby,
  submit_standby,
  release_standby,
  cancel_standby,
  set_flag,
  notify,
  annotate,
  set_update_priority,
  remove_from_sale,
  prepare_recovery,
  deploy_recovery,
  cancel_recovery,
  widen_recovery,
  set_minimum_version,
  set_update_policy,
  retake_release,
};
std::string_view to_string(Action action);
std::optional<Action> parse_action(std::string_view word);
// Whether more people may have the release after it.
constexpr bool raises_exposure(Action action) {
  return action == Action::start_rollout || action == Action::set_percent || action == Action::resume ||
         action == Action::complete;
}

// About a store's requests to users of some builds to update (ports/recoveries.hpp).
constexpr bool is_on_recovery(Action action) {
  return action == Action::prepare_recovery || action == Action::deploy_recovery || action == Action::cancel_recovery ||
         action == Action::widen_recovery;
}
// What only a person does through train: the loop never plans it, and it moves no rollout.
constexpr bool is_only_by_hand(Action action) {
  return is_on_recovery(action) || action == Action::set_minimum_version || action == Action::set_update_policy;
}

struct Step {
  Action action = Action::notify;
  AppName app;  // empty: the train itself
  VersionName version;
  std::optional<BuildNumber> build;
  std::optional<Percent> to_percent;  // what the ladder reaches with it
  std::string subject;  // set_flag: its name; notify: the channel's id; distribute: the group; tag, cut_branch: the
                        // name; prepare_recovery: the builds, "330,331"; the others on a recovery: its id;
                        // set_minimum_version, set_update_policy: the parameter
  std::string value;    // set_flag: the wanted value; notify: the topic; upload_build: the path;
                        // create_version: the version it takes over by renaming, or empty;
                        // distribute: what is asked for once the group has it;
                        // prepare_recovery, widen_recovery: whom it reaches (domain/recovery.hpp);
                        // set_minimum_version, set_update_policy: what is written
  std::uint64_t event_seq = 0;  // notify: the event it tells of
  std::vector<Reason> because;
  std::vector<GateEvidence> evidence;  // of the gates that allowed it
};
// Same thing to do; reasons and evidence may differ.
bool same_step(const Step& a, const Step& b);
// Both are about one thing outside, so that one of them could undo the other: the recoveries of an app, a flag, a
// parameter, an app in its store.
bool same_object(const Step& a, const Step& b);

enum class WaitKind {
  calendar,
  build,
  processing,
  approval,
  checklist,
  review,
  window,
  soak,
  gate,
  hold,
  standby,
  store,
  person,
};
std::string_view to_string(WaitKind kind);

struct Wait {
  WaitKind kind = WaitKind::store;
  AppName app;  // empty: the train itself
  VersionName version;
  std::string item;              // what `approve` takes, where a person can end the wait; else empty
  std::string detail;            // one line for people
  std::vector<std::string> who;  // roles or members
  std::optional<Instant> until;  // when it ends by itself, or must be looked at again at the latest
  std::vector<Reason> because;
  bool needs_person = false;  // exit code 3: breach, rejection, halt, drift, longest wait passed, pause days
  std::vector<Remedy> ways;   // out of a breach, the recommended one first
};

// The step an app is heading for, and the earliest time it can come: for `status`, a forecast and no promise.
struct Next {
  AppName app;
  VersionName version;
  Action action = Action::notify;
  std::optional<Percent> to_percent;
  std::optional<Instant> not_before;
};

struct Plan {
  std::vector<Step> steps;  // at most one per app, plus the train's own: one, or a message for each channel
  std::vector<Step> then;   // expected to follow in the same run
  std::vector<Wait> waits;
  std::optional<Instant> next_due;      // the earliest time something becomes due by itself
  std::vector<Next> next;               // at most one per app and release
  std::optional<Instant> settle_until;  // a lost answer: look again until then before anything is sent again
};

}  // namespace train
