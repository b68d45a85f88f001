// How large a property list becomes when it is read. A binary one may name an object many times, and libplist copies it
// each time: a few hundred bytes can stand for more than any memory holds.
#include <algorithm>
#include <optional>

#include "apple/code_bytes.hpp"
#include "apple/property_list.hpp"

namespace train::signing {
namespace {

constexpr std::size_t k_trailer_bytes = 32;
constexpr unsigned k_kind_data = 0x4;
constexpr unsigned k_kind_utf16 = 0x6;
constexpr unsigned k_kind_array = 0xa;
constexpr unsigned k_kind_set = 0xc;
constexpr unsigned k_kind_dictionary = 0xd;

class BinaryWalk {
 public:
  BinaryWalk(std::string_view bytes, std::uint64_t parts_max, std::uint64_t bytes_max)
      : bytes_(bytes), parts_left_(parts_max), bytes_left_(bytes_max) {}

  bool run(int depth_max) {
    if (bytes_.size() < 8 + k_trailer_bytes) return false;
    const std::size_t trailer = bytes_.size() - k_trailer_bytes;
    offset_width_ = *bytes_.byte(trailer + 6);
    number_width_ = *bytes_.byte(trailer + 7);
    count_ = *bytes_.big64(trailer + 8);
    table_ = *bytes_.big64(trailer + 24);
    const auto width = [](std::size_t value) { return value >= 1 && value <= 8; };
    if (!width(offset_width_) || !width(number_width_) || table_ > trailer) return false;
    if (count_ > (trailer - table_) / offset_width_) return false;
    return object(*bytes_.big64(trailer + 16), depth_max);
  }

 private:
  std::optional<std::uint64_t> number(std::uint64_t at, std::size_t width) const {
    const auto part = bytes_.slice(static_cast<std::size_t>(at), width);
    if (!part) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : *part) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }

  // An object's count, which stands in its marker or in a number behind it. `at` is moved behind it.
  std::optional<std::uint64_t> count_of(unsigned marker, std::uint64_t& at) const {
    if ((marker & 0xf) != 0xf) return marker & 0xf;
    const auto width_marker = bytes_.byte(static_cast<std::size_t>(at));
    if (!width_marker || *width_marker >> 4 != 1 || (*width_marker & 0xf) > 3) return std::nullopt;
    const std::size_t width = std::size_t{1} << (*width_marker & 0xf);
    const auto count = number(at + 1, width);
    at += 1 + width;
    return count;
  }

  bool children(std::uint64_t at, std::uint64_t count, int depth_left) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto child = number(at + i * number_width_, number_width_);
      if (!child || !object(*child, depth_left - 1)) return false;
    }
    return true;
  }

  // A text's bytes are counted as UTF-8 may need them.
  bool leaf(std::uint64_t at, unsigned kind, std::uint64_t count) {
    if (kind < k_kind_data || kind > k_kind_utf16 + 1) return true;
    const std::uint64_t stored = kind == k_kind_utf16 ? count * 2 : count;
    if (!bytes_.slice(static_cast<std::size_t>(at), static_cast<std::size_t>(stored))) return false;
    const std::uint64_t needed = kind == k_kind_utf16 ? count * 3 : count;
    if (needed > bytes_left_) return false;
    bytes_left_ -= needed;
    return true;
  }

  bool object(std::uint64_t index, int depth_left) {
    if (index >= count_ || depth_left <= 0 || parts_left_ == 0) return false;
    --parts_left_;
    const auto offset = number(table_ + index * offset_width_, offset_width_);
    if (!offset || *offset >= table_) return false;
    std::uint64_t at = *offset + 1;
    const unsigned marker = *bytes_.byte(static_cast<std::size_t>(*offset));
    const unsigned kind = marker >> 4;
    if (kind < k_kind_data || kind == 0x8) return true;
    const auto count = count_of(marker, at);
    if (!count || *count > bytes_.size()) return false;
    if (kind == k_kind_dictionary) return children(at, *count * 2, depth_left);
    if (kind == k_kind_array || kind == k_kind_set) return children(at, *count, depth_left);
    return leaf(at, kind, *count);
  }

  CodeBytes bytes_;
  std::uint64_t parts_left_;
  std::uint64_t bytes_left_;
  std::size_t offset_width_ = 0;
  std::size_t number_width_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t table_ = 0;
};

std::string_view end_of_hidden(std::string_view rest) {
  if (rest.starts_with("<!--")) return "-->";
  if (rest.starts_with("<![CDATA[")) return "]]>";
  return rest[1] == '?' ? "?>" : ">";
}

// Behind a comment, a CDATA section, a declaration or an instruction that begins at `at`; nothing when it does not end
// or hides a tag.
std::optional<std::size_t> skip_hidden(std::string_view text, std::size_t at, std::string_view end) {
  const std::size_t found = text.find(end, at);
  if (found == std::string_view::npos) return std::nullopt;
  // Two readers that disagree about where it ends must not disagree about the nesting.
  if (text.substr(at + 1, found - at - 1).find('<') != std::string_view::npos) return std::nullopt;
  return found + end.size();
}

}  // namespace

bool binary_plist_is_bounded(std::string_view bytes, std::uint64_t parts_max, std::uint64_t bytes_max, int depth_max) {
  return BinaryWalk(bytes, parts_max, bytes_max).run(depth_max);
}

bool xml_plist_is_bounded(std::string_view text, std::uint64_t parts_max, int depth_max) {
  std::uint64_t parts = 0;
  int depth = 0;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("<!") || rest.starts_with("<?")) {
      const auto behind = skip_hidden(text, at, end_of_hidden(rest));
      if (!behind) return false;
      at = *behind;
      continue;
    }
    const bool closes = rest.starts_with("</");
    const bool holds = rest.substr(closes ? 2 : 1, 4) == "dict" || rest.substr(closes ? 2 : 1, 5) == "array";
    if (closes && holds && --depth < 0) return false;
    const std::size_t end = text.find('>', at);
    const bool empty = end != std::string_view::npos && text[end - 1] == '/';
    if (!closes && holds && !empty) ++depth;
    if (depth > depth_max || (!closes && ++parts > parts_max)) return false;
    ++at;
  }
  return true;
}

}  // namespace train::signing
