// A tiny zip writer for tests: honest by default, and every field may be made to lie.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace train::archives {

struct Entry {
  std::string name;
  std::string data;  // as it lies in the file
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::uint16_t local_flags = 0;
  std::optional<std::uint32_t> crc;             // else that of `data`
  std::optional<std::uint32_t> local_crc;       // else the directory's
  std::optional<std::uint32_t> packed;          // else data.size()
  std::optional<std::uint32_t> unpacked;        // else data.size()
  std::optional<std::uint32_t> local_packed;    // else the directory's
  std::optional<std::uint32_t> local_unpacked;  // else the directory's
  std::optional<std::string> local_name;
  std::optional<std::uint16_t> local_method;
  std::optional<std::uint32_t> offset;
  std::uint32_t attributes = 0;
  std::string extra;
  std::string local_extra;
};

struct End {
  std::optional<std::uint16_t> entries;
  std::optional<std::uint16_t> entries_here;
  std::optional<std::uint32_t> size;
  std::optional<std::uint32_t> offset;
  std::uint16_t disk = 0;
  std::string comment;
  std::optional<std::uint16_t> comment_size;
  std::string before;  // between the directory and the end record: zip64 records
};

std::string le16(std::uint16_t value);
std::string le32(std::uint32_t value);
std::string le64(std::uint64_t value);

std::string zip_of(const std::vector<Entry>& entries, const End& end = {});
// Deflated, with true sizes and checksum.
Entry deflated(const std::string& name, const std::string& data);
// The zip64 end record and its locator, for a directory at `offset`.
std::string end64(std::uint64_t entries, std::uint64_t size, std::uint64_t offset, std::uint64_t record_offset);

void write_file(const std::filesystem::path& path, const std::string& bytes);

// Manifests of com.example.train 9.0.0 (41), or what is told.
struct Says {
  std::string id = "com.example.train";
  std::string version = "9.0.0";
  std::string build = "41";
};
std::string proto_manifest(const Says& says = {});
std::string binary_manifest(const Says& says = {}, bool utf8 = false);
std::string xml_plist(const Says& says = {});
std::string binary_plist(const Says& says = {});

}  // namespace train::archives
