// Running another program: argv, no shell, a cleaned set of inherited descriptors, bounded output and time.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "train/base/error.hpp"

namespace train {

struct ProcessRequest {
  std::vector<std::string> argv;                                 // argv[0] is looked up in PATH
  std::filesystem::path directory;                               // empty: this process's
  std::vector<std::pair<std::string, std::string>> environment;  // added to or replacing the inherited
  std::string input;                                             // its standard input
  std::size_t output_limit_bytes = 1 << 20;                      // more is an error
  int timeout_seconds = 60;                                      // real time; then killed
};

struct ProcessOutput {
  int exit_code = 0;  // 128 + signal when it was killed
  std::string out;
  std::string err;
};

// `refused` when it could not be started, ran out of time or wrote too much. A non-zero exit code is a success here.
Result<ProcessOutput> run_process(const ProcessRequest& request);

// Splits a command line into words: spaces separate, '…' and "…" group, backslash escapes. No shell expansion.
Result<std::vector<std::string>> split_command(std::string_view line);

}  // namespace train
