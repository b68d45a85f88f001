// What a protobuf manifest says besides its version: a few attributes of <manifest>, <uses-sdk> and <application>.
#include <charconv>

#include "android/manifest.hpp"
#include "train/archives/proto_fields.hpp"

namespace train::signing {
namespace {

using archives::ProtoField;
using archives::ProtoFields;

template <typename See>
Result<Done> for_each_field(std::string_view message, See see) {
  for (ProtoFields fields(message); fields.more();) {
    const auto field = fields.next();
    if (!field) return tl::unexpected(field.error());
    if (auto seen = see(*field); !seen) return seen;
  }
  return Done{};
}

struct ProtoValue {
  std::string_view name;
  std::string_view text;
  std::uint64_t resource_id = 0;
  std::optional<std::uint64_t> number;  // also of a truth value

  std::optional<std::uint64_t> as_number() const {
    if (number) return number;
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return value;
  }
  bool as_truth() const { return number ? *number != 0 : text == "true"; }
};

Result<Done> read_value_item(std::string_view item, ProtoValue& out) {
  return for_each_field(item, [&out](const ProtoField& field) -> Result<Done> {
    if (field.number != 7 || field.wire != 2) return Done{};
    return for_each_field(field.bytes, [&out](const ProtoField& primitive) -> Result<Done> {
      const bool whole = primitive.number >= 6 && primitive.number <= 8 && primitive.wire == 0;
      if (whole) out.number = primitive.value;
      return Done{};
    });
  });
}

Result<ProtoValue> read_value(std::string_view attribute) {
  ProtoValue out;
  const auto read = for_each_field(attribute, [&out](const ProtoField& field) -> Result<Done> {
    if (field.number == 2) out.name = field.bytes;
    if (field.number == 3) out.text = field.bytes;
    if (field.number == 5) out.resource_id = field.value;
    return field.number == 6 && field.wire == 2 ? read_value_item(field.bytes, out) : Result<Done>(Done{});
  });
  if (!read) return tl::unexpected(read.error());
  return out;
}

bool is_permission(std::string_view element) {
  return element == "uses-permission" || element == "uses-permission-sdk-23";
}

void note_child(std::string_view element, const ProtoValue& value, ManifestFacts& facts) {
  if (is_permission(element) && value.resource_id == k_name_id) facts.permissions.insert(std::string(value.text));
  if (element == "uses-sdk" && value.resource_id == k_min_sdk_id) facts.min_sdk = value.as_number();
  if (element == "uses-sdk" && value.resource_id == k_target_sdk_id) facts.target_sdk = value.as_number();
  if (element == "application" && value.resource_id == k_debuggable_id) facts.debuggable = value.as_truth();
  if (element == "application" && value.resource_id == k_test_only_id) facts.test_only = value.as_truth();
}

std::string_view element_name(std::string_view element) {
  std::string_view name;
  (void)for_each_field(element, [&name](const ProtoField& field) -> Result<Done> {
    if (field.number == 3) name = field.bytes;
    return Done{};
  });
  return name;
}

// A service, an activity, … : XmlNode {1 element}
Result<Done> read_component(std::string_view node, ManifestFacts& facts) {
  return for_each_field(node, [&facts](const ProtoField& field) -> Result<Done> {
    if (field.number != 1 || field.wire != 2 || element_name(field.bytes) != "service") return Done{};
    return for_each_field(field.bytes, [&facts](const ProtoField& part) -> Result<Done> {
      if (part.number != 4 || part.wire != 2) return Done{};
      const auto value = read_value(part.bytes);
      if (!value) return tl::unexpected(value.error());
      if (value->resource_id == k_service_type_id)
        add_service_types(value->as_number().value_or(0), facts.service_types);
      return Done{};
    });
  });
}

// XmlNode {1 element}
Result<Done> read_child(std::string_view node, ManifestFacts& facts) {
  return for_each_field(node, [&facts](const ProtoField& field) -> Result<Done> {
    if (field.number != 1 || field.wire != 2) return Done{};
    const std::string_view name = element_name(field.bytes);
    return for_each_field(field.bytes, [&facts, name](const ProtoField& part) -> Result<Done> {
      if (part.number == 5 && part.wire == 2 && name == "application") return read_component(part.bytes, facts);
      if (part.number != 4 || part.wire != 2) return Done{};
      const auto value = read_value(part.bytes);
      if (!value) return tl::unexpected(value.error());
      note_child(name, *value, facts);
      return Done{};
    });
  });
}

Result<Done> read_root(std::string_view element, ManifestFacts& facts) {
  return for_each_field(element, [&facts](const ProtoField& field) -> Result<Done> {
    if (field.number == 5 && field.wire == 2) return read_child(field.bytes, facts);
    if (field.number != 4 || field.wire != 2) return Done{};
    const auto value = read_value(field.bytes);
    if (!value) return tl::unexpected(value.error());
    if (value->resource_id == 0 && value->name == "split") facts.split = std::string(value->text);
    return Done{};
  });
}

}  // namespace

Result<ManifestFacts> read_proto_facts(std::string_view manifest) {
  const auto declared = archives::read_proto_manifest(manifest);
  if (!declared) return tl::unexpected(declared.error());
  ManifestFacts facts;
  facts.declared = *declared;
  const auto read = for_each_field(manifest, [&facts](const ProtoField& field) -> Result<Done> {
    return field.number == 1 && field.wire == 2 ? read_root(field.bytes, facts) : Result<Done>(Done{});
  });
  if (!read) return tl::unexpected(read.error());
  return facts;
}

}  // namespace train::signing
