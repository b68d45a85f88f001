// What an Android manifest or an Info.plist says of its app, as text; judged in reader.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "train/base/error.hpp"

namespace train::archives {

struct Declared {
  std::optional<std::string> id;       // package or bundle id
  std::optional<std::string> version;  // marketing version
  std::optional<std::string> build;    // version code or bundle version
};

inline constexpr std::uint32_t k_version_code_id = 0x0101021b;
inline constexpr std::uint32_t k_version_name_id = 0x0101021c;
inline constexpr std::uint32_t k_version_code_major_id = 0x01010576;

// An .aab's manifest: aapt.pb.XmlNode. refused when it is damaged or names its version by reference.
Result<Declared> read_proto_manifest(std::string_view bytes);

// An .apk's manifest: binary XML. Errors as above.
Result<Declared> read_binary_manifest(std::string_view bytes);

// An Info.plist, binary or XML. refused when it is damaged.
Result<Declared> read_info_plist(std::string_view bytes);

}  // namespace train::archives
