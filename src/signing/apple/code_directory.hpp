// A CodeDirectory: the hashes of an image's pages and of what belongs to it, under a name. It is what gets signed.
//
//   u32 magic, length, version, flags, hashOffset, identOffset, nSpecial, nCode, codeLimit; u8 hashSize, hashType,
//   platform, log2 of the page; u32 spare | from 0x20100 u32 scatter | 0x20200 u32 teamOffset | 0x20300 u32 spare,
//   u64 codeLimit | 0x20400 u64 execSegBase, execSegLimit, execSegFlags
// Big-endian. Special hash -k stands at hashOffset - k * hashSize, the pages' from hashOffset on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apple/code_hash.hpp"
#include "apple/macho.hpp"
#include "train/base/error.hpp"

namespace train::signing {

inline constexpr std::uint32_t k_directory_mark = 0xfade0c02;
inline constexpr std::uint32_t k_flag_adhoc = 0x2;

// Which special hash is whose. The numbers are the slots of a signature too.
enum class SpecialSlot : std::uint32_t {
  info_plist = 1,
  requirements = 2,
  resources = 3,
  entitlements = 5,
  entitlements_der = 7,
};

struct CodeDirectory {
  std::uint32_t version = 0;
  std::uint32_t flags = 0;
  std::uint32_t hash_offset = 0;
  std::uint32_t special_count = 0;
  std::uint32_t page_count = 0;
  std::uint64_t limit = 0;  // bytes of the image that the pages cover
  HashKind hash = HashKind::sha256;
  std::uint32_t page_bits = 12;
  std::string identifier;
  std::string team;  // empty when it names none
};

// refused when a field lies outside the blob, or it uses what no iOS app has (scatter, other hashes).
Result<CodeDirectory> read_code_directory(std::string_view blob);

// The first page of `image` whose hash differs; nullopt when all are as they were signed.
std::optional<std::size_t> first_bad_page(const CodeDirectory& directory, std::string_view blob,
                                          std::string_view image);

// Hash -k, all of its bytes; nullopt when the directory ends before it. Zeros mean that there is nothing to hash.
std::optional<std::string_view> special_hash(const CodeDirectory& directory, std::string_view blob, std::uint32_t k);
// Overwrites hash -k, which must be there; `content` absent makes it zeros.
void set_special_hash(const CodeDirectory& directory, std::string& blob, std::uint32_t k,
                      std::optional<std::string_view> content);

// Hashes the pages anew that touch [0, end), or all of them.
void rehash_pages(const CodeDirectory& directory, std::string& blob, std::string_view image, std::uint64_t end);

struct NewDirectory {
  HashKind hash = HashKind::sha256;
  std::string identifier;
  std::string team;
  std::uint64_t exec_flags = 0;
  std::uint32_t special_count = 0;
};
// One for an image whose room is reserved: pages of 4 KiB, special hashes zero, page hashes made by rehash_pages.
std::string make_code_directory(const NewDirectory& wanted, const MachoImage& image);

}  // namespace train::signing
