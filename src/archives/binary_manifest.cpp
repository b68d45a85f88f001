// Android's binary XML: chunks of {u16 type, u16 header size, u32 size}. A string pool, a map from string index to
// resource id, then the nodes; only the first element is read.
#include <cstdint>
#include <utility>
#include <vector>

#include "train/archives/manifest.hpp"
#include "train/archives/string_pool.hpp"
#include "train/zip/bytes.hpp"

namespace train::archives {
namespace {

constexpr std::uint16_t k_xml = 0x0003;
constexpr std::uint16_t k_string_pool = 0x0001;
constexpr std::uint16_t k_resource_map = 0x0180;
constexpr std::uint16_t k_element_start = 0x0102;
constexpr std::uint32_t k_none = 0xffffffff;
constexpr std::uint8_t k_reference = 0x01;
constexpr std::uint8_t k_string = 0x03;
constexpr std::uint8_t k_decimal = 0x10;
constexpr std::uint8_t k_hexadecimal = 0x11;

tl::unexpected<Error> damaged() { return fail(ErrorKind::refused, "its manifest is not binary XML, or it is damaged"); }

struct Attribute {
  std::uint32_t name = k_none;
  std::uint32_t raw = k_none;
  std::uint8_t type = 0;
  std::uint32_t data = 0;
};

class Manifest {
 public:
  Result<Declared> read(std::string_view bytes) {
    const zip::Bytes file(bytes);
    const auto size = file.u32(4);
    const auto header = file.u16(2);
    if (file.u16(0) != k_xml || !size || !header || *size > bytes.size() || *header < 8) return damaged();
    for (std::size_t at = *header; at < *size;) {
      const auto chunk_size = file.u32(at + 4);
      if (!chunk_size || *chunk_size < 8 || *chunk_size > *size - at) return damaged();
      const std::string_view chunk = bytes.substr(at, *chunk_size);
      const auto type = *file.u16(at);
      if (type == k_element_start) return read_element(zip::Bytes(chunk));
      if (type == k_string_pool) {
        auto pool = StringPool::read(chunk);
        if (!pool) return tl::unexpected(pool.error());
        strings_ = std::move(*pool);
      }
      if (type == k_resource_map) read_resource_map(zip::Bytes(chunk));
      at += *chunk_size;
    }
    return damaged();
  }

 private:
  void read_resource_map(const zip::Bytes& chunk) {
    ids_.clear();
    for (std::size_t at = 8; at + 4 <= chunk.size(); at += 4) ids_.push_back(*chunk.u32(at));
  }

  Result<Declared> read_element(const zip::Bytes& chunk) {
    const auto name = chunk.u32(20);
    const auto start = chunk.u16(24);
    const auto size = chunk.u16(26);
    const auto count = chunk.u16(28);
    if (!name || !start || !size || !count || *size < 20) return damaged();
    if (strings_.at(*name) != "manifest")
      return fail(ErrorKind::refused, "its manifest does not begin with <manifest>");
    Declared out;
    for (std::size_t i = 0; i < *count; ++i) {
      const std::size_t at = std::size_t{16} + *start + i * *size;
      if (!chunk.slice(at, 20)) return damaged();
      const Attribute attribute{*chunk.u32(at + 4), *chunk.u32(at + 8), *chunk.u8(at + 15), *chunk.u32(at + 16)};
      if (const auto used = use(attribute, out); !used) return tl::unexpected(used.error());
    }
    return out;
  }

  Result<Done> use(const Attribute& attribute, Declared& out) const {
    const std::uint32_t id = attribute.name < ids_.size() ? ids_[attribute.name] : 0;
    const bool number = attribute.type == k_decimal || attribute.type == k_hexadecimal;
    if (id == k_version_code_major_id && attribute.data != 0) {
      return fail(ErrorKind::refused, "its manifest has a versionCodeMajor, which Google Play does not take");
    }
    if (id == k_version_code_id) {
      if (!number) return fail(ErrorKind::refused, "its versionCode is not a number");
      return declare(out.build, std::to_string(attribute.data), "versionCode");
    }
    if (id == k_version_name_id) return declare_text(out.version, attribute, "versionName");
    if (id == 0 && strings_.at(attribute.name) == "package") return declare_text(out.id, attribute, "package");
    return Done{};
  }

  Result<Done> declare_text(std::optional<std::string>& place, const Attribute& attribute,
                            const std::string& what) const {
    if (attribute.type == k_reference) {
      return fail(ErrorKind::refused, "its " + what + " is a reference to a resource: write it out");
    }
    auto text = strings_.at(attribute.type == k_string ? attribute.data : attribute.raw);
    if (!text) return fail(ErrorKind::refused, "its " + what + " is not a text");
    return declare(place, std::move(*text), what);
  }

  static Result<Done> declare(std::optional<std::string>& place, std::string value, const std::string& what) {
    if (place) return fail(ErrorKind::refused, "its manifest gives " + what + " twice");
    place = std::move(value);
    return Done{};
  }

  StringPool strings_;
  std::vector<std::uint32_t> ids_;  // by string index
};

}  // namespace

Result<Declared> read_binary_manifest(std::string_view bytes) { return Manifest().read(bytes); }

}  // namespace train::archives
