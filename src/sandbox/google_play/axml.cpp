#include "google_play/axml.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace train::sandbox::play {
namespace {

constexpr std::uint64_t k_xml_chunk = 0x0003;
constexpr std::uint64_t k_pool_chunk = 0x0001;
constexpr std::uint64_t k_element_chunk = 0x0102;
constexpr std::uint64_t k_utf8_flag = 0x100;
constexpr std::uint64_t k_type_decimal = 0x10;
constexpr std::uint64_t k_type_hexadecimal = 0x11;
constexpr std::size_t k_string_limit = 10000;

// Zero beyond the end: a cut file reads as one with nothing in it.
std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

// Latin letters are all that a package, a version and these names are made of.
std::string string_at(std::string_view pool, std::size_t at, bool utf8) {
  if (at >= pool.size()) return {};
  if (utf8) return std::string(pool.substr(std::min(at + 2, pool.size()), number_at(pool, at + 1, 1)));
  std::string text;
  const std::uint64_t length = number_at(pool, at, 2);
  for (std::uint64_t i = 0; i < length && at + 2 + 2 * i < pool.size(); ++i) {
    text += static_cast<char>(number_at(pool, at + 2 + 2 * i, 1));
  }
  return text;
}

std::vector<std::string> read_pool(std::string_view pool) {
  std::vector<std::string> strings;
  const std::uint64_t count = number_at(pool, 8, 4);
  const bool utf8 = (number_at(pool, 16, 4) & k_utf8_flag) != 0;
  const std::uint64_t start = number_at(pool, 20, 4);
  for (std::uint64_t i = 0; i < count && i < k_string_limit; ++i) {
    strings.push_back(string_at(pool, start + number_at(pool, 28 + 4 * i, 4), utf8));
  }
  return strings;
}

std::string pooled(const std::vector<std::string>& strings, std::uint64_t index) {
  return index < strings.size() ? strings[index] : std::string();
}

std::map<std::string, std::string> read_attributes(std::string_view element, const std::vector<std::string>& strings) {
  std::map<std::string, std::string> all;
  const std::uint64_t start = 16 + number_at(element, 24, 2);
  const std::uint64_t size = number_at(element, 26, 2);
  const std::uint64_t count = number_at(element, 28, 2);
  for (std::uint64_t i = 0; i < count && start + (i + 1) * size <= element.size(); ++i) {
    const std::size_t at = start + i * size;
    const std::uint64_t type = number_at(element, at + 15, 1);
    const std::uint64_t data = number_at(element, at + 16, 4);
    const bool number = type == k_type_decimal || type == k_type_hexadecimal;
    all[pooled(strings, number_at(element, at + 4, 4))] = number ? std::to_string(data) : pooled(strings, data);
  }
  return all;
}

}  // namespace

std::optional<std::map<std::string, std::string>> read_axml_manifest(std::string_view bytes) {
  if (number_at(bytes, 0, 2) != k_xml_chunk) return std::nullopt;
  std::vector<std::string> strings;
  for (std::size_t at = number_at(bytes, 2, 2); at + 8 <= bytes.size();) {
    const std::uint64_t type = number_at(bytes, at, 2);
    const std::uint64_t size = number_at(bytes, at + 4, 4);
    if (size < 8 || size > bytes.size() - at) return std::nullopt;
    const std::string_view chunk = bytes.substr(at, size);
    if (type == k_pool_chunk) strings = read_pool(chunk);
    if (type == k_element_chunk) {
      if (pooled(strings, number_at(chunk, 20, 4)) != "manifest") return std::nullopt;
      return read_attributes(chunk, strings);
    }
    at += size;
  }
  return std::nullopt;
}

}  // namespace train::sandbox::play
