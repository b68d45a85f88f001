// Writes the rebuilt archive: beside the output under another name until it is whole, then by rename. Entries that stay
// the same are copied as they lie, without unpacking; the same input gives the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "train/zip/package.hpp"
#include "train/zip/records.hpp"

namespace train::zip {

enum class Zip64 { allowed, refused };

struct PutOptions {
  bool deflated = true;  // when that makes it smaller, which needs memory of the size of its bytes; else stored
  std::uint64_t alignment = 1;
  std::uint32_t mode = 0100644;        // Unix; 0: none is written
  const PackageEntry* like = nullptr;  // the entry it replaces: keeps its attributes, date, extra fields and comment
};

class PackageWriter {
 public:
  // refused when `out` is the source itself, by whatever name, or a directory; storage when it cannot be created.
  static Result<PackageWriter> create(const Package& source, const std::filesystem::path& out, Zip64 zip64);
  PackageWriter(PackageWriter&&) noexcept;
  PackageWriter& operator=(PackageWriter&&) = delete;
  ~PackageWriter();  // removes what is not finished

  // An entry of the source, its packed bytes unchanged, whatever its method. Sizes stand in the header from now on.
  Result<Done> copy(const PackageEntry& entry, std::uint64_t alignment = 1);
  // A new or changed one. Without `like` it gets the mode and a fixed date.
  Result<Done> put(std::string_view name, std::string_view bytes, const PutOptions& options = {});

  // Where the next bytes will be written: behind the last entry.
  std::uint64_t offset() const;
  // What stands between the entries and the directory (Android's signing block).
  Result<Done> insert(std::string_view bytes);
  // All that was written so far, to be read back; valid while the writer lives.
  Result<MappedFile> written();
  const std::string& directory() const;
  // The record behind the directory, were it to begin at `directory_offset`.
  std::string end(std::uint64_t directory_offset) const;

  // Directory and end record, made durable, renamed to `out`. refused for zip64 where that is not allowed.
  Result<Done> finish();

 private:
  class File;
  PackageWriter(const Package& source, std::unique_ptr<File> file, Zip64 zip64);
  Result<Done> add(const ZipRecord& record, std::string_view local_extra, std::uint64_t alignment);

  const Package* source_;  // must stay where it is while this writes
  std::unique_ptr<File> file_;
  Zip64 zip64_;
  std::string directory_;
  std::uint64_t entries_ = 0;
};

}  // namespace train::zip
