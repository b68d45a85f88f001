#include "google_play/bundle.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>

#include "google_play/axml.hpp"

namespace train::sandbox::play {
namespace {

constexpr std::string_view k_manifest = "base/manifest/AndroidManifest.xml";
constexpr std::uint64_t k_directory_limit_bytes = 64u << 20;
constexpr std::uint64_t k_manifest_limit_bytes = 4u << 20;
constexpr std::uint64_t k_end_record_bytes = 22;
constexpr std::uint64_t k_directory_entry_bytes = 46;
constexpr std::uint64_t k_local_header_bytes = 30;

std::uint64_t little_endian(std::string_view bytes, std::size_t offset, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width && offset + i < bytes.size(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[offset + i])) << (8 * i);
  }
  return value;
}

struct Entry {
  std::uint64_t method = 0;
  std::uint64_t size = 0;
  std::uint64_t local_header = 0;
};

std::optional<std::string> central_directory(const UploadBytes& file) {
  const std::uint64_t tail_bytes = std::min<std::uint64_t>(file.size(), 65535 + k_end_record_bytes);
  const std::string tail = file.read(file.size() - tail_bytes, tail_bytes);
  const std::size_t end = tail.rfind("PK\x05\x06");
  if (end == std::string::npos || tail.size() - end < k_end_record_bytes) return std::nullopt;
  const std::uint64_t size = little_endian(tail, end + 12, 4);
  const std::uint64_t offset = little_endian(tail, end + 16, 4);
  if (size > k_directory_limit_bytes || offset + size > file.size()) return std::nullopt;
  return file.read(offset, size);
}

std::optional<Entry> find_entry(std::string_view directory, std::string_view name) {
  while (directory.size() >= k_directory_entry_bytes && directory.substr(0, 4) == "PK\x01\x02") {
    const std::size_t name_bytes = little_endian(directory, 28, 2);
    const std::size_t rest = little_endian(directory, 30, 2) + little_endian(directory, 32, 2);
    if (directory.substr(k_directory_entry_bytes, name_bytes) == name) {
      return Entry{little_endian(directory, 10, 2), little_endian(directory, 24, 4), little_endian(directory, 42, 4)};
    }
    directory.remove_prefix(std::min(directory.size(), k_directory_entry_bytes + name_bytes + rest));
  }
  return std::nullopt;
}

Result<std::string> read_manifest(const UploadBytes& file, std::string_view name, const std::string& what) {
  const auto directory = central_directory(file);
  if (!directory)
    return fail(ErrorKind::refused, "The uploaded file is not a valid " + what + ": it is not a zip archive.");
  const auto entry = find_entry(*directory, name);
  if (!entry) return fail(ErrorKind::refused, "The uploaded file is not a valid " + what + ": it has no manifest.");
  if (entry->method != 0) return fail(ErrorKind::refused, "sandbox reads stored manifests only");
  if (entry->size > k_manifest_limit_bytes) return fail(ErrorKind::refused, "The manifest is too large.");
  const std::string header = file.read(entry->local_header, k_local_header_bytes);
  const std::uint64_t skip = k_local_header_bytes + little_endian(header, 26, 2) + little_endian(header, 28, 2);
  std::string manifest = file.read(entry->local_header + skip, entry->size);
  if (manifest.size() != entry->size) return fail(ErrorKind::refused, "The manifest is cut short.");
  return manifest;
}

// ---- protobuf, as much of aapt.pb.XmlNode as the root element needs
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;  // varints
  std::string_view bytes;   // length-delimited
};

std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

std::optional<Field> take_field(std::string_view& in) {
  const auto key = take_varint(in);
  if (!key) return std::nullopt;
  Field field{*key >> 3, 0, {}};
  const std::uint64_t wire_type = *key & 7;
  std::uint64_t length = 0;
  if (wire_type == 0) {
    const auto value = take_varint(in);
    if (!value) return std::nullopt;
    field.value = *value;
    return field;
  }
  if (wire_type == 1) length = 8;
  if (wire_type == 5) length = 4;
  if (wire_type == 2) {
    const auto told = take_varint(in);
    if (!told) return std::nullopt;
    length = *told;
  }
  if ((wire_type != 1 && wire_type != 2 && wire_type != 5) || length > in.size()) return std::nullopt;
  field.bytes = in.substr(0, length);
  in.remove_prefix(length);
  return field;
}

// Calls `seen` for every field; false when the message is damaged.
bool each_field(std::string_view message, const std::function<void(const Field&)>& seen) {
  while (!message.empty()) {
    const auto field = take_field(message);
    if (!field) return false;
    seen(*field);
  }
  return true;
}

std::optional<std::uint64_t> compiled_integer(std::string_view item) {
  std::optional<std::uint64_t> number;
  each_field(item, [&](const Field& outer) {
    if (outer.number != 7) return;  // Item.prim
    each_field(outer.bytes, [&](const Field& inner) {
      if (inner.number == 6 || inner.number == 7) number = inner.value;  // int_decimal_value, int_hexadecimal_value
    });
  });
  return number;
}

struct Attribute {
  std::string_view name;
  std::string value;
};

Attribute read_attribute(std::string_view message) {
  Attribute attribute;
  std::optional<std::uint64_t> compiled;
  each_field(message, [&](const Field& field) {
    if (field.number == 2) attribute.name = field.bytes;
    if (field.number == 3) attribute.value = std::string(field.bytes);
    if (field.number == 6) compiled = compiled_integer(field.bytes);
  });
  if (attribute.value.empty() && compiled) attribute.value = std::to_string(*compiled);
  return attribute;
}

}  // namespace

Result<BundleIdentity> read_bundle(const UploadBytes& file) {
  const auto manifest = read_manifest(file, k_manifest, "app bundle");
  if (!manifest) return tl::unexpected(manifest.error());
  BundleIdentity identity;
  const auto on_attribute = [&](const Field& field) {
    if (field.number != 4) return;
    const Attribute attribute = read_attribute(field.bytes);
    if (attribute.name == "package") identity.package = attribute.value;
    if (attribute.name == "versionName") identity.version_name = attribute.value;
    if (attribute.name == "versionCode") {
      std::from_chars(attribute.value.data(), attribute.value.data() + attribute.value.size(), identity.version_code);
    }
  };
  const bool whole = each_field(*manifest, [&](const Field& node) {
    if (node.number == 1) each_field(node.bytes, on_attribute);
  });
  if (!whole || identity.package.empty() || identity.version_code <= 0) {
    return fail(ErrorKind::refused, "The uploaded file is not a valid app bundle: its manifest names no version code.");
  }
  return identity;
}

Result<BundleIdentity> read_apk(const UploadBytes& file) {
  const auto manifest = read_manifest(file, "AndroidManifest.xml", "APK");
  if (!manifest) return tl::unexpected(manifest.error());
  auto attributes = read_axml_manifest(*manifest);
  if (!attributes) return fail(ErrorKind::refused, "The uploaded file is not a valid APK: its manifest is damaged.");
  BundleIdentity identity{(*attributes)["package"], 0, (*attributes)["versionName"]};
  const std::string& code = (*attributes)["versionCode"];
  std::from_chars(code.data(), code.data() + code.size(), identity.version_code);
  if (identity.package.empty() || identity.version_code <= 0) {
    return fail(ErrorKind::refused, "The uploaded file is not a valid APK: its manifest names no version code.");
  }
  return identity;
}

}  // namespace train::sandbox::play
