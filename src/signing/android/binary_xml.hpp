// The chunks of Android's binary XML up to an element's attributes: {u16 type, u16 header, u32 size} each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "train/archives/string_pool.hpp"
#include "train/base/error.hpp"

namespace train::signing {

struct BinaryAttribute {
  std::size_t at = 0;  // of its 20 bytes in the file: ns, name, raw value, u16 8, u8 0, u8 type, data
  std::uint32_t name = 0;
  std::uint32_t resource_id = 0;  // 0: none
  std::uint32_t raw = 0;
  std::uint8_t type = 0;
  std::uint32_t data = 0;
};

inline constexpr std::uint8_t k_type_reference = 0x01;
inline constexpr std::uint8_t k_type_string = 0x03;
inline constexpr std::uint8_t k_type_decimal = 0x10;
inline constexpr std::uint8_t k_type_hexadecimal = 0x11;
inline constexpr std::uint8_t k_type_boolean = 0x12;

struct BinaryElement {
  std::uint32_t depth = 0;  // 0 is the root
  std::uint32_t name = 0;   // a string's number
  std::vector<BinaryAttribute> attributes;
};

struct BinaryXml {
  std::size_t size = 0;  // what the file says of itself; bytes behind it are not XML
  std::size_t pool_at = 0;
  std::size_t pool_size = 0;
  archives::StringPool strings;
  std::vector<BinaryElement> elements;  // of depth 0 to 2, in their order
};

// `file` must outlive the result. refused, as a sentence's end, when a number in it leads outside.
Result<BinaryXml> read_binary_xml(std::string_view file);

}  // namespace train::signing
