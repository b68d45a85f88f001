// An app bundle's manifest under another version. The fields are those of src/archives/proto_manifest.cpp; every field
// that is not on the way to a version is copied as it lies, and the lengths around a changed one are written anew.
#include <fmt/format.h>

#include "android/manifest.hpp"
#include "train/archives/proto_fields.hpp"

namespace train::signing {
namespace {

using archives::ProtoField;
using archives::ProtoFields;

tl::unexpected<Error> refuse_proto(std::string why) { return fail(ErrorKind::refused, std::move(why)); }

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

void put_message(std::string& out, std::uint32_t number, std::string_view bytes) {
  put_varint(out, std::uint64_t{number} << 3 | 2);
  put_varint(out, bytes.size());
  out += bytes;
}

// Copies `message` but for the fields that `change` takes: it then writes what stands in their place.
template <typename Change>
Result<std::string> copy_but(std::string_view message, Change change) {
  std::string out;
  for (ProtoFields fields(message); fields.more();) {
    const auto field = fields.next();
    if (!field) return tl::unexpected(field.error());
    const Result<bool> taken = change(*field, out);
    if (!taken) return tl::unexpected(taken.error());
    if (!*taken) out += field->raw;
  }
  return out;
}

Result<std::string> reversion_primitive(std::string_view primitive, std::uint32_t code) {
  return copy_but(primitive, [code](const ProtoField& field, std::string& out) -> Result<bool> {
    if (field.wire != 0 || (field.number != 6 && field.number != 7))
      return refuse_proto("its versionCode is not a number");
    put_varint(out, std::uint64_t{field.number} << 3);
    put_varint(out, code);
    return true;
  });
}

Result<std::string> reversion_code_item(std::string_view item, std::uint32_t code) {
  return copy_but(item, [code](const ProtoField& field, std::string& out) -> Result<bool> {
    if (field.number != 7 || field.wire != 2) return refuse_proto("its versionCode is a reference, or not a number");
    const auto primitive = reversion_primitive(field.bytes, code);
    if (!primitive) return tl::unexpected(primitive.error());
    put_message(out, 7, *primitive);
    return true;
  });
}

Result<std::string> reversion_name_item(std::string_view item, const std::string& name) {
  return copy_but(item, [&name](const ProtoField& field, std::string& out) -> Result<bool> {
    const bool text = (field.number == 2 || field.number == 3) && field.wire == 2;
    if (!text) return refuse_proto("its versionName is a reference to a resource: write it out in the manifest");
    std::string value;
    put_message(value, 1, name);
    put_message(out, field.number, value);
    return true;
  });
}

enum class Kind { code, name };

Result<std::string> reversion_attribute(std::string_view attribute, Kind kind, const AndroidVersion& version) {
  const std::string text = kind == Kind::code ? std::to_string(version.code) : version.name;
  bool has_value = false;
  auto out = copy_but(attribute, [&](const ProtoField& field, std::string& to) -> Result<bool> {
    if (field.number == 3 && field.wire == 2) {
      has_value = true;
      put_message(to, 3, text);
      return true;
    }
    if (field.number != 6 || field.wire != 2) return false;
    const auto item = kind == Kind::code ? reversion_code_item(field.bytes, version.code)
                                         : reversion_name_item(field.bytes, version.name);
    if (!item) return tl::unexpected(item.error());
    put_message(to, 6, *item);
    return true;
  });
  if (out && !has_value) put_message(*out, 3, text);
  return out;
}

Result<std::uint64_t> resource_of(std::string_view attribute) {
  std::uint64_t id = 0;
  for (ProtoFields fields(attribute); fields.more();) {
    const auto field = fields.next();
    if (!field) return tl::unexpected(field.error());
    if (field->number == 5 && field->wire == 0) id = field->value;
  }
  return id;
}

Result<std::string> reversion_element(std::string_view element, const AndroidVersion& version) {
  return copy_but(element, [&version](const ProtoField& field, std::string& out) -> Result<bool> {
    if (field.number != 4 || field.wire != 2) return false;
    const auto id = resource_of(field.bytes);
    if (!id) return tl::unexpected(id.error());
    if (*id == archives::k_version_code_major_id) {
      return refuse_proto("its manifest has a versionCodeMajor, which Google Play does not take");
    }
    if (*id != archives::k_version_code_id && *id != archives::k_version_name_id) return false;
    const auto kind = *id == archives::k_version_code_id ? Kind::code : Kind::name;
    const auto attribute = reversion_attribute(field.bytes, kind, version);
    if (!attribute) return tl::unexpected(attribute.error());
    put_message(out, 4, *attribute);
    return true;
  });
}

}  // namespace

Result<std::string> reversion_proto(std::string_view manifest, const AndroidVersion& version) {
  const auto was = archives::read_proto_manifest(manifest);
  if (!was) return tl::unexpected(was.error());
  auto out = copy_but(manifest, [&version](const ProtoField& field, std::string& to) -> Result<bool> {
    if (field.number != 1 || field.wire != 2) return false;
    const auto element = reversion_element(field.bytes, version);
    if (!element) return tl::unexpected(element.error());
    put_message(to, 1, *element);
    return true;
  });
  if (!out) return out;
  const auto is = archives::read_proto_manifest(*out);
  const bool right = is && is->id == was->id && is->build.has_value() == was->build.has_value() &&
                     is->build.value_or(std::to_string(version.code)) == std::to_string(version.code) &&
                     is->version.has_value() == was->version.has_value() &&
                     is->version.value_or(version.name) == version.name;
  if (!right) return refuse_proto("its manifest does not say the new version after it was changed");
  return out;
}

}  // namespace train::signing
