// Numbers in the bytes of code and of its signature: Mach-O is little-endian, what signs it is big-endian. Every access
// is bounded; what lies outside is nothing, never a crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace train::signing {

class CodeBytes {
 public:
  explicit CodeBytes(std::string_view data) : data_(data) {}

  std::size_t size() const { return data_.size(); }

  std::optional<std::uint32_t> little32(std::size_t at) const { return number<std::uint32_t, false>(at); }
  std::optional<std::uint64_t> little64(std::size_t at) const { return number<std::uint64_t, false>(at); }
  std::optional<std::uint32_t> big32(std::size_t at) const { return number<std::uint32_t, true>(at); }
  std::optional<std::uint64_t> big64(std::size_t at) const { return number<std::uint64_t, true>(at); }
  std::optional<std::uint8_t> byte(std::size_t at) const { return number<std::uint8_t, true>(at); }

  std::optional<std::string_view> slice(std::size_t at, std::size_t length) const {
    if (at > data_.size() || length > data_.size() - at) return std::nullopt;
    return data_.substr(at, length);
  }
  // A text that ends with a zero byte, without it.
  std::optional<std::string_view> text(std::size_t at) const {
    if (at >= data_.size()) return std::nullopt;
    const std::size_t end = data_.find('\0', at);
    if (end == std::string_view::npos) return std::nullopt;
    return data_.substr(at, end - at);
  }

 private:
  template <typename T, bool Big>
  std::optional<T> number(std::size_t at) const {
    const auto part = slice(at, sizeof(T));
    if (!part) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value = value << 8 | static_cast<unsigned char>((*part)[Big ? i : sizeof(T) - 1 - i]);
    }
    return static_cast<T>(value);
  }

  std::string_view data_;
};

enum class ByteOrder { little, big };

// Overwrites `width` bytes at `at`, which must be there.
inline void put_number(std::string& out, std::size_t at, std::size_t width, std::uint64_t value, ByteOrder order) {
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t place = order == ByteOrder::little ? i : width - 1 - i;
    out[at + place] = static_cast<char>(value >> (8 * i) & 0xff);
  }
}

inline void append_big32(std::string& out, std::uint64_t value) {
  out.resize(out.size() + 4);
  put_number(out, out.size() - 4, 4, value, ByteOrder::big);
}
inline void append_big64(std::string& out, std::uint64_t value) {
  out.resize(out.size() + 8);
  put_number(out, out.size() - 8, 8, value, ByteOrder::big);
}

// The next multiple of `step`, a power of two.
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t step) { return (value + step - 1) & ~(step - 1); }

}  // namespace train::signing
