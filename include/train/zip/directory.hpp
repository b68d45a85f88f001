// Where a zip file's directory is, what it says, and whether an entry's own header says the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"

namespace train::zip {

inline constexpr std::uint64_t k_entries_max = 200'000;
inline constexpr std::uint64_t k_entry_bytes_max = 32u << 20;  // of one entry that is read, unpacked
inline constexpr std::uint64_t k_ratio_max = 1'100;            // unpacked to packed; deflate cannot exceed 1,032
inline constexpr std::size_t k_name_bytes_max = 4'096;
inline constexpr std::uint64_t k_directory_bytes_max = 64u << 20;

inline constexpr std::uint16_t k_sizes_follow = 1 << 3;  // a flag: sizes and checksum stand behind the data

struct ZipEntry {
  std::string name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;  // 0 stored, 8 deflated
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;    // bytes
  std::uint64_t unpacked = 0;  // bytes
  std::uint64_t offset = 0;    // of its local header
  std::uint64_t limit = 0;     // where the next entry, or the directory, begins
  std::uint64_t record = 0;    // where its line begins in the directory
  bool symlink = false;
};

// The last bytes of the file hold the end record: at most 64 KiB of comment behind it, the zip64 records before it.
inline constexpr std::uint64_t k_end_bytes = 22 + 65'535 + 20 + 56;

struct DirectoryPlace {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t entries = 0;
  bool zip64 = false;  // it has a zip64 end record
};

// `tail`: the file's last bytes, k_end_bytes of them or all.
Result<DirectoryPlace> find_directory(std::string_view tail, std::uint64_t file_size);

// Every entry, checked by itself and against the others; sorted by name.
Result<std::vector<ZipEntry>> read_directory(std::string_view directory, const DirectoryPlace& place);

// `local`: the bytes from the entry's own header on, at least k_local_bytes_max of them or up to the entry's limit. The
// offset within them at which its data begins; refused when the header says something else than the directory, or the
// data reach into the next entry.
inline constexpr std::size_t k_local_bytes_max = 30 + 2 * 65'535;
Result<std::size_t> check_local_header(std::string_view local, const ZipEntry& entry);

// An entry's sizes and offset where they stand in a zip64 extra field. False when the field lies.
bool apply_zip64(std::string_view extra, ZipEntry& entry);

}  // namespace train::zip
