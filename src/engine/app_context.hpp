// One app of one release, with everything that decides about it at hand. Inside the engine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/engine/decide.hpp"
#include "train/engine/rungs.hpp"

namespace train::engine {

struct AppContext {
  const DecisionInput& input;
  const Release& release;
  const App& app;
  const AppProgress& progress;
  const Ladder& ladder;
  const StoreFacts& facts;
  const AppObservation* look;  // nullptr: not looked at in this run

  Instant now() const { return input.now; }
  const SeenRelease* seen() const { return progress.seen ? &*progress.seen : nullptr; }
};

// Of the 30 days an App Store phase may be paused in all: from when it is announced, and from when somebody must
// decide.
inline constexpr int k_pause_days_warn = 20;
inline constexpr int k_pause_days_decide = 27;

// What is decided for one app: at most one step, or what it waits for, and where it is heading.
struct Decision {
  std::optional<Step> step;
  std::vector<Wait> waits;
  std::optional<Next> next;
};

AppContext make_app_context(const DecisionInput& input, const Release& release, const App& app);

Step make_step(const AppContext& context, Action action, std::vector<Reason> because);
Step make_step(const AppContext& context, Action action, Percent to, std::vector<Reason> because);
Wait make_wait(const AppContext& context, WaitKind kind, std::string detail,
               std::optional<Instant> until = std::nullopt);
Wait person_wait(const AppContext& context, WaitKind kind, std::string item, std::string detail,
                 std::vector<std::string> who);
Next make_next(const AppContext& context, Action action, std::optional<Percent> to, std::optional<Instant> not_before);

// Roles of the ones who may decide in trouble: the owner on duty, else release managers, else anyone.
std::vector<std::string> deciders(const AppContext& context);

// Whole days the App Store's phase has been paused in all, the pause that runs counted to now; 0 without a phase. Never
// more than the store would say.
int pause_days(const AppContext& context);

// Somebody has let the store release by itself what the train prepared, and it is not out yet.
bool has_lost_control(const AppContext& context);

// The train has just changed something in this store, or is about to: a list may not show it yet.
bool may_lag(const AppContext& context);

// The store answered, and does not show what it showed before and never takes back.
bool is_missing(const AppContext& context);

// The percentage served, as text with the store's own words.
std::string served_text(const AppContext& context);

}  // namespace train::engine
