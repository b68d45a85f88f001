#include "package_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::zip {
namespace {

constexpr std::size_t k_pending_bytes_max = 1u << 20;
constexpr std::uint64_t k_small_bytes = 64u << 10;

std::filesystem::path parent_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

tl::unexpected<Error> no_disk(const std::string& what, const std::filesystem::path& path) {
  return fail(ErrorKind::storage,
              fmt::format("{} {}: {}.", what, printable(path.string(), 400), std::generic_category().message(errno)),
              "Check the disk's free space and the directory's permissions, then run again.");
}

}  // namespace

Result<std::unique_ptr<PackageWriter::File>> PackageWriter::File::create(const std::filesystem::path& out) {
  std::error_code ignored;
  if (!out.has_filename() || std::filesystem::is_directory(out, ignored)) {
    return fail(ErrorKind::refused, fmt::format("Cannot write {}: it is a directory.", printable(out.string(), 400)),
                "Name the file to write.");
  }
  const auto temporary = parent_of(out) / fmt::format(".{}.{}.tmp", out.filename().string(), random_id());
  const int fd = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return no_disk("Cannot create", out);
  return std::make_unique<File>(out, temporary, fd);
}

PackageWriter::File::~File() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  if (fd_ >= 0) ::close(fd_);
}

tl::unexpected<Error> PackageWriter::File::cannot(const char* what) const { return no_disk(what, out_); }

Result<Done> PackageWriter::File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto wrote = ::write(fd_, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return cannot("Cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
    written_ += static_cast<std::uint64_t>(wrote);
  }
  return Done{};
}

Result<Done> PackageWriter::File::flush() {
  auto done = write(pending_);
  pending_.clear();
  return done;
}

Result<Done> PackageWriter::File::append(std::string_view bytes) {
  if (pending_.size() + bytes.size() > k_pending_bytes_max) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  if (bytes.size() > k_pending_bytes_max) return write(bytes);
  pending_ += bytes;
  return Done{};
}

Result<Done> PackageWriter::File::append_from(const MappedFile& source, std::uint64_t offset, std::uint64_t length) {
  const std::string_view bytes = source.bytes().substr(offset, length);
  if (length <= k_small_bytes) return append(bytes);
  if (auto flushed = flush(); !flushed) return flushed;
  std::uint64_t moved = 0;
  while (moved < length) {
    auto from = static_cast<off64_t>(offset + moved);
    const auto got = ::copy_file_range(source.descriptor(), &from, fd_, nullptr, length - moved, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;  // two file systems, or one that cannot: by hand
    moved += static_cast<std::uint64_t>(got);
    written_ += static_cast<std::uint64_t>(got);
  }
  return write(bytes.substr(moved));
}

Result<MappedFile> PackageWriter::File::map() {
  if (auto flushed = flush(); !flushed) return tl::unexpected(flushed.error());
  return MappedFile::map(fd_, written_);
}

Result<Done> PackageWriter::File::commit() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (::fsync(fd_) != 0) return cannot("Cannot make durable");
  const int fd = std::exchange(fd_, -1);
  if (::close(fd) != 0) return cannot("Cannot close");
  if (::rename(temporary_.c_str(), out_.c_str()) != 0) return cannot("Cannot put in place");
  temporary_.clear();
  const int directory = ::open(parent_of(out_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool durable = directory >= 0 && ::fsync(directory) == 0;
  if (directory >= 0) ::close(directory);
  if (!durable) return cannot("Cannot make durable the directory of");
  return Done{};
}

}  // namespace train::zip
