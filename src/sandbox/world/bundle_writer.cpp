#include "world/bundle_writer.hpp"

#include <array>
#include <cstdint>

#include "train/domain/play_rules.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::sandbox {
namespace {

// ---- zip: local header and bytes of each entry, then the directory, then its end ----------
constexpr std::uint16_t k_dated_1980 = 0x0021;

void put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
}

std::uint32_t crc32_of(std::string_view bytes) {
  static const auto k_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const char c : bytes) crc = k_table[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

// What the local header and the directory share: version to crc, sizes and the name's length.
void put_common(std::string& out, const ZipEntry& entry) {
  put(out, 20, 2);
  put(out, 0, 2);
  put(out, 0, 2);
  put(out, 0, 2);
  put(out, k_dated_1980, 2);
  put(out, crc32_of(entry.bytes), 4);
  put(out, static_cast<std::uint32_t>(entry.bytes.size()), 4);
  put(out, static_cast<std::uint32_t>(entry.bytes.size()), 4);
  put(out, static_cast<std::uint32_t>(entry.name.size()), 2);
  put(out, 0, 2);
}

// ---- protobuf: fields of an aapt.pb.XmlNode -----------------------------------------------
void put_varint(std::string& out, std::uint64_t value) {
  while (value > 0x7f) {
    out += static_cast<char>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

std::string number_field(int field, std::uint64_t value) {
  std::string out;
  put_varint(out, static_cast<std::uint64_t>(field) << 3);
  put_varint(out, value);
  return out;
}

std::string bytes_field(int field, std::string_view bytes) {
  std::string out;
  put_varint(out, (static_cast<std::uint64_t>(field) << 3) | 2);
  put_varint(out, bytes.size());
  out += bytes;
  return out;
}

constexpr std::string_view k_android = "http://schemas.android.com/apk/res/android";
constexpr std::uint32_t k_version_code_id = 0x0101021b;
constexpr std::uint32_t k_version_name_id = 0x0101021c;
constexpr std::uint32_t k_target_sdk_id = 0x01010270;
constexpr std::uint64_t k_target_sdk = k_play_target_sdk_floor;

// XmlElement: 1 namespace declaration, 3 name, 4 attribute, 5 child.
std::string manifest(std::string_view package, std::int64_t version_code, std::string_view version_name) {
  const auto code = std::to_string(version_code);
  // compiled_item { prim { int_decimal_value } }: the number the store reads, beside the text.
  const auto compiled = bytes_field(7, number_field(6, static_cast<std::uint64_t>(version_code)));
  const auto code_attribute = bytes_field(1, k_android) + bytes_field(2, "versionCode") + bytes_field(3, code) +
                              number_field(5, k_version_code_id) + bytes_field(6, compiled);
  const auto name_attribute = bytes_field(1, k_android) + bytes_field(2, "versionName") + bytes_field(3, version_name) +
                              number_field(5, k_version_name_id);
  const auto package_attribute = bytes_field(2, "package") + bytes_field(3, package);
  const auto target = std::to_string(k_target_sdk);
  const auto target_attribute = bytes_field(1, k_android) + bytes_field(2, "targetSdkVersion") +
                                bytes_field(3, target) + number_field(5, k_target_sdk_id) +
                                bytes_field(6, bytes_field(7, number_field(6, k_target_sdk)));
  const auto uses_sdk = bytes_field(1, bytes_field(3, "uses-sdk") + bytes_field(4, target_attribute));
  const auto application = bytes_field(1, bytes_field(3, "application"));
  const auto root = bytes_field(1, bytes_field(1, "android") + bytes_field(2, k_android)) + bytes_field(3, "manifest") +
                    bytes_field(4, code_attribute) + bytes_field(4, name_attribute) +
                    bytes_field(4, package_attribute) + bytes_field(5, uses_sdk) + bytes_field(5, application);
  return bytes_field(1, root);
}

}  // namespace

std::string stored_zip(const std::vector<ZipEntry>& entries) {
  std::string out;
  std::string directory;
  for (const auto& entry : entries) {
    put(directory, 0x02014b50, 4);
    put(directory, 20, 2);
    put_common(directory, entry);
    for (int i = 0; i < 3; ++i) put(directory, 0, 2);  // no comment, first disk, no attributes
    put(directory, 0, 4);
    put(directory, static_cast<std::uint32_t>(out.size()), 4);
    directory += entry.name;
    put(out, 0x04034b50, 4);
    put_common(out, entry);
    out += entry.name + entry.bytes;
  }
  const auto begin = static_cast<std::uint32_t>(out.size());
  out += directory;
  put(out, 0x06054b50, 4);
  put(out, 0, 4);
  put(out, static_cast<std::uint32_t>(entries.size()), 2);
  put(out, static_cast<std::uint32_t>(entries.size()), 2);
  put(out, static_cast<std::uint32_t>(directory.size()), 4);
  put(out, begin, 4);
  put(out, 0, 2);
  return out;
}

std::string example_bundle(std::string_view package, std::int64_t version_code, std::string_view version_name) {
  const std::string config = bytes_field(1, bytes_field(2, "1.15.6"));
  return stored_zip({{"BundleConfig.pb", config},
                     {"base/manifest/AndroidManifest.xml", manifest(package, version_code, version_name)},
                     {"base/dex/classes.dex", std::string("dex\n035\0", 8) + std::string(32u << 10, '\0')},
                     {"base/assets/padding.bin", std::string(96u << 10, 'x')}});
}

}  // namespace train::sandbox
