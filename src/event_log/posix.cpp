#include "posix.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace train::event_log {
namespace {

std::string hint_for(int code) {
  if (code == ENOSPC || code == EDQUOT) return "Free some space and run again; the log is as it was.";
  if (code == EACCES || code == EPERM)
    return "Give this user the right to read and write there, or name another place in `state`.";
  if (code == EROFS) return "The file system is read-only: name another place in `state`.";
  return {};
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Error system_error(std::string_view what, const std::filesystem::path& path) {
  const int code = errno;
  const ErrorKind kind = code == ENOENT ? ErrorKind::not_found : ErrorKind::storage;
  return Error{kind, fmt::format("cannot {} {}: {}", what, path.string(), std::generic_category().message(code)),
               hint_for(code)};
}

Fd open_file(const std::filesystem::path& path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  } while (fd < 0 && errno == EINTR);
  return Fd(fd);
}

Result<Fd> open_to_read(const std::filesystem::path& path) {
  Fd fd = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!fd) return tl::unexpected(system_error("open", path));
  struct stat seen {};
  if (::fstat(fd.get(), &seen) != 0) return tl::unexpected(system_error("look at", path));
  if (!S_ISREG(seen.st_mode)) return fail(ErrorKind::storage, path.string() + " is not a regular file");
  return fd;
}

Result<std::string> read_rest(const Fd& fd, const std::filesystem::path& path, std::uint64_t offset,
                              std::uint64_t limit_bytes) {
  // Most reads find nothing new: the room is cleared before it is used, so a small one first.
  constexpr std::size_t k_first_chunk = 4 << 10;
  constexpr std::size_t k_most_chunk = 1 << 20;
  std::string out;
  for (std::size_t chunk = k_first_chunk;; chunk = std::min(chunk * 4, k_most_chunk)) {
    const std::size_t had = out.size();
    if (had > limit_bytes) {
      return fail(ErrorKind::refused, fmt::format("{} is larger than {} bytes", path.string(), limit_bytes));
    }
    out.resize(had + chunk);
    const ssize_t got = ::pread(fd.get(), out.data() + had, chunk, static_cast<off_t>(offset + had));
    const bool interrupted = got < 0 && errno == EINTR;
    if (got < 0 && !interrupted) return tl::unexpected(system_error("read", path));
    out.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got == 0) return out;
  }
}

Result<Done> write_all(const Fd& fd, const std::filesystem::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return tl::unexpected(system_error("write to", path));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return Done{};
}

Result<Done> sync_data(const Fd& fd, const std::filesystem::path& path) {
  // Never repeated on failure: after EIO the kernel may call the lost page clean.
  if (::fdatasync(fd.get()) != 0) return tl::unexpected(system_error("make durable", path));
  return Done{};
}

Result<Done> sync_directory(const std::filesystem::path& path) {
  const Fd fd = open_file(path, O_RDONLY | O_DIRECTORY);
  if (!fd || ::fsync(fd.get()) != 0) return tl::unexpected(system_error("make durable", path));
  return Done{};
}

Result<Done> make_directory(const std::filesystem::path& path) {
  struct stat seen {};
  if (::stat(path.c_str(), &seen) == 0) {
    if (S_ISDIR(seen.st_mode)) return Done{};
    return fail(ErrorKind::storage, path.string() + " is not a directory",
                "Move it away, or name another place in `state`.");
  }
  const auto parent = path.parent_path();
  if (!parent.empty() && parent != path) {
    if (const auto above = make_directory(parent); !above) return above;
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    auto error = system_error("make the directory", path);
    error.kind = ErrorKind::storage;
    return tl::unexpected(std::move(error));
  }
  return sync_directory(parent.empty() ? std::filesystem::path(".") : parent);
}

}  // namespace train::event_log
