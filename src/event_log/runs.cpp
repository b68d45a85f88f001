#include "runs.hpp"

#include <unistd.h>

#include <system_error>
#include <vector>

#include "lock.hpp"
#include "train/base/digest.hpp"

namespace train::event_log {
namespace {

std::filesystem::path file_of(const std::filesystem::path& runs, const RunId& id) { return runs / (id + ".lock"); }

void clear_dead(const std::filesystem::path& runs) {
  std::error_code ignored;
  std::vector<std::filesystem::path> dead;
  for (std::filesystem::directory_iterator it(runs, ignored), end; it != end; it.increment(ignored)) {
    const auto& file = it->path();
    if (file.extension() != ".lock" || !is_run_id(file.stem().string())) continue;
    const auto state = look_at_lock(file);
    if (state && *state == LockState::free) dead.push_back(file);
  }
  for (const auto& file : dead) std::filesystem::remove(file, ignored);
}

}  // namespace

bool is_run_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 &&
         id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
}

Result<Run> Run::begin(const std::filesystem::path& runs) {
  clear_dead(runs);
  RunId id = random_id();
  auto file = file_of(runs, id);
  auto lock = make_locked_file(file);
  if (!lock) return tl::unexpected(lock.error());
  return Run(std::move(id), std::move(file), std::move(*lock));
}

Run::~Run() {
  // A file that is gone says the same as a lock that is free; this only keeps the directory small.
  if (lock_) ::unlink(file_.c_str());
}

Result<RunState> run_lives(const std::filesystem::path& runs, const RunId& id) {
  const auto state = look_at_lock(file_of(runs, id));
  if (!state) return tl::unexpected(state.error());
  return *state == LockState::held ? RunState::alive : RunState::gone;
}

}  // namespace train::event_log
