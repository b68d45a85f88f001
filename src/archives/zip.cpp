#include "zip.hpp"

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

#include "bytes.hpp"
#include "train/base/text.hpp"
#include "zip_directory.hpp"

namespace train::archives {
namespace {

constexpr std::uint32_t k_local_mark = 0x04034b50;
constexpr std::size_t k_local_size = 30;
constexpr std::uint16_t k_sizes_follow = 1 << 3;
constexpr std::uint16_t k_encrypted = 1;

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

// What must be the same in the entry's own header. Returns where its data begins.
Result<std::uint64_t> check_local(int fd, const ZipEntry& entry) {
  const auto header = read_at(fd, entry.offset, k_local_size + entry.name.size());
  if (!header) return tl::unexpected(header.error());
  const Bytes local(*header);
  const auto flags = *local.u16(6);
  const bool same = local.u32(0) == k_local_mark && (flags & k_encrypted) == 0 && local.u16(8) == entry.method &&
                    *local.u16(26) == entry.name.size() &&
                    header->compare(k_local_size, std::string::npos, entry.name) == 0;
  if (!same) return refuse_entry(entry, "has two headers that differ");
  const std::size_t extra_size = *local.u16(28);
  const auto extra = read_at(fd, entry.offset + k_local_size + entry.name.size(), extra_size);
  if (!extra) return tl::unexpected(extra.error());
  ZipEntry own;
  own.packed = *local.u32(18);
  own.unpacked = *local.u32(22);
  if (!apply_zip64(*extra, own)) return refuse_entry(entry, "has damaged zip64 sizes");
  const bool may_be_zero = (flags & k_sizes_follow) != 0;
  const auto agrees = [may_be_zero](std::uint64_t here, std::uint64_t there) {
    return here == there || (may_be_zero && here == 0);
  };
  const bool sizes_agree =
      agrees(*local.u32(14), entry.crc) && agrees(own.packed, entry.packed) && agrees(own.unpacked, entry.unpacked);
  if (!sizes_agree) return refuse_entry(entry, "has two headers that differ");
  const std::uint64_t data = entry.offset + k_local_size + entry.name.size() + extra_size;
  if (data + entry.packed > entry.limit) return refuse_entry(entry, "overlaps another");
  return data;
}

Result<std::string> inflate(const ZipEntry& entry, const std::string& packed) {
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

Result<Zip> Zip::open(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const auto kind = errno == ENOENT || errno == ENOTDIR ? ErrorKind::not_found : ErrorKind::storage;
    return fail(kind, "cannot open it: " + std::generic_category().message(errno));
  }
  Zip zip(fd, {});
  auto entries = entries_of(fd);
  if (!entries) return tl::unexpected(entries.error());
  zip.entries_ = std::move(*entries);
  return zip;
}

Zip::Zip(Zip&& other) noexcept : fd_(std::exchange(other.fd_, -1)), entries_(std::move(other.entries_)) {}

Zip::~Zip() {
  if (fd_ >= 0) ::close(fd_);
}

const ZipEntry* Zip::find(std::string_view name) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const ZipEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != entries_.end() && found->name == name ? &*found : nullptr;
}

Result<std::string> Zip::read(const ZipEntry& entry) const {
  if (entry.symlink) return refuse_entry(entry, "is a link");
  if (entry.unpacked > k_entry_bytes_max) return refuse_entry(entry, "is larger than 32 MiB");
  if (entry.packed > k_entry_bytes_max + (1 << 20)) return refuse_entry(entry, "is larger than 32 MiB");
  if (entry.method != 0 && entry.method != 8) {
    return refuse_entry(entry, fmt::format("is packed by method {}; stored and deflated are understood", entry.method));
  }
  const auto data = check_local(fd_, entry);
  if (!data) return tl::unexpected(data.error());
  auto packed = read_at(fd_, *data, entry.packed);
  if (!packed) return packed;
  auto out = entry.method == 0 ? std::move(packed) : inflate(entry, *packed);
  if (!out) return out;
  if (libdeflate_crc32(0, out->data(), out->size()) != entry.crc)
    return refuse_entry(entry, "does not have its checksum");
  return out;
}

}  // namespace train::archives
