// A repository and a build service that live in memory and keep git's rules: a branch or tag is cut from something that
// exists, and is never moved. Inside the room.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "train/ports/source_control.hpp"

namespace train::rehearsal {

class Repository final : public SourceControl, public BuildService {
 public:
  // `built` is called when a build is started: the stores get it.
  Repository(std::string mainline, std::function<void(const VersionName&)> built);

  Result<std::optional<std::string>> find_branch(const std::string& branch) override;
  Result<std::optional<std::string>> find_tag(const std::string& tag) override;
  Result<Done> cut_branch(const std::string& branch, const std::string& at) override;
  Result<Done> create_tag(const std::string& tag, const std::string& at) override;
  Result<std::vector<std::string>> obstacles(const SourceNeed& need) override;
  Result<Done> start_build(const VersionName& version, const std::string& branch) override;

 private:
  using Names = std::map<std::string, std::string>;  // → commit
  Result<Done> create(Names& names, const std::string& name, const std::string& at, std::string_view what);
  static std::optional<std::string> find(const Names& names, const std::string& name);

  std::mutex mutex_;
  Names branches_;
  Names tags_;
  std::function<void(const VersionName&)> built_;
};

}  // namespace train::rehearsal
