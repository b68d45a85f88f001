// Reading numbers out of bytes that may lie: every access is bounded, the first one outside spoils the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace train::zip {

class Bytes {
 public:
  explicit Bytes(std::string_view data) : data_(data) {}

  std::size_t size() const { return data_.size(); }

  // Little-endian, as zip and Android write.
  std::optional<std::uint16_t> u16(std::size_t at) const { return narrow<std::uint16_t>(little(at, 2)); }
  std::optional<std::uint32_t> u32(std::size_t at) const { return narrow<std::uint32_t>(little(at, 4)); }
  std::optional<std::uint64_t> u64(std::size_t at) const { return little(at, 8); }
  std::optional<std::uint8_t> u8(std::size_t at) const { return narrow<std::uint8_t>(little(at, 1)); }

  // Big-endian of `width` 1..8 bytes, as property lists write.
  std::optional<std::uint64_t> big(std::size_t at, std::size_t width) const {
    const auto part = slice(at, width);
    if (!part || width == 0 || width > 8) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : *part) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }

  std::optional<std::string_view> slice(std::size_t at, std::size_t length) const {
    if (at > data_.size() || length > data_.size() - at) return std::nullopt;
    return data_.substr(at, length);
  }

 private:
  std::optional<std::uint64_t> little(std::size_t at, std::size_t width) const {
    const auto part = slice(at, width);
    if (!part) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = width; i > 0; --i) value = value << 8 | static_cast<unsigned char>((*part)[i - 1]);
    return value;
  }
  template <typename T>
  static std::optional<T> narrow(std::optional<std::uint64_t> value) {
    if (!value) return std::nullopt;
    return static_cast<T>(*value);
  }

  std::string_view data_;
};

}  // namespace train::zip
