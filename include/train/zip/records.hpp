// What a zip file writes around its entries' data: the header before each, its line in the directory, the end record.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "train/base/error.hpp"

namespace train::zip {

// Little-endian numbers, as zip and Android write them.
void put_u16(std::string& out, std::uint64_t value);
void put_u32(std::string& out, std::uint64_t value);
void put_u64(std::string& out, std::uint64_t value);

struct ZipRecord {
  std::string_view name;
  std::uint16_t made_by = 0;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint16_t time = 0;
  std::uint16_t date = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;
  std::uint64_t unpacked = 0;
  std::uint16_t internal_attributes = 0;
  std::uint32_t external_attributes = 0;
  std::string_view extra;  // the directory's; a zip64 field in it is dropped and made anew where it is needed
  std::string_view comment;

  bool wide() const { return packed >= 0xffffffff || unpacked >= 0xffffffff; }
};

// The extra fields without those a new archive makes itself: zip64 sizes, alignment, zeros behind the fields.
std::string kept_extra(std::string_view extra);

// The header for an entry whose header begins at `offset`, so that its data begin at a multiple of `alignment` (1: no
// matter). refused when its extra fields leave no room.
Result<std::string> local_header(const ZipRecord& record, std::string_view local_extra, std::uint64_t offset,
                                 std::uint64_t alignment);

void put_directory_line(std::string& directory, const ZipRecord& record, std::uint64_t offset);

struct DirectoryEnd {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;    // of the directory, in bytes
  std::uint64_t offset = 0;  // where it begins

  bool wide() const { return entries >= 0xffff || size >= 0xffffffff || offset >= 0xffffffff; }
};
// With a zip64 record before it where the numbers need one.
std::string end_record(const DirectoryEnd& end);

}  // namespace train::zip
