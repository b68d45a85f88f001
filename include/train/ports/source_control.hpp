// The repository, and what starts a build.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/names.hpp"

namespace train {

// What a release needs of the repository.
struct SourceNeed {
  std::string branch;
  std::string tag;
  std::string start;           // what the branch is cut from: the mainline, or a tag
  bool branch_is_cut = false;  // by train: it is there, and where it stands is right
};

class SourceControl {
 public:
  virtual ~SourceControl() = default;
  // The commit a branch or tag points at; nullopt: there is none.
  virtual Result<std::optional<std::string>> find_branch(const std::string& branch) = 0;
  virtual Result<std::optional<std::string>> find_tag(const std::string& tag) = 0;
  // Creates it at `at` (a branch or tag name). Done as well when it already stands where it should; conflict elsewhere.
  virtual Result<Done> cut_branch(const std::string& branch, const std::string& at) = 0;
  virtual Result<Done> create_tag(const std::string& tag, const std::string& at) = 0;
  // What would keep the branch or the tag from being made, one sentence each: a start that does not exist, a name that
  // is taken at another commit, a name that clashes with another (`release` beside `release/3.4.0`). Writes nothing.
  virtual Result<std::vector<std::string>> obstacles(const SourceNeed& need) = 0;
};

class BuildService {
 public:
  virtual ~BuildService() = default;
  virtual Result<Done> start_build(const VersionName& version, const std::string& branch) = 0;
};

}  // namespace train
