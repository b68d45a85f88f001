// What `train status` shows, as values: the same for the screen and for JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/engine/decide.hpp"
#include "train/engine/last_run.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::cli {

struct AppStatus {
  AppName app;
  StoreKind store{};
  VersionName version;
  std::optional<BuildNumber> build;
  engine::AppPhase phase = engine::AppPhase::awaiting_build;
  std::string store_state;  // the store's own word; empty before it has one
  Percent percent;
  std::optional<Instant> percent_as_of;
  std::optional<RequestBudget> budget;  // as the store last told
  int stage = 0;
  std::vector<Percent> stages;
  std::optional<Verdict> verdict;
  std::optional<std::string> overridden_by;  // who let the present stage go on whatever its gates say
  std::optional<engine::Failing> failing;    // the step that the store, or train itself, refused last and again
  std::vector<SeenTesters> testers;          // how far the candidate is with each group, as last seen
  std::vector<Wait> waits;
  std::optional<Next> next;
  bool has_version_record = true;    // false: one call both submits and releases
  bool can_be_stopped_after = true;  // false: once complete, only a newer version stops it
};

struct FlagStatus {
  FlagName name;
  std::string value;
  Instant as_of;
};

// What was done last by hand to one thing outside the loop: an app's recoveries, a parameter of forced updates.
struct HandStatus {
  engine::HandWork work;
  std::string what;  // for people: "users of android build 340 are asked to update"
};

struct StandbyStatus {
  AppName app;
  engine::StandbyState state = engine::StandbyState::absent;
  std::optional<engine::Standby> standby;  // absent: none is chosen yet
};

struct ReleaseStatusModel {
  VersionName version;
  bool hotfix = false;
  engine::ReleasePhase phase = engine::ReleasePhase::open;
  std::optional<Instant> cutoff;
  std::optional<Instant> departed;
  std::optional<engine::LastRun> last_run;
  std::vector<AppStatus> apps;
  std::vector<StandbyStatus> standby;  // of the apps that have one in the definition
};

struct StatusModel {
  std::string train;
  Instant now;
  Zone zone;
  std::optional<ReleaseStatusModel> release;  // the one in focus
  std::vector<ReleaseStatusModel> others;     // with --all: every other one, newest first
  std::vector<VersionName> also_open;         // without --all: the other open ones, by name
  std::optional<std::string> owner;
  std::vector<FlagStatus> flags;
  std::vector<HandStatus> by_hand;
  std::vector<std::string> open_operations;  // calls whose outcome is not in the log
  std::vector<Wait> train_waits;
  bool needs_person = false;
};

enum class Which { focus, all };

// From the log alone: no store and no signal is asked.
StatusModel make_status(const Definition& definition, const engine::State& state, Instant now, Which which);

}  // namespace train::cli
