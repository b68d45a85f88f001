// The few system calls the file log needs, with errors as values and interrupted calls repeated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "train/base/error.hpp"

namespace train::event_log {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// What the last failed call on `path` said: "cannot open /x/y: No space left on device".
Error system_error(std::string_view what, const std::filesystem::path& path);

// Always close-on-exec. The mode is that of a new file: only its owner reads it.
Fd open_file(const std::filesystem::path& path, int flags);

// not_found when absent.
Result<Fd> open_to_read(const std::filesystem::path& path);

// Everything from `offset` to the end; refused when that is more than `limit_bytes`.
Result<std::string> read_rest(const Fd& fd, const std::filesystem::path& path, std::uint64_t offset,
                              std::uint64_t limit_bytes);

// At the end of a file opened with O_APPEND; goes on after short writes.
Result<Done> write_all(const Fd& fd, const std::filesystem::path& path, std::string_view bytes);

Result<Done> sync_data(const Fd& fd, const std::filesystem::path& path);
Result<Done> sync_directory(const std::filesystem::path& path);

// With its parents, mode 0700; what was created is durable when it returns.
Result<Done> make_directory(const std::filesystem::path& path);

}  // namespace train::event_log
