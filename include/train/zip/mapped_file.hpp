// A file's bytes, mapped read-only: they live in the page cache and are never copied. Whoever cuts the file short while
// it is mapped ends this process; archives are written once, so nobody does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "train/base/error.hpp"

namespace train::zip {

class MappedFile {
 public:
  // not_found when there is none, refused when it is not a regular file, storage when it cannot be read.
  static Result<MappedFile> open(const std::filesystem::path& path);
  // The first `length` bytes of an open file, which stays the caller's.
  static Result<MappedFile> map(int fd, std::size_t length);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }
  int descriptor() const { return fd_; }

  // Whether `path` leads to this very file, by whatever name: also a hard link or a symbolic one.
  bool is(const std::filesystem::path& path) const;

 private:
  MappedFile() = default;

  int fd_ = -1;  // -1: not ours to close
  void* data_ = nullptr;
  std::size_t size_ = 0;
  std::uint64_t device_ = 0;  // these two name the file, whatever its path
  std::uint64_t inode_ = 0;
};

}  // namespace train::zip
