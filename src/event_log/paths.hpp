// Where a train's log keeps its files.
#pragma once

#include <filesystem>
#include <string>

#include "train/base/error.hpp"

namespace train::event_log {

struct Paths {
  std::filesystem::path home;   // DIR/<train>
  std::filesystem::path log;    // log.jsonl
  std::filesystem::path state;  // state.json
  std::filesystem::path lock;   // never unlinked
  std::filesystem::path runs;   // run/
};

// `definition` when the name cannot be that of a directory.
Result<Paths> paths_of(const std::filesystem::path& directory, const std::string& train);

}  // namespace train::event_log
