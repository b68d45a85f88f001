// Where the readers put what they find: problems, and parts that load without effect today.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/definition/load.hpp"
#include "train/yaml/tree.hpp"

namespace train::definition {

using yaml::Entry;
using yaml::in_quotes;
using yaml::looks_like_key_material;
using yaml::Node;

inline constexpr yaml::Rules k_definition_rules{
    "definition", 1 << 20, 32, 20'000, true, "empty; `train init` writes a starter definition"};

class Report {
 public:
  // `file` as people wrote it, for messages; `directory` absolute, where relative paths start.
  Report(const std::string& file, std::filesystem::path directory);

  void problem(const Node& at, const std::string& text);
  void inactive(const Node& at, std::string where, std::string what);
  void add(Problems problems);

  const std::filesystem::path& directory() const { return directory_; }
  std::size_t problem_count() const { return problems_.size(); }
  // By line and column.
  Problems take_problems();
  std::vector<Inactive> take_inactive();

 private:
  std::string file_;
  std::filesystem::path directory_;
  Problems problems_;
  std::vector<Inactive> inactive_;
};

}  // namespace train::definition
