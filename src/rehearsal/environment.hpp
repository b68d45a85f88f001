// Where a rehearsal plays: a sandbox, a directory that is gone at the end, and a definition in which everything outside
// is replaced by these two. Inside the room.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "repository.hpp"
#include "scenario.hpp"
#include "train/definition/load.hpp"
#include "train/ports/clock.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::rehearsal {

// The sandbox's time; waiting moves it.
class SandboxClock final : public Clock {
 public:
  explicit SandboxClock(sandbox::Sandbox& sandbox) : sandbox_(sandbox) {}
  Instant now() override { return sandbox_.now(); }
  bool wait_until(Instant until) override;

 private:
  sandbox::Sandbox& sandbox_;
};

// A directory of our own under the system's temporary one, removed with everything in it.
class TemporaryDirectory {
 public:
  static Result<std::unique_ptr<TemporaryDirectory>> make();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

class Environment {
 public:
  // `own`: the user's definition; nullopt: the built-in example, which is read with `catalog`.
  static Result<std::unique_ptr<Environment>> set(const Scenario& scenario, const std::optional<Definition>& own,
                                                  const definition::Catalog& catalog);

  const Definition& definition() const { return definition_; }
  const VersionName& version() const { return version_; }
  sandbox::Sandbox& sandbox() { return *sandbox_; }
  SandboxClock& clock() { return *clock_; }
  Repository& repository() { return *repository_; }
  std::map<FlagName, std::string> flags() const;  // what the providers hold

 private:
  Environment() = default;
  Result<Done> open_sandbox(const Scenario& scenario, const std::vector<App>& apps, Instant start);
  Result<Done> set_example(const Scenario& scenario, const definition::Catalog& catalog);
  // What a finished build does: every app's build of this version is in its store, processed soon.
  void upload_builds(const VersionName& version);
  Result<Done> set_own(const Scenario& scenario, const Definition& own);
  Result<Done> keep_live_archives(const Scenario& scenario);

  std::unique_ptr<TemporaryDirectory> directory_;
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::unique_ptr<SandboxClock> clock_;
  std::unique_ptr<Repository> repository_;
  Definition definition_;
  VersionName version_;
  std::int64_t next_build_ = 1;
};

AppRoster roster_of(const std::optional<Definition>& own);

// The copy of `own` that touches nothing real: endpoints, credentials, signals, flags, channels, state, source and
// artifacts are the sandbox's and the directory's. What it needs is written into the directory.
Result<Definition> replace_outside(const Definition& own, const sandbox::Sandbox& sandbox,
                                   const std::filesystem::path& directory);

}  // namespace train::rehearsal
