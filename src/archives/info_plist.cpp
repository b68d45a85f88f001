// Info.plist. The XML form is libplist's to parse; of the binary form only the top dictionary's texts are needed, and
// reading just those keeps a hostile file from nesting its way down our stack.
#include <fmt/format.h>
#include <plist/plist.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

#include "train/archives/manifest.hpp"
#include "train/zip/bytes.hpp"

namespace train::archives {
namespace {

constexpr std::size_t k_plist_bytes_max = 4u << 20;
constexpr std::size_t k_containers_max = 10'000;  // in all; libplist frees nested ones by recursion
constexpr std::size_t k_text_max = 1'024;         // many keys may name one text: it must stay cheap to copy
constexpr std::string_view k_binary_begin = "bplist00";

tl::unexpected<Error> damaged_plist() {
  return fail(ErrorKind::refused, "its Info.plist is not a property list, or it is damaged");
}

std::optional<std::string>* place_of(std::string_view key, Declared& out) {
  if (key == "CFBundleIdentifier") return &out.id;
  if (key == "CFBundleShortVersionString") return &out.version;
  if (key == "CFBundleVersion") return &out.build;
  return nullptr;
}

Result<Done> declare(std::string_view key, std::optional<std::string> value, Declared& out) {
  std::optional<std::string>* place = place_of(key, out);
  if (place == nullptr) return Done{};
  if (!value) return fail(ErrorKind::refused, fmt::format("its Info.plist has a {} that is not a text", key));
  if (*place) return fail(ErrorKind::refused, fmt::format("its Info.plist gives {} twice", key));
  *place = std::move(value);
  return Done{};
}

// ---- binary: objects by number through an offset table, described by the last 32 bytes
class BinaryPlist {
 public:
  static Result<BinaryPlist> open(std::string_view bytes) {
    constexpr std::size_t k_trailer = 32;
    if (bytes.size() < k_binary_begin.size() + k_trailer) return damaged_plist();
    const zip::Bytes all(bytes);
    const std::size_t trailer = bytes.size() - k_trailer;
    BinaryPlist out(all);
    out.offset_width_ = *all.u8(trailer + 6);
    out.number_width_ = *all.u8(trailer + 7);
    out.count_ = *all.big(trailer + 8, 8);
    out.top_ = *all.big(trailer + 16, 8);
    out.table_ = *all.big(trailer + 24, 8);
    const bool widths =
        out.offset_width_ >= 1 && out.offset_width_ <= 8 && out.number_width_ >= 1 && out.number_width_ <= 8;
    if (!widths || out.table_ > trailer || out.count_ > (trailer - out.table_) / out.offset_width_)
      return damaged_plist();
    if (out.top_ >= out.count_) return damaged_plist();
    return out;
  }

  Result<Declared> read() const {
    std::size_t at = 0;
    const auto dictionary = object(top_, at);
    if (!dictionary || dictionary->kind != 0xd || dictionary->count > k_containers_max) return damaged_plist();
    Declared out;
    for (std::uint64_t i = 0; i < dictionary->count; ++i) {
      const auto key_number = bytes_.big(at + i * number_width_, number_width_);
      const auto value_number = bytes_.big(at + (dictionary->count + i) * number_width_, number_width_);
      if (!key_number || !value_number) return damaged_plist();
      const auto key = text(*key_number);
      if (!key) return damaged_plist();
      if (const auto done = declare(*key, text(*value_number), out); !done) return tl::unexpected(done.error());
    }
    return out;
  }

 private:
  explicit BinaryPlist(const zip::Bytes& bytes) : bytes_(bytes) {}

  struct Object {
    unsigned kind = 0;
    std::uint64_t count = 0;
  };

  // `at` is set behind the object's marker and count.
  std::optional<Object> object(std::uint64_t number, std::size_t& at) const {
    if (number >= count_) return std::nullopt;
    const auto offset = bytes_.big(table_ + number * offset_width_, offset_width_);
    if (!offset || *offset >= table_) return std::nullopt;
    at = *offset;
    const auto marker = bytes_.u8(at++);
    if (!marker) return std::nullopt;
    Object out{static_cast<unsigned>(*marker) >> 4, static_cast<unsigned>(*marker) & 0xf};
    if (out.count == 0xf) {
      const auto width_marker = bytes_.u8(at++);
      if (!width_marker || *width_marker >> 4 != 1 || (*width_marker & 0xf) > 3) return std::nullopt;
      const std::size_t width = std::size_t{1} << (*width_marker & 0xf);
      const auto count = bytes_.big(at, width);
      if (!count) return std::nullopt;
      out.count = *count;
      at += width;
    }
    if (out.count > bytes_.size()) return std::nullopt;
    return out;
  }

  std::optional<std::string> text(std::uint64_t number) const {
    std::size_t at = 0;
    const auto found = object(number, at);
    if (!found || found->count > k_text_max) return std::nullopt;
    if (found->kind == 0x6) return utf16(at, found->count);
    if (found->kind != 0x5 && found->kind != 0x7) return std::nullopt;
    const auto slice = bytes_.slice(at, found->count);
    if (!slice) return std::nullopt;
    return std::string(*slice);
  }

  // Only ids and versions are wanted, which are plain; anything else is kept apart from them by a "?".
  std::optional<std::string> utf16(std::size_t at, std::uint64_t units) const {
    std::string out;
    for (std::uint64_t i = 0; i < units; ++i) {
      const auto unit = bytes_.big(at + 2 * i, 2);
      if (!unit) return std::nullopt;
      out += *unit < 0x80 ? static_cast<char>(*unit) : '?';
    }
    return out;
  }

  zip::Bytes bytes_;
  std::size_t offset_width_ = 0;
  std::size_t number_width_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t top_ = 0;
  std::uint64_t table_ = 0;
};

// ---- XML
std::size_t occurrences(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

std::optional<std::string> text_of(plist_t node) {
  if (node == nullptr || plist_get_node_type(node) != PLIST_STRING) return std::nullopt;
  char* text = nullptr;
  plist_get_string_val(node, &text);
  if (text == nullptr) return std::nullopt;
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  return std::string(text);
}

Result<Declared> read_xml(std::string_view bytes) {
  if (occurrences(bytes, "<dict") + occurrences(bytes, "<array") > k_containers_max) {
    return fail(ErrorKind::refused, fmt::format("its Info.plist has more than {} lists", k_containers_max));
  }
  const std::string copy(bytes);  // libplist wants a terminated text
  plist_t parsed = nullptr;
  plist_from_xml(copy.c_str(), static_cast<std::uint32_t>(copy.size()), &parsed);
  const std::unique_ptr<void, decltype(&plist_free)> root(parsed, &plist_free);
  if (!root || plist_get_node_type(root.get()) != PLIST_DICT) return damaged_plist();
  Declared out;
  for (const char* key : {"CFBundleIdentifier", "CFBundleShortVersionString", "CFBundleVersion"}) {
    const plist_t node = plist_dict_get_item(root.get(), key);
    if (node == nullptr) continue;
    if (const auto done = declare(key, text_of(node), out); !done) return tl::unexpected(done.error());
  }
  return out;
}

}  // namespace

Result<Declared> read_info_plist(std::string_view bytes) {
  if (bytes.size() > k_plist_bytes_max) return fail(ErrorKind::refused, "its Info.plist is larger than 4 MiB");
  if (bytes.substr(0, k_binary_begin.size()) != k_binary_begin) return read_xml(bytes);
  const auto plist = BinaryPlist::open(bytes);
  if (!plist) return tl::unexpected(plist.error());
  return plist->read();
}

}  // namespace train::archives
