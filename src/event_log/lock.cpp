#include "lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "train/base/files.hpp"
#include "train/base/text.hpp"

namespace train::event_log {
namespace {

int flock_now(const Fd& fd, Sharing sharing) {
  int result = 0;
  do {
    result = ::flock(fd.get(), (sharing == Sharing::exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  return result;
}

// A lock on a file that has been replaced since protects nothing.
bool still_at(const Fd& fd, const std::filesystem::path& path) {
  struct stat held {};
  struct stat named {};
  return ::fstat(fd.get(), &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

// For the message somebody else may get; losing it does no harm.
void leave_name(const Fd& fd) {
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  const std::string name = fmt::format("pid {} on {}\n", ::getpid(), host);
  if (::ftruncate(fd.get(), 0) == 0 && ::pwrite(fd.get(), name.data(), name.size(), 0) < 0) return;
}

std::string holder(const std::filesystem::path& path) {
  const auto name = read_file(path, 4096);
  const std::string_view shown = name ? trim(*name) : std::string_view{};
  return shown.empty() ? "another process" : "the process " + printable(shown, 300);
}

}  // namespace

Result<Fd> take_lock(const std::filesystem::path& path, Sharing sharing, std::chrono::milliseconds patience) {
  using namespace std::chrono_literals;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (auto pause = 1ms; std::chrono::steady_clock::now() < deadline;) {
    Fd fd = open_file(path, O_RDWR | O_CREAT);
    if (!fd) return tl::unexpected(system_error("open the lock", path));
    if (flock_now(fd, sharing) == 0) {
      if (!still_at(fd, path)) continue;
      if (sharing == Sharing::exclusive) leave_name(fd);
      return fd;
    }
    if (errno != EWOULDBLOCK) return tl::unexpected(system_error("lock", path));
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(16));
  }
  return fail(ErrorKind::conflict,
              fmt::format("{} has held {} for {:.0f} seconds", holder(path), path.string(),
                          std::chrono::duration<double>(patience).count()),
              "Look at that process: it may be stopped. The lock frees itself when the process ends.");
}

std::optional<Fd> try_lock(const std::filesystem::path& path, Sharing sharing) {
  Fd fd = open_file(path, O_RDONLY);
  if (!fd || flock_now(fd, sharing) != 0 || !still_at(fd, path)) return std::nullopt;
  return fd;
}

Result<Fd> make_locked_file(const std::filesystem::path& path) {
  Fd fd = open_file(path, O_RDWR | O_CREAT | O_EXCL);
  if (!fd) return tl::unexpected(system_error("make", path));
  if (flock_now(fd, Sharing::exclusive) != 0) return tl::unexpected(system_error("lock", path));
  leave_name(fd);
  return fd;
}

Result<LockState> look_at_lock(const std::filesystem::path& path) {
  const Fd fd = open_file(path, O_RDONLY);
  if (!fd && errno == ENOENT) return LockState::absent;
  if (!fd) return tl::unexpected(system_error("open", path));
  // Shared, so that two who look at once do not take each other for the owner.
  if (flock_now(fd, Sharing::shared) == 0) return LockState::free;
  if (errno == EWOULDBLOCK) return LockState::held;
  return tl::unexpected(system_error("lock", path));
}

}  // namespace train::event_log
