// One ref of a git repository as a place for small files: read shallowly into a store on this machine, written by one
// commit and one push that holds only if nobody was faster.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/time.hpp"
#include "train/git/command.hpp"

namespace train::event_log {

using CommitId = std::string;  // 40 or 64 digits; empty: the ref is not there

struct GitFile {
  std::string path;  // from the root of the tree
  std::string id;    // of its content
};

// What a commit changes: whole files by their paths.
struct GitCommit {
  CommitId parent;
  std::string message;
  Instant at;
  std::vector<std::pair<std::string, std::string>> files;
};

class GitRemote {
 public:
  // `remote`: an address, a path, or the name of a remote of the checkout in this directory, whose credentials and
  // rewritten addresses are used too. `definition` when it names nothing, or `ref` is no full name of a ref.
  static Result<GitRemote> open(std::string_view remote, const std::string& ref);

  // One question to the remote.
  Result<CommitId> tip() const;
  // Fetches what is new there, without history. One question, and a second only where the remote wants it.
  Result<CommitId> fetch() const;

  // Of a commit that was fetched or made here.
  Result<std::vector<GitFile>> files(const CommitId& commit, const std::string& folder) const;
  Result<std::vector<std::string>> contents(const std::vector<GitFile>& files) const;

  Result<CommitId> make(const GitCommit& commit) const;

  // `moved`: the ref is not at the commit's parent any more. Where the answer is lost the remote is asked where it
  // stands, and the same commit is pushed again: that changes nothing a second time. unknown_outcome when it cannot be
  // asked either.
  enum class Pushed { done, moved };
  Result<Pushed> push(const CommitId& commit, const CommitId& parent) const;

  const std::filesystem::path& store() const { return store_; }  // on this machine; may be deleted at any time
  std::string place() const;                                     // "git@host:team/app.git#refs/train/charge", no secret

 private:
  GitRemote(std::filesystem::path store, std::string url, std::string ref,
            std::vector<std::pair<std::string, std::string>> environment);
  Result<ProcessOutput> git(std::vector<std::string> arguments, std::string input = {}) const;
  Error refusal(const ProcessOutput& output, std::string_view tried) const;

  std::filesystem::path store_;
  std::string url_;
  std::string ref_;
  std::vector<std::pair<std::string, std::string>> environment_;
  git::Git git_;
};

}  // namespace train::event_log
