// The file behind a PackageWriter.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "train/zip/package_writer.hpp"

namespace train::zip {

class PackageWriter::File {
 public:
  static Result<std::unique_ptr<File>> create(const std::filesystem::path& out);
  File(std::filesystem::path out, std::filesystem::path temporary, int fd)
      : out_(std::move(out)), temporary_(std::move(temporary)), fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  std::uint64_t size() const { return written_ + pending_.size(); }
  Result<Done> append(std::string_view bytes);
  // `length` bytes of `source` from `offset` on: moved by the kernel where it can.
  Result<Done> append_from(const MappedFile& source, std::uint64_t offset, std::uint64_t length);
  Result<MappedFile> map();
  // fsync, rename, fsync of the directory.
  Result<Done> commit();

 private:
  Result<Done> flush();
  Result<Done> write(std::string_view bytes);
  tl::unexpected<Error> cannot(const char* what) const;

  std::filesystem::path out_;
  std::filesystem::path temporary_;  // empty once it has its name
  int fd_;
  std::uint64_t written_ = 0;
  std::string pending_;  // headers and small entries, written together
};

}  // namespace train::zip
