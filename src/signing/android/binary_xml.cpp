#include "android/binary_xml.hpp"

#include "train/zip/bytes.hpp"

namespace train::signing {
namespace {

constexpr std::uint16_t k_xml = 0x0003;
constexpr std::uint16_t k_string_pool = 0x0001;
constexpr std::uint16_t k_resource_map = 0x0180;
constexpr std::uint16_t k_element_start = 0x0102;
constexpr std::uint16_t k_element_end = 0x0103;
constexpr std::size_t k_attribute_bytes = 20;
constexpr std::size_t k_attributes_max = 100'000;  // of all elements that are kept

tl::unexpected<Error> damaged_xml() {
  return fail(ErrorKind::refused, "its manifest is not binary XML, or it is damaged");
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view file) : file_(file), bytes_(file) {}

  Result<BinaryXml> read() {
    const auto size = bytes_.u32(4);
    const auto header = bytes_.u16(2);
    if (bytes_.u16(0) != k_xml || !size || !header || *size > file_.size() || *header < 8) return damaged_xml();
    xml_.size = *size;
    for (std::size_t at = *header; at < xml_.size;) {
      const auto length = bytes_.u32(at + 4);
      if (!length || *length < 8 || *length > xml_.size - at) return damaged_xml();
      if (auto read = read_chunk(*bytes_.u16(at), at, *length); !read) return tl::unexpected(read.error());
      at += *length;
    }
    if (xml_.pool_size == 0 || xml_.elements.empty()) return damaged_xml();
    return std::move(xml_);
  }

 private:
  Result<Done> read_chunk(std::uint16_t type, std::size_t at, std::size_t size) {
    if (type == k_string_pool) return read_pool(at, size);
    if (type == k_resource_map) return read_map(at, size);
    if (type == k_element_start) return read_element(at, size);
    if (type == k_element_end) {
      if (depth_ == 0) return damaged_xml();
      --depth_;
    }
    return Done{};
  }

  Result<Done> read_pool(std::size_t at, std::size_t size) {
    if (xml_.pool_size != 0) return fail(ErrorKind::refused, "its manifest has two lists of texts");
    auto pool = archives::StringPool::read(file_.substr(at, size));
    if (!pool) return tl::unexpected(pool.error());
    xml_.pool_at = at;
    xml_.pool_size = size;
    xml_.strings = *pool;
    return Done{};
  }

  Result<Done> read_map(std::size_t at, std::size_t size) {
    ids_.clear();
    for (std::size_t next = 8; next + 4 <= size; next += 4) ids_.push_back(*bytes_.u32(at + next));
    return Done{};
  }

  Result<Done> read_element(std::size_t at, std::size_t size) {
    const zip::Bytes chunk(file_.substr(at, size));
    const auto name = chunk.u32(20);
    const auto start = chunk.u16(24);
    const auto step = chunk.u16(26);
    const auto count = chunk.u16(28);
    if (!name || !start || !step || !count || *step < k_attribute_bytes) return damaged_xml();
    BinaryElement element{depth_++, *name, {}};
    if (element.depth > 2) return Done{};
    kept_ += *count;
    if (kept_ > k_attributes_max) return damaged_xml();
    for (std::size_t i = 0; i < *count; ++i) {
      const std::size_t place = std::size_t{16} + *start + i * *step;
      if (!chunk.slice(place, k_attribute_bytes)) return damaged_xml();
      BinaryAttribute one{
          at + place, *chunk.u32(place + 4), 0, *chunk.u32(place + 8), *chunk.u8(place + 15), *chunk.u32(place + 16)};
      if (one.name < ids_.size()) one.resource_id = ids_[one.name];
      element.attributes.push_back(one);
    }
    xml_.elements.push_back(std::move(element));
    return Done{};
  }

  std::string_view file_;
  zip::Bytes bytes_;
  BinaryXml xml_;
  std::vector<std::uint32_t> ids_;  // by string
  std::uint32_t depth_ = 0;
  std::size_t kept_ = 0;
};

}  // namespace

Result<BinaryXml> read_binary_xml(std::string_view file) { return XmlReader(file).read(); }

}  // namespace train::signing
