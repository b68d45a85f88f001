#include "train/base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "train/base/digest.hpp"

namespace train {
namespace {

// Closes what it holds, on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int close_now() {
    const int result = ::close(fd_);
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

tl::unexpected<Error> storage(const std::string& what, const std::filesystem::path& path) {
  return fail(ErrorKind::storage, what + " " + path.string() + ": " + std::strerror(errno) + ".",
              "Check the disk's free space and the directory's permissions, then run again.");
}

Result<std::string> read_open(const Descriptor& fd, const std::filesystem::path& path, std::size_t limit_bytes) {
  std::string out;
  char buffer[1 << 16];
  while (true) {
    const auto got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return storage("Cannot read", path);
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > limit_bytes) {
      return fail(ErrorKind::refused, path.string() + " is larger than " + std::to_string(limit_bytes) + " bytes.");
    }
  }
}

Result<std::string> read_checked(const std::filesystem::path& path, std::size_t limit_bytes, bool must_be_private) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0 && (errno == ENOENT || errno == ENOTDIR))
    return fail(ErrorKind::not_found, "There is no file " + path.string() + ".");
  if (fd.get() < 0) return storage("Cannot open", path);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return storage("Cannot stat", path);
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::refused, path.string() + " is not a regular file.");
  if (must_be_private && (info.st_mode & 077) != 0) {
    return fail(ErrorKind::definition, path.string() + " holds a secret but others may read or write it.",
                "Run `chmod 600 " + path.string() + "`; if it was on a shared machine, replace the key as well.");
  }
  return read_open(fd, path, limit_bytes);
}

Result<Done> write_all(const Descriptor& fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto wrote = ::write(fd.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return storage("Cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return Done{};
}

enum class Sync { yes, no };

Result<Done> write_new(const std::filesystem::path& path, std::string_view bytes, int mode, Sync sync) {
  Descriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (fd.get() < 0) return storage("Cannot create", path);
  if (auto written = write_all(fd, bytes, path); !written) return written;
  if (sync == Sync::yes && ::fsync(fd.get()) != 0) return storage("Cannot make durable", path);
  if (fd.close_now() != 0) return storage("Cannot close", path);
  return Done{};
}

Result<Done> sync_directory(const std::filesystem::path& directory) {
  const Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return storage("Cannot make durable", directory);
  return Done{};
}

Result<Done> replace_with(const std::filesystem::path& directory, const std::filesystem::path& path,
                          std::string_view bytes, int mode, Sync sync) {
  const auto temporary = directory / fmt::format(".{}.{}.tmp", path.filename().string(), random_id());
  auto written = write_new(temporary, bytes, mode, sync);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = storage("Cannot replace", path);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  return read_checked(path, limit_bytes, false);
}

Result<std::string> read_private_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  return read_checked(path, limit_bytes, true);
}

Result<Done> write_file_atomically(const std::filesystem::path& path, std::string_view bytes, int mode) {
  const auto directory = directory_of(path);
  if (auto replaced = replace_with(directory, path, bytes, mode, Sync::yes); !replaced) return replaced;
  return sync_directory(directory);
}

Result<Done> replace_file(const std::filesystem::path& path, std::string_view bytes) {
  return replace_with(directory_of(path), path, bytes, 0600, Sync::no);
}

}  // namespace train
