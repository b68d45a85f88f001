// The protobuf manifest of an app bundle, walked field by field:
//   XmlNode 1 element; XmlElement 3 name, 4 attribute*; XmlAttribute 2 name, 3 value, 5 resource_id, 6 compiled_item;
//   Item 1 ref, 2 str{1 value}, 7 prim; Primitive 6 int_decimal_value, 7 int_hexadecimal_value
#include <cstdint>
#include <utility>

#include "train/archives/manifest.hpp"
#include "train/archives/proto_fields.hpp"

namespace train::archives {
namespace {

tl::unexpected<Error> damaged_proto() {
  return fail(ErrorKind::refused, "its manifest is not a protobuf manifest, or it is damaged");
}

struct ProtoAttribute {
  std::string_view name;
  std::string value;
  std::uint64_t resource_id = 0;
  std::optional<std::uint64_t> number;
  bool reference = false;
};

Result<Done> read_number(std::string_view primitive, ProtoAttribute& out) {
  for (ProtoFields walker(primitive); walker.more();) {
    const auto field = walker.next();
    if (!field) return tl::unexpected(field.error());
    if (field->number == 6 || field->number == 7) out.number = field->value;
  }
  return Done{};
}

Result<Done> read_item(std::string_view item, ProtoAttribute& out) {
  for (ProtoFields walker(item); walker.more();) {
    const auto field = walker.next();
    if (!field) return tl::unexpected(field.error());
    if (field->number == 1) out.reference = true;
    if (field->number == 7) {
      if (const auto read = read_number(field->bytes, out); !read) return read;
    }
    if (field->number != 2) continue;
    for (ProtoFields text(field->bytes); text.more();) {
      const auto part = text.next();
      if (!part) return tl::unexpected(part.error());
      if (part->number == 1) out.value = std::string(part->bytes);
    }
  }
  return Done{};
}

Result<ProtoAttribute> read_attribute(std::string_view bytes) {
  ProtoAttribute out;
  for (ProtoFields walker(bytes); walker.more();) {
    const auto field = walker.next();
    if (!field) return tl::unexpected(field.error());
    if (field->number == 2) out.name = field->bytes;
    if (field->number == 3) out.value = std::string(field->bytes);
    if (field->number == 5) out.resource_id = field->value;
    if (field->number != 6) continue;
    if (const auto read = read_item(field->bytes, out); !read) return tl::unexpected(read.error());
  }
  return out;
}

Result<Done> declare(std::optional<std::string>& place, std::string value, std::string_view what) {
  if (place) return fail(ErrorKind::refused, "its manifest gives " + std::string(what) + " twice");
  place = std::move(value);
  return Done{};
}

Result<Done> use(const ProtoAttribute& attribute, Declared& out) {
  if (attribute.resource_id == k_version_code_major_id && attribute.number.value_or(0) != 0) {
    return fail(ErrorKind::refused, "its manifest has a versionCodeMajor, which Google Play does not take");
  }
  if (attribute.resource_id == k_version_code_id) {
    const std::string code = attribute.number ? std::to_string(*attribute.number) : attribute.value;
    if (attribute.reference || (!attribute.value.empty() && attribute.value != code)) {
      return fail(ErrorKind::refused, "its manifest gives two different values for versionCode, or a reference");
    }
    return declare(out.build, code, "versionCode");
  }
  if (attribute.resource_id == k_version_name_id) {
    if (attribute.reference)
      return fail(ErrorKind::refused, "its versionName is a reference to a resource: write it out");
    return declare(out.version, attribute.value, "versionName");
  }
  if (attribute.resource_id == 0 && attribute.name == "package") return declare(out.id, attribute.value, "package");
  return Done{};
}

Result<Declared> read_element(std::string_view element) {
  Declared out;
  std::string_view name;
  for (ProtoFields walker(element); walker.more();) {
    const auto field = walker.next();
    if (!field) return tl::unexpected(field.error());
    if (field->number == 3) name = field->bytes;
    if (field->number != 4) continue;
    const auto attribute = read_attribute(field->bytes);
    if (!attribute) return tl::unexpected(attribute.error());
    if (const auto used = use(*attribute, out); !used) return tl::unexpected(used.error());
  }
  if (name != "manifest") return fail(ErrorKind::refused, "its manifest does not begin with <manifest>");
  return out;
}

}  // namespace

Result<Declared> read_proto_manifest(std::string_view bytes) {
  std::optional<std::string_view> root;
  for (ProtoFields walker(bytes); walker.more();) {
    const auto field = walker.next();
    if (!field) return tl::unexpected(field.error());
    if (field->number != 1) continue;
    if (root) return damaged_proto();
    root = field->bytes;
  }
  if (!root) return damaged_proto();
  return read_element(*root);
}

}  // namespace train::archives
