// The standby: a rollback build of each app, made of what is live, waiting in the store while a release goes out.
// Pure. What it waits for and whose turn it is: docs/standby.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "train/domain/definition.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

enum class StandbyState { absent, built, uploaded, in_review, ready, released, stepped_aside };
std::string_view to_string(StandbyState state);

StandbyState standby_state(const StoreFacts& facts, const Release& release, const AppProgress& app);

// "android:standby": approved, a person says that the old code reads the data that the new one writes; waived, that the
// release may go without a standby.
std::string standby_item(const AppName& app);
// "android:rollback": the standby may go out after a breach.
std::string rollback_item(const AppName& app);

// Whether the store has the standby, or a person has waived it, or there is nothing to go back to.
bool is_standby_uploaded(const Definition& definition, const Release& release, const AppProgress& app);

struct StandbyNumbers {
  VersionName version;  // above the release's and every version this train knows
  BuildNumber build;    // above every number that was ever used, as far as the log and the store tell
};
// nullopt: no candidate yet, or the numbers have no successor.
std::optional<StandbyNumbers> standby_numbers(const State& state, const Release& release, const AppName& app,
                                              const std::optional<BuildNumber>& highest_in_store);

// The release that a version stands by for, and whose app it is; nullptr: it is no standby of this train's.
struct StandbyOwner {
  const Release* release = nullptr;
  const AppProgress* app = nullptr;
};
StandbyOwner owner_of_standby(const State& state, const AppName& app, const VersionName& version);

// The highest version that a release or a standby of this train has taken; "0" when there is none.
VersionName newest_taken(const State& state);

// True if a standby already uses this build number. Google Play numbers all builds of a package in one sequence and
// rejects duplicates.
bool is_reserved(const State& state, const AppName& app, const BuildNumber& build);

// Whether a standby is to be chosen: there is none yet, or the one there no longer fits, because another
// version is live or the candidate's number has risen above it.
bool wants_standby(const Definition& definition, const StoreFacts& facts, const Release& release,
                   const AppProgress& app);

// Whether the store's picture of the standby is due: it is on its way, or has not been looked at for long.
bool wants_standby_look(const App& app, const Release& release, const AppProgress& progress, Instant now);

// The live build that a standby of this release is made of; nullopt: there is none, or it is not known yet.
std::optional<LiveVersion> standby_base(const AppProgress& app);

}  // namespace train::engine
