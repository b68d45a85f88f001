// One git command in one repository, never asking anybody anything.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/process.hpp"

namespace train::git {

// Letters, digits and . _ / - as git allows them in a name; never an option, never a revision expression.
bool is_ref_name(std::string_view name);

// Addresses may carry a password; it is cut out.
std::string without_passwords(std::string_view text);

// What a command is run with besides its words.
struct With {
  std::string input;                                             // its standard input
  std::vector<std::pair<std::string, std::string>> environment;  // added to or replacing what it has anyway
  std::size_t output_limit_bytes = 1 << 20;
};

class Git {
 public:
  explicit Git(std::filesystem::path repository) : repository_(std::move(repository)) {}

  // What git said, whatever its exit code. definition when there is no such repository or no git.
  Result<ProcessOutput> run(std::vector<std::string> arguments, With with = {}) const;

  // As above; a non-zero exit code is an error that says what was tried.
  Result<std::string> output_of(std::vector<std::string> arguments, std::string_view what_was_tried) const;

  // auth, unreachable or refused, by git's own words.
  Error error_of(const ProcessOutput& output, std::string_view what_was_tried) const;

 private:
  std::filesystem::path repository_;
};

}  // namespace train::git
