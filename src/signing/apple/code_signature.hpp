// The blobs that sign one image, in their slots: directories, requirements, entitlements, the CMS.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apple/code_directory.hpp"
#include "train/base/error.hpp"

namespace train::signing {

inline constexpr std::uint32_t k_slot_directory = 0;
inline constexpr std::uint32_t k_slot_alternate = 0x1000;  // and the four behind it
inline constexpr std::uint32_t k_slot_cms = 0x10000;

struct SignatureBlob {
  std::uint32_t slot = 0;
  std::string bytes;  // with its own magic and length
};

struct CodeSignature {
  std::vector<SignatureBlob> blobs;  // in the order of their index

  const SignatureBlob* find(std::uint32_t slot) const;
  SignatureBlob* find(std::uint32_t slot);
  void set(std::uint32_t slot, std::string bytes);  // replaced in its place, or added behind the lower slots
  // The DER of the CMS, empty when it is not signed by anybody.
  std::string_view cms() const;
  // The entitlements' property list, empty when there is none.
  std::string_view entitlements() const;
};

bool is_directory_slot(std::uint32_t slot);

struct ParsedDirectory {
  std::uint32_t slot = 0;
  CodeDirectory fields;
};

// refused when blobs overlap their frame or each other's slots, or there is no CodeDirectory.
Result<CodeSignature> read_code_signature(std::string_view room);
Result<std::vector<ParsedDirectory>> read_directories(const CodeSignature& signature);  // slot order
std::string write_code_signature(const CodeSignature& signature);

// A blob of `magic` around `content`.
std::string make_blob(std::uint32_t magic, std::string_view content);
inline constexpr std::uint32_t k_magic_entitlements = 0xfade7171;
inline constexpr std::uint32_t k_magic_entitlements_der = 0xfade7172;
inline constexpr std::uint32_t k_magic_cms = 0xfade0b01;

// What Xcode asks of whoever replaces this code: the same identifier, Apple's chain, a leaf of this common name.
std::string make_requirements(std::string_view identifier, std::string_view common_name);

}  // namespace train::signing
