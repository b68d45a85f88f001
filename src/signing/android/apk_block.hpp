// The APK Signing Block, which lies between the last entry and the directory:
//   u64 size | {u64 length, u32 id, value}* | u64 size | "APK Sig Block 42"; the size leaves out its first 8 bytes.
// Within values LP(x) is a u32 length and x; a sequence is LP(LP(a) LP(b) …).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/zip/package.hpp"

namespace train::signing {

inline constexpr std::uint32_t k_block_v2 = 0x7109871a;
inline constexpr std::uint32_t k_block_v3 = 0xf05368c0;
inline constexpr std::uint32_t k_block_v31 = 0x1b93ad61;
inline constexpr std::uint32_t k_block_padding = 0x42726577;
inline constexpr std::uint32_t k_block_dependencies = 0x504b4453;  // what Google Play knows of the libraries within
inline constexpr std::uint32_t k_block_stamp = 0x6dff800d;         // where the file came from: seals the old signature

inline constexpr std::uint64_t k_block_alignment = 4096;

struct ApkPair {
  std::uint32_t id = 0;
  std::string_view value;  // looks into the package
};

struct ApkBlock {
  std::uint64_t begin = 0;  // where it begins in the file
  std::vector<ApkPair> pairs;

  const ApkPair* find(std::uint32_t id) const;  // nullptr: there is none
};

// nullopt: the package has no block. refused when it is damaged.
Result<std::optional<ApkBlock>> read_apk_block(const zip::Package& package);

struct NewApkPair {
  std::uint32_t id = 0;
  std::string value;
};
// Padded so that its size is a multiple of k_block_alignment.
std::string write_apk_block(const std::vector<NewApkPair>& pairs);

// LP(x).
std::string with_length(std::string_view bytes);

// Parts that begin with their length.
class LengthPrefixed {
 public:
  explicit LengthPrefixed(std::string_view bytes) : rest_(bytes) {}
  bool more() const { return !rest_.empty(); }
  std::string_view rest() const { return rest_; }
  // nullopt: the length leads outside.
  std::optional<std::string_view> next();
  std::optional<std::uint32_t> number();  // a plain u32

 private:
  std::string_view rest_;
};

}  // namespace train::signing
