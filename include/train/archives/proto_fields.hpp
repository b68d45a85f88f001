// A protobuf message, field by field, as it lies in memory: nothing is copied and nothing unknown is lost.
#pragma once

#include <cstdint>
#include <string_view>

#include "train/base/error.hpp"

namespace train::archives {

struct ProtoField {
  std::uint32_t number = 0;
  std::uint32_t wire = 0;   // 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes
  std::uint64_t value = 0;  // of a varint
  std::string_view bytes;   // of the other kinds
  std::string_view raw;     // all of it, its key and length included
};

class ProtoFields {
 public:
  explicit ProtoFields(std::string_view message) : rest_(message) {}

  bool more() const { return !rest_.empty(); }
  // refused when the message is damaged: "its manifest is not a protobuf manifest, …".
  Result<ProtoField> next();

 private:
  bool varint(std::uint64_t& value);
  bool take(std::uint64_t length, std::string_view& out);

  std::string_view rest_;
};

}  // namespace train::archives
