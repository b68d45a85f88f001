#include "train/archives/string_pool.hpp"

namespace train::archives {
namespace {

constexpr std::uint32_t k_utf8 = 0x100;

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    // Half a surrogate pair is left as it is: no version or package holds one, and `printable` shows it.
    out += static_cast<char>(0xe0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  }
}

std::optional<std::size_t> utf8_length(const zip::Bytes& bytes, std::size_t& at) {
  const auto first = bytes.u8(at++);
  if (!first) return std::nullopt;
  if (*first < 0x80) return *first;
  const auto second = bytes.u8(at++);
  if (!second) return std::nullopt;
  return (*first & 0x7fu) << 8 | *second;
}

std::optional<std::string> utf8_at(const zip::Bytes& bytes, std::size_t at) {
  if (!utf8_length(bytes, at)) return std::nullopt;  // characters; the bytes follow
  const auto length = utf8_length(bytes, at);
  if (!length) return std::nullopt;
  const auto text = bytes.slice(at, *length);
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<std::string> utf16_at(const zip::Bytes& bytes, std::size_t at) {
  const auto first = bytes.u16(at);
  if (!first) return std::nullopt;
  std::size_t length = *first;
  at += 2;
  if (length >= 0x8000) {
    const auto second = bytes.u16(at);
    if (!second) return std::nullopt;
    length = (length & 0x7fff) << 16 | *second;
    at += 2;
  }
  if (length > bytes.size() / 2) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < length; ++i, at += 2) {
    const auto unit = bytes.u16(at);
    if (!unit) return std::nullopt;
    append_utf8(out, *unit);
  }
  return out;
}

}  // namespace

Result<StringPool> StringPool::read(std::string_view chunk) {
  const zip::Bytes bytes(chunk);
  const auto count = bytes.u32(8);
  const auto flags = bytes.u32(16);
  const auto start = bytes.u32(20);
  if (!count || !flags || !start || *count > chunk.size() / 4) {
    return fail(ErrorKind::refused, "its manifest is not binary XML, or it is damaged");
  }
  StringPool pool;
  pool.chunk_ = chunk;
  pool.count_ = *count;
  pool.utf8_ = (*flags & k_utf8) != 0;
  pool.start_ = *start;
  return pool;
}

std::optional<std::string> StringPool::at(std::uint32_t index) const {
  const zip::Bytes bytes(chunk_);
  if (index >= count_) return std::nullopt;
  const auto offset = bytes.u32(28 + std::size_t{4} * index);
  if (!offset) return std::nullopt;
  const std::size_t begin = std::size_t{start_} + *offset;
  return utf8_ ? utf8_at(bytes, begin) : utf16_at(bytes, begin);
}

}  // namespace train::archives
