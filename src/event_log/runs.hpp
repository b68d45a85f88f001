// Processes that may act: each holds the lock of run/<id>.lock until it ends, however it ends.
#pragma once

#include <filesystem>
#include <string_view>

#include "posix.hpp"
#include "train/domain/event.hpp"

namespace train::event_log {

class Run {
 public:
  // Under the log's lock: clears away the files of dead runs, then makes and locks a new one.
  static Result<Run> begin(const std::filesystem::path& runs);
  Run(Run&&) noexcept = default;
  Run& operator=(Run&&) = delete;
  ~Run();

  const RunId& id() const { return id_; }

 private:
  Run(RunId id, std::filesystem::path file, Fd lock)
      : id_(std::move(id)), file_(std::move(file)), lock_(std::move(lock)) {}

  RunId id_;
  std::filesystem::path file_;
  Fd lock_;
};

bool is_run_id(std::string_view id);

enum class RunState { alive, gone };
Result<RunState> run_lives(const std::filesystem::path& runs, const RunId& id);

}  // namespace train::event_log
