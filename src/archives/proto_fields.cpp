#include "train/archives/proto_fields.hpp"

namespace train::archives {

Result<ProtoField> ProtoFields::next() {
  const auto damaged = [] {
    return fail(ErrorKind::refused, "its manifest is not a protobuf manifest, or it is damaged");
  };
  const std::string_view before = rest_;
  std::uint64_t key = 0;
  if (!varint(key) || key >> 3 == 0 || key >> 32 != 0) return damaged();
  ProtoField field;
  field.number = static_cast<std::uint32_t>(key >> 3);
  field.wire = static_cast<std::uint32_t>(key & 7);
  bool read = false;
  if (field.wire == 0) read = varint(field.value);
  if (field.wire == 1) read = take(8, field.bytes);
  if (field.wire == 2) read = varint(field.value) && take(field.value, field.bytes);
  if (field.wire == 5) read = take(4, field.bytes);
  if (!read) return damaged();
  field.raw = before.substr(0, before.size() - rest_.size());
  return field;
}

bool ProtoFields::varint(std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 70 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool ProtoFields::take(std::uint64_t length, std::string_view& out) {
  if (length > rest_.size()) return false;
  out = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return true;
}

}  // namespace train::archives
