// A zip file's directory, and the few entries somebody asks for. Nothing is ever extracted to disk. What a hostile file
// could lie about is checked against the bytes: counts, sizes, ratios, names, overlaps, the two headers of an entry.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "train/zip/directory.hpp"

namespace train::zip {

class Reader {
 public:
  // Reads and checks the directory. not_found when there is no such file; refused, saying what is wrong, when it is not
  // a zip file or one that breaks a bound; storage when it cannot be read.
  static Result<Reader> open(const std::filesystem::path& file);
  Reader(Reader&& other) noexcept;
  Reader& operator=(Reader&&) = delete;
  ~Reader();

  const std::vector<ZipEntry>& entries() const { return entries_; }
  const ZipEntry* find(std::string_view name) const;

  // The entry unpacked, its checksum verified.
  Result<std::string> read(const ZipEntry& entry) const;

 private:
  Reader(int fd, std::vector<ZipEntry> entries) : fd_(fd), entries_(std::move(entries)) {}

  int fd_ = -1;
  std::vector<ZipEntry> entries_;  // by name
};

}  // namespace train::zip
