// A small .aab made by hand for tests: a stored zip with a protobuf manifest, padded to the wanted size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace train::testing_play {

inline std::string little(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes += i < 8 ? static_cast<char>((value >> (8 * i)) & 0xff) : '\0';
  return bytes;
}

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes + static_cast<char>(value);
}

inline std::string message(int field, std::string_view bytes) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}

inline std::string attribute(std::string_view name, std::string_view value) {
  return message(4, message(2, name) + message(3, value));
}

inline std::string manifest(std::string_view package, std::string_view version, std::int64_t code) {
  return message(1, message(3, "manifest") + attribute("package", package) +
                        attribute("versionCode", std::to_string(code)) + attribute("versionName", version));
}

struct ZipBuilder {
  std::string bytes;
  std::string directory;
  int count = 0;

  void add(std::string_view name, std::string_view content, int method = 0) {
    // The sums are left at zero: nothing that reads these files checks them.
    const std::string sizes = little(0, 4) + little(content.size(), 4) + little(content.size(), 4);
    const std::string common =
        little(20, 2) + little(0, 2) + little(static_cast<std::uint64_t>(method), 2) + little(0, 4);
    const std::uint64_t offset = bytes.size();
    bytes += "PK\x03\x04" + common + sizes + little(name.size(), 2) + little(0, 2);
    bytes.append(name).append(content);
    directory +=
        "PK\x01\x02" + little(20, 2) + common + sizes + little(name.size(), 2) + little(0, 12) + little(offset, 4);
    directory.append(name);
    ++count;
  }

  std::string finish() const {
    const auto entries = static_cast<std::uint64_t>(count);
    return bytes + directory + "PK\x05\x06" + little(0, 4) + little(entries, 2) + little(entries, 2) +
           little(directory.size(), 4) + little(bytes.size(), 4) + little(0, 2);
  }
};

struct BundleFile {
  std::string package = "com.example.charge";
  std::string version = "3.4.0";
  std::int64_t code = 340;
  std::size_t padding_bytes = 0;
  char filling = 'x';
  int manifest_method = 0;
};

inline std::string make_bundle(const BundleFile& wanted) {
  ZipBuilder zip;
  zip.add("BundleConfig.pb", "config");
  zip.add("base/manifest/AndroidManifest.xml", manifest(wanted.package, wanted.version, wanted.code),
          wanted.manifest_method);
  std::string filling(wanted.padding_bytes, wanted.filling);
  for (std::size_t i = 0; i < filling.size(); i += 4096) filling[i] = static_cast<char>(i / 4096 % 251);
  zip.add("base/assets/filling.bin", filling);
  return zip.finish();
}

// ---- a small .apk: the same, with a manifest in Android's binary XML

inline std::string axml_chunk(int type, int header_bytes, std::string_view rest) {
  return little(static_cast<std::uint64_t>(type), 2) + little(static_cast<std::uint64_t>(header_bytes), 2) +
         little(8 + rest.size(), 4) + std::string(rest);
}

inline std::string axml_manifest(std::string_view package, std::string_view version, std::int64_t code) {
  constexpr std::uint64_t none = 0xffffffff;
  const std::string_view words[] = {"versionCode", "versionName", "package", "manifest", package, version};
  std::string offsets;
  std::string strings;
  for (const std::string_view word : words) {
    offsets += little(strings.size(), 4);
    strings += little(word.size(), 1) + little(word.size(), 1) + std::string(word) + little(0, 1);
  }
  const std::string pool = axml_chunk(1, 28,
                                      little(6, 4) + little(0, 4) + little(0x100, 4) + little(28 + offsets.size(), 4) +
                                          little(0, 4) + offsets + strings);
  const auto attribute_of = [&](std::uint64_t name, std::uint64_t type, std::uint64_t data) {
    return little(none, 4) + little(name, 4) + little(none, 4) + little(8, 2) + little(0, 1) + little(type, 1) +
           little(data, 4);
  };
  const std::string element =
      axml_chunk(0x102, 16,
                 little(1, 4) + little(none, 4) + little(none, 4) + little(3, 4) + little(20, 2) + little(20, 2) +
                     little(3, 2) + little(0, 6) + attribute_of(0, 0x10, static_cast<std::uint64_t>(code)) +
                     attribute_of(1, 3, 5) + attribute_of(2, 3, 4));
  return axml_chunk(3, 8, pool + element);
}

inline std::string make_apk(std::string_view package, std::string_view version, std::int64_t code) {
  ZipBuilder zip;
  zip.add("AndroidManifest.xml", axml_manifest(package, version, code));
  zip.add("classes.dex", "dex");
  return zip.finish();
}

}  // namespace train::testing_play
