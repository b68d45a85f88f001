// What one look around found: every app of every open release, and the artifacts on disk. Values only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/domain/archive_facts.hpp"
#include "train/domain/evidence.hpp"
#include "train/domain/store_view.hpp"

namespace train {

struct ArtifactView {
  std::string path;
  std::string id;  // bundle id or package, as the archive says
  VersionName version;
  BuildNumber build;
  std::string sha256;
  std::vector<ArchiveFinding> findings{};  // about what it holds; empty where nobody has read it
};

// The release notes as they lie on this machine.
struct NotesLook {
  std::string digest;                 // tells whether they have changed; empty: there are none
  std::vector<std::string> problems;  // what the store would refuse, one line each
  std::string missing;                // why there are none; empty: there are
};

// What keeps the release's branch and tag from being made, one sentence each.
struct SourceLook {
  VersionName version;
  std::vector<std::string> obstacles;
};

// The rollback build of the release that was asked for; what was not looked at is absent.
struct StandbyLook {
  std::optional<ArtifactView> source;  // the archive of what is live
  std::vector<std::string> findings;   // about it
  std::optional<Error> failure;        // why no standby can be made of it
  std::optional<bool> built;           // whether the built file is on this machine
  std::optional<StoreView> view;       // of the standby's own version
};

struct AppObservation {
  VersionName version;  // the release that was asked for
  AppName app;
  bool full = false;              // builds, notes and the percentage were read too
  std::optional<StoreView> view;  // nullopt: the look failed, see `failure`
  std::optional<Error> failure;
  std::optional<ArtifactView> artifact;  // the file the definition names, when it is there
  std::optional<Error> artifact_failure;
  std::optional<NotesLook> notes;  // absent: the definition names none, or they do not matter any more
  std::optional<StandbyLook> standby;
};

struct Observation {
  std::vector<AppObservation> apps;
  std::vector<SourceLook> source;  // of releases whose branch or tag is still to come and nobody has them yet
  const AppObservation* find(const VersionName& version, const AppName& app) const;
};

struct MeasuredApp {
  VersionName version;
  AppName app;
  AppEvidence signals;
  AppEvidence live;  // of the version it replaces; only signals that are compared with it
};

// Nothing measured is different from measured as missing: an absent app has not been asked.
struct Evidence {
  std::vector<MeasuredApp> apps;
  const AppEvidence* find(const VersionName& version, const AppName& app) const;
  const MeasuredApp* find_app(const VersionName& version, const AppName& app) const;
};

}  // namespace train
