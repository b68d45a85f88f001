#include "http/spool.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace train::sandbox {

std::shared_ptr<Spool> Spool::open() {
  std::error_code none;
  const auto directory = std::filesystem::temp_directory_path(none);
  auto pattern = ((none ? std::filesystem::path("/tmp") : directory) / "train-spool-XXXXXX").string();
  const int fd = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (fd < 0) return nullptr;
  ::unlink(pattern.c_str());
  return std::shared_ptr<Spool>(new Spool(fd));
}

Spool::~Spool() { ::close(fd_); }

bool Spool::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    size_ += static_cast<std::uint64_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::string Spool::read(std::uint64_t offset, std::uint64_t length) const {
  if (offset >= size_) return {};
  std::string bytes(std::min(length, size_ - offset), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto got = ::pread(fd_, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace train::sandbox
