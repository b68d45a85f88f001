// Where a zip file's directory is, and what it says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zip.hpp"

namespace train::archives {

// The last bytes of the file hold the end record: at most 64 KiB of comment behind it, the zip64 records before it.
inline constexpr std::uint64_t k_end_bytes = 22 + 65'535 + 20 + 56;

struct DirectoryPlace {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t entries = 0;
};

// `tail`: the file's last bytes, k_end_bytes of them or all.
Result<DirectoryPlace> find_directory(std::string_view tail, std::uint64_t file_size);

// Every entry, checked by itself and against the others; sorted by name.
Result<std::vector<ZipEntry>> read_directory(std::string_view directory, const DirectoryPlace& place);

// An entry's sizes and offset where they stand in a zip64 extra field. False when the field lies.
bool apply_zip64(std::string_view extra, ZipEntry& entry);

}  // namespace train::archives
