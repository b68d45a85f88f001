#include "train/zip/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "train/base/text.hpp"

namespace train::zip {
namespace {

tl::unexpected<Error> cannot_map(const std::string& what) {
  return fail(ErrorKind::storage, "Cannot read " + what + ": " + std::generic_category().message(errno) + ".",
              "Check that it exists and may be read.");
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const std::string shown = printable(path.string(), 400);
  MappedFile file;
  file.fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.fd_ < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return fail(ErrorKind::not_found, "There is no file " + shown + ".");
  }
  struct stat seen {};
  if (file.fd_ < 0 || ::fstat(file.fd_, &seen) != 0) return cannot_map(shown);
  if (!S_ISREG(seen.st_mode)) return fail(ErrorKind::refused, shown + " is not a regular file.");
  file.device_ = seen.st_dev;
  file.inode_ = seen.st_ino;
  if (seen.st_size == 0) return file;
  void* data = ::mmap(nullptr, static_cast<std::size_t>(seen.st_size), PROT_READ, MAP_PRIVATE, file.fd_, 0);
  if (data == MAP_FAILED) return cannot_map(shown);
  file.data_ = data;
  file.size_ = static_cast<std::size_t>(seen.st_size);
  return file;
}

Result<MappedFile> MappedFile::map(int fd, std::size_t length) {
  MappedFile file;
  if (length == 0) return file;
  void* data = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return cannot_map("what was written");
  file.data_ = data;
  file.size_ = length;
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      device_(other.device_),
      inode_(other.inode_) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
  if (fd_ >= 0) ::close(fd_);
}

bool MappedFile::is(const std::filesystem::path& path) const {
  struct stat seen {};
  return fd_ >= 0 && ::stat(path.c_str(), &seen) == 0 && seen.st_dev == device_ && seen.st_ino == inode_;
}

}  // namespace train::zip
