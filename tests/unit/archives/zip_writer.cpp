#include "zip_writer.hpp"

#include <libdeflate.h>

#include <fstream>

namespace train::archives {
namespace {

std::string little(std::uint64_t value, int width) {
  std::string out;
  for (int i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

std::string local_part(const Entry& e, std::uint32_t crc, std::uint32_t packed, std::uint32_t unpacked) {
  const std::string name = e.local_name.value_or(e.name);
  return le32(0x04034b50) + le16(20) + le16(static_cast<std::uint16_t>(e.flags | e.local_flags)) +
         le16(e.local_method.value_or(e.method)) + le32(0) + le32(e.local_crc.value_or(crc)) +
         le32(e.local_packed.value_or(packed)) + le32(e.local_unpacked.value_or(unpacked)) +
         le16(static_cast<std::uint16_t>(name.size())) + le16(static_cast<std::uint16_t>(e.local_extra.size())) + name +
         e.local_extra + e.data;
}

std::string central_part(const Entry& e, std::uint32_t crc, std::uint32_t packed, std::uint32_t unpacked,
                         std::uint32_t offset) {
  return le32(0x02014b50) + le16(0x0314) + le16(20) + le16(e.flags) + le16(e.method) + le32(0) + le32(crc) +
         le32(packed) + le32(unpacked) + le16(static_cast<std::uint16_t>(e.name.size())) +
         le16(static_cast<std::uint16_t>(e.extra.size())) + le16(0) + le16(0) + le16(0) + le32(e.attributes) +
         le32(e.offset.value_or(offset)) + e.name + e.extra;
}

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  return out + static_cast<char>(value);
}
std::string message(int number, const std::string& bytes) {
  return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string number(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}

}  // namespace

std::string le16(std::uint16_t value) { return little(value, 2); }
std::string le32(std::uint32_t value) { return little(value, 4); }
std::string le64(std::uint64_t value) { return little(value, 8); }

std::string zip_of(const std::vector<Entry>& entries, const End& end) {
  std::string out;
  std::string directory;
  for (const Entry& e : entries) {
    const std::uint32_t crc = e.crc.value_or(libdeflate_crc32(0, e.data.data(), e.data.size()));
    const auto size = static_cast<std::uint32_t>(e.data.size());
    const std::uint32_t packed = e.packed.value_or(size);
    const std::uint32_t unpacked = e.unpacked.value_or(size);
    directory += central_part(e, crc, packed, unpacked, static_cast<std::uint32_t>(out.size()));
    out += local_part(e, crc, packed, unpacked);
  }
  const auto offset = static_cast<std::uint32_t>(out.size());
  const auto count = static_cast<std::uint16_t>(entries.size());
  out += directory + end.before;
  out += le32(0x06054b50) + le16(end.disk) + le16(0) + le16(end.entries_here.value_or(end.entries.value_or(count))) +
         le16(end.entries.value_or(count)) + le32(end.size.value_or(static_cast<std::uint32_t>(directory.size()))) +
         le32(end.offset.value_or(offset)) +
         le16(end.comment_size.value_or(static_cast<std::uint16_t>(end.comment.size()))) + end.comment;
  return out;
}

Entry deflated(const std::string& name, const std::string& data) {
  libdeflate_compressor* packer = libdeflate_alloc_compressor(6);
  std::string packed(libdeflate_deflate_compress_bound(packer, data.size()), '\0');
  packed.resize(libdeflate_deflate_compress(packer, data.data(), data.size(), packed.data(), packed.size()));
  libdeflate_free_compressor(packer);
  Entry entry;
  entry.name = name;
  entry.data = packed;
  entry.method = 8;
  entry.crc = libdeflate_crc32(0, data.data(), data.size());
  entry.unpacked = static_cast<std::uint32_t>(data.size());
  return entry;
}

std::string end64(std::uint64_t entries, std::uint64_t size, std::uint64_t offset, std::uint64_t record_offset) {
  return le32(0x06064b50) + le64(44) + le16(45) + le16(45) + le32(0) + le32(0) + le64(entries) + le64(entries) +
         le64(size) + le64(offset) + le32(0x07064b50) + le32(0) + le64(record_offset) + le32(1);
}

void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::string proto_manifest(const Says& says) {
  const std::string android = "http://schemas.android.com/apk/res/android";
  const std::string primitive = number(6, std::stoull(says.build));
  const std::string code = message(1, android) + message(2, "versionCode") + message(3, says.build) +
                           number(5, 0x0101021b) + message(6, message(7, primitive));
  const std::string name =
      message(1, android) + message(2, "versionName") + message(3, says.version) + number(5, 0x0101021c);
  const std::string package = message(2, "package") + message(3, says.id);
  const std::string child =
      message(1, message(3, "application") + message(4, message(2, "package") + message(3, "no")));
  return message(1, message(1, message(1, "android") + message(2, android)) + message(3, "manifest") +
                        message(4, code) + message(4, name) + message(4, package) + message(5, child));
}

std::string binary_manifest(const Says& says, bool utf8) {
  const std::vector<std::string> strings{"versionCode", "versionName", "manifest", "package", says.version, says.id};
  std::string offsets;
  std::string texts;
  for (const auto& text : strings) {
    offsets += le32(static_cast<std::uint32_t>(texts.size()));
    if (utf8) {
      texts += std::string(2, static_cast<char>(text.size())) + text + '\0';
      continue;
    }
    texts += le16(static_cast<std::uint16_t>(text.size()));
    for (const char c : text) texts += std::string{c, '\0'};
    texts += le16(0);
  }
  texts.resize((texts.size() + 3) / 4 * 4);
  const auto start = static_cast<std::uint32_t>(28 + offsets.size());
  const std::string pool = le16(1) + le16(28) + le32(static_cast<std::uint32_t>(start + texts.size())) +
                           le32(static_cast<std::uint32_t>(strings.size())) + le32(0) + le32(utf8 ? 0x100 : 0) +
                           le32(start) + le32(0) + offsets + texts;
  const std::string map = le16(0x0180) + le16(8) + le32(16) + le32(0x0101021b) + le32(0x0101021c);
  const std::string none = le32(0xffffffff);
  const auto typed = [](char type, std::uint32_t data) { return le16(8) + std::string{'\0', type} + le32(data); };
  const std::string attributes = none + le32(0) + none +
                                 typed(0x10, static_cast<std::uint32_t>(std::stoul(says.build))) + none + le32(1) +
                                 le32(4) + typed(3, 4) + none + le32(3) + le32(5) + typed(3, 5);
  const std::string element = le16(0x0102) + le16(16) + le32(static_cast<std::uint32_t>(36 + attributes.size())) +
                              le32(1) + none + none + le32(2) + le16(20) + le16(20) + le16(3) + le16(0) + le16(0) +
                              le16(0) + attributes;
  const std::string body = pool + map + element;
  return le16(3) + le16(8) + le32(static_cast<std::uint32_t>(8 + body.size())) + body;
}

std::string xml_plist(const Says& says) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist "
         "version=\"1.0\"><dict><key>CFBundleIdentifier</key><string>" +
         says.id + "</string><key>CFBundleShortVersionString</key><string>" + says.version +
         "</string><key>CFBundleVersion</key><string>" + says.build +
         "</string><key>UIDeviceFamily</key><array><integer>1</integer></array></dict></plist>\n";
}

std::string binary_plist(const Says& says) {
  const std::vector<std::string> texts{
      "CFBundleIdentifier", "CFBundleShortVersionString", "CFBundleVersion", says.id, says.version, says.build};
  std::string out = "bplist00";
  std::string table(1, static_cast<char>(out.size()));
  out += std::string("\xd3\x01\x02\x03\x04\x05\x06", 7);
  for (const auto& text : texts) {
    table += static_cast<char>(out.size());
    if (text.size() < 15) {
      out += static_cast<char>(0x50 | text.size());
    } else {
      out += std::string("\x5f\x10", 2) + static_cast<char>(text.size());
    }
    out += text;
  }
  const std::string table_offset = std::string(7, '\0') + static_cast<char>(out.size());
  out += table + std::string("\0\0\0\0\0\0\1\1\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0", 24) + table_offset;
  return out;
}

}  // namespace train::archives
