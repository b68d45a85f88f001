// A zip file's directory, and the few entries somebody asks for. Nothing is ever extracted to disk. What a hostile file
// could lie about is checked against the bytes: counts, sizes, ratios, names, overlaps, the two headers of an entry.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"

namespace train::archives {

inline constexpr std::uint64_t k_entries_max = 200'000;
inline constexpr std::uint64_t k_entry_bytes_max = 32u << 20;  // of one entry that is read, unpacked
inline constexpr std::uint64_t k_ratio_max = 1'100;            // unpacked to packed; deflate cannot exceed 1,032
inline constexpr std::size_t k_name_bytes_max = 4'096;
inline constexpr std::uint64_t k_directory_bytes_max = 64u << 20;

struct ZipEntry {
  std::string name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;  // 0 stored, 8 deflated
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;    // bytes
  std::uint64_t unpacked = 0;  // bytes
  std::uint64_t offset = 0;    // of its local header
  std::uint64_t limit = 0;     // where the next entry, or the directory, begins
  bool symlink = false;
};

class Zip {
 public:
  // Reads and checks the directory. not_found when there is no such file; refused, saying what is wrong, when it is not
  // a zip file or one that breaks a bound; storage when it cannot be read.
  static Result<Zip> open(const std::filesystem::path& file);
  Zip(Zip&& other) noexcept;
  Zip& operator=(Zip&&) = delete;
  ~Zip();

  const std::vector<ZipEntry>& entries() const { return entries_; }
  const ZipEntry* find(std::string_view name) const;

  // The entry unpacked, its checksum verified.
  Result<std::string> read(const ZipEntry& entry) const;

 private:
  Zip(int fd, std::vector<ZipEntry> entries) : fd_(fd), entries_(std::move(entries)) {}

  int fd_ = -1;
  std::vector<ZipEntry> entries_;  // by name
};

}  // namespace train::archives
