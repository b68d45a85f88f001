// The log in a directory: DIR/<train>/log.jsonl, state.json, run/<id>.lock. See docs/event-log.md.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "train/event_log/verified.hpp"
#include "train/ports/event_log.hpp"

namespace train::event_log {

struct FileLogSettings {
  std::filesystem::path directory;  // made when missing, mode 0700
  std::string train;
  // The fold as JSON text for state.json; called after each append with the whole log. Empty: an empty object.
  std::function<std::string(const std::vector<Event>&)> snapshot;
  std::function<void(const std::string&)> warn;  // a torn tail set aside; may be empty
  // How long an append waits for another process that is writing; then `conflict`.
  std::chrono::milliseconds lock_patience{30000};
};
std::unique_ptr<EventLog> make_file_log(FileLogSettings settings);

// Everything `train log --verify` checks, and what it found; corrupt_state with line and reason on damage.
Result<Verified> verify_file_log(const std::filesystem::path& directory, const std::string& train,
                                 const std::string& expected_head = {});

}  // namespace train::event_log
