// Repositories for logs in git: bare ones with hooks, on this disk.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "git_log.hpp"
#include "train/base/process.hpp"

namespace train::event_log {

// What git printed; a failure where it failed.
inline std::string run_git(const std::vector<std::string>& words) {
  std::vector<std::string> argv{"git"};
  argv.insert(argv.end(), words.begin(), words.end());
  const auto output = run_process({argv, {}, {}, {}, 1 << 20, 60});
  EXPECT_TRUE(output && output->exit_code == 0)
      << words.front() << ": " << (output ? output->err : output.error().text());
  return output ? output->out : "";
}

inline void make_repository(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) run_git({"init", "--quiet", "--bare", path.string()});
}

inline void add_hook(const std::filesystem::path& repository, const std::string& name, const std::string& script) {
  const auto file = repository / "hooks" / name;
  std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
}

}  // namespace train::event_log
