#include "train/zip/reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "train/base/text.hpp"

namespace train::zip {
namespace {

Result<std::string> read_at(int fd, std::uint64_t offset, std::size_t length) {
  std::string out(length, '\0');
  for (std::size_t had = 0; had < length;) {
    const ssize_t got = ::pread(fd, out.data() + had, length - had, static_cast<off_t>(offset + had));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::storage, "cannot read it: " + std::generic_category().message(errno));
    if (got == 0) return fail(ErrorKind::refused, "it ends before it should");
    had += static_cast<std::size_t>(got);
  }
  return out;
}

Result<std::uint64_t> size_of(int fd) {
  struct stat seen {};
  if (::fstat(fd, &seen) != 0) return fail(ErrorKind::storage, "cannot look at it");
  if (!S_ISREG(seen.st_mode)) return fail(ErrorKind::refused, "it is not a regular file");
  return static_cast<std::uint64_t>(seen.st_size);
}

Result<std::vector<ZipEntry>> entries_of(int fd) {
  const auto size = size_of(fd);
  if (!size) return tl::unexpected(size.error());
  const std::uint64_t tail_size = std::min(*size, k_end_bytes);
  const auto tail = read_at(fd, *size - tail_size, tail_size);
  if (!tail) return tl::unexpected(tail.error());
  const auto place = find_directory(*tail, *size);
  if (!place) return tl::unexpected(place.error());
  const auto directory = read_at(fd, place->offset, place->size);
  if (!directory) return tl::unexpected(directory.error());
  return read_directory(*directory, *place);
}

tl::unexpected<Error> refuse_entry(const ZipEntry& entry, std::string_view why) {
  return fail(ErrorKind::refused, fmt::format("the entry \"{}\" {}", printable(entry.name, 200), why));
}

// Where the entry's data begins in the file.
Result<std::uint64_t> find_data(int fd, const ZipEntry& entry) {
  const auto length = std::min<std::uint64_t>(entry.limit - entry.offset, k_local_bytes_max);
  const auto local = read_at(fd, entry.offset, length);
  if (!local) return tl::unexpected(local.error());
  const auto data = check_local_header(*local, entry);
  if (!data) return tl::unexpected(data.error());
  return entry.offset + *data;
}

Result<std::string> unpack_deflated(const ZipEntry& entry, const std::string& packed) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> unpacker(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (!unpacker) return fail(ErrorKind::internal, "no memory to unpack with");
  std::string out(entry.unpacked, '\0');
  std::size_t got = 0;
  const auto result =
      libdeflate_deflate_decompress(unpacker.get(), packed.data(), packed.size(), out.data(), out.size(), &got);
  if (result != LIBDEFLATE_SUCCESS || got != out.size()) return refuse_entry(entry, "does not unpack to what it says");
  return out;
}

}  // namespace

Result<Reader> Reader::open(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const auto kind = errno == ENOENT || errno == ENOTDIR ? ErrorKind::not_found : ErrorKind::storage;
    return fail(kind, "cannot open it: " + std::generic_category().message(errno));
  }
  Reader reader(fd, {});
  auto entries = entries_of(fd);
  if (!entries) return tl::unexpected(entries.error());
  reader.entries_ = std::move(*entries);
  return reader;
}

Reader::Reader(Reader&& other) noexcept : fd_(std::exchange(other.fd_, -1)), entries_(std::move(other.entries_)) {}

Reader::~Reader() {
  if (fd_ >= 0) ::close(fd_);
}

const ZipEntry* Reader::find(std::string_view name) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const ZipEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != entries_.end() && found->name == name ? &*found : nullptr;
}

Result<std::string> Reader::read(const ZipEntry& entry) const {
  if (entry.symlink) return refuse_entry(entry, "is a link");
  if (entry.unpacked > k_entry_bytes_max) return refuse_entry(entry, "is larger than 32 MiB");
  if (entry.packed > k_entry_bytes_max + (1 << 20)) return refuse_entry(entry, "is larger than 32 MiB");
  if (entry.method != 0 && entry.method != 8) {
    return refuse_entry(entry, fmt::format("is packed by method {}; stored and deflated are understood", entry.method));
  }
  const auto data = find_data(fd_, entry);
  if (!data) return tl::unexpected(data.error());
  auto packed = read_at(fd_, *data, entry.packed);
  if (!packed) return packed;
  auto out = entry.method == 0 ? std::move(packed) : unpack_deflated(entry, *packed);
  if (!out) return out;
  if (libdeflate_crc32(0, out->data(), out->size()) != entry.crc)
    return refuse_entry(entry, "does not have its checksum");
  return out;
}

}  // namespace train::zip
