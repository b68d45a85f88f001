// An .aab, .apk or .ipa that is to be rebuilt: its entries in the directory's order, each as it lies in the file and
// unpacked. Nothing is extracted to disk, and what is unpacked never needs more than a few MiB at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/zip/mapped_file.hpp"

namespace train::zip {

// The views look into the package's file: an entry lives no longer than its package.
struct PackageEntry {
  std::string_view name;
  std::uint16_t made_by = 0;  // the system and version that wrote it
  std::uint16_t flags = 0;
  std::uint16_t method = 0;  // 0 stored, 8 deflated; others can be copied, not unpacked
  std::uint16_t time = 0;    // as MS-DOS writes them
  std::uint16_t date = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;    // bytes
  std::uint64_t unpacked = 0;  // bytes
  std::uint64_t data = 0;      // where its packed bytes begin in the file
  std::uint16_t internal_attributes = 0;
  std::uint32_t external_attributes = 0;  // the upper half is a Unix mode when made_by says Unix
  std::string_view local_extra;
  std::string_view extra;  // the directory's
  std::string_view comment;
  bool symlink = false;

  bool directory() const { return name.ends_with('/'); }
};

class Package {
 public:
  // Reads and checks the directory and every entry's own header. refused, naming what is wrong, for what breaks a bound
  // of archives (docs/archives.md): duplicates, overlaps, names that lead out, ratios, damage.
  static Result<Package> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::string_view bytes() const { return file_.bytes(); }
  const MappedFile& file() const { return file_; }
  std::uint64_t directory_offset() const { return directory_offset_; }
  std::string_view directory() const { return bytes().substr(directory_offset_, directory_size_); }
  // All that stands behind the directory: the end record and its comment.
  std::string_view end() const { return bytes().substr(directory_offset_ + directory_size_); }
  bool zip64() const { return zip64_; }

  const std::vector<PackageEntry>& entries() const { return entries_; }
  const PackageEntry* find(std::string_view name) const;  // nullptr: there is none

  // As it lies in the file.
  std::string_view raw(const PackageEntry& entry) const { return bytes().substr(entry.data, entry.packed); }
  // Unpacked, its checksum verified. refused when it is larger than `limit` bytes, damaged, or a link.
  Result<std::string> unpack(const PackageEntry& entry, std::uint64_t limit = k_unpack_bytes_max) const;
  // The same in parts, in order, with bounded memory whatever its size; the checksum is known at the end. refused when
  // damaged: the parts seen before are then worth nothing. May be called from several threads.
  using Visitor = std::function<void(std::string_view)>;
  Result<Done> visit(const PackageEntry& entry, const Visitor& visitor) const;

  // The first bytes, at most `length` of them, unpacked; unchecked. Empty when they cannot be unpacked.
  std::string peek(const PackageEntry& entry, std::size_t length) const;

  // "Cannot rebuild FILE: WHY", refused.
  tl::unexpected<Error> refuse(std::string_view why) const;
  // The same about one entry: `why` follows its name.
  tl::unexpected<Error> refuse(const PackageEntry& entry, std::string_view why) const;

  static constexpr std::uint64_t k_unpack_bytes_max = 32u << 20;

 private:
  Package(std::filesystem::path path, MappedFile file) : path_(std::move(path)), file_(std::move(file)) {}
  Result<Done> read_entries();

  std::filesystem::path path_;
  MappedFile file_;
  std::uint64_t directory_offset_ = 0;
  std::uint64_t directory_size_ = 0;
  bool zip64_ = false;
  std::vector<PackageEntry> entries_;
  std::vector<std::uint32_t> by_name_;  // indices into entries_
};

}  // namespace train::zip
