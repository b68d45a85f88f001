// The manifests of Android: what they say that matters to a rebuild, and the same manifest under another version.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "train/archives/manifest.hpp"
#include "train/base/error.hpp"

namespace train::signing {

// Errors are sentence ends without a file ("its versionName is a reference …"), all of kind refused.

struct AndroidVersion {
  std::string name;
  std::uint32_t code = 0;
};

inline constexpr std::uint32_t k_version_code_max = 2'100'000'000;  // Google Play's

struct ManifestFacts {
  archives::Declared declared;
  std::string split;          // the name of the part that it is; empty for a whole app
  bool needs_splits = false;  // an .apk that does not run by itself
  std::optional<std::uint64_t> min_sdk;
  std::optional<std::uint64_t> target_sdk;
  bool debuggable = false;
  bool test_only = false;
  std::set<std::string> permissions;    // of <uses-permission>
  std::set<std::string> service_types;  // of foreground services, one word each: "location"
};

// An .aab's: protobuf.
Result<ManifestFacts> read_proto_facts(std::string_view manifest);
// versionCode and versionName where they are; none is added. All other bytes of the message stay.
Result<std::string> reversion_proto(std::string_view manifest, const AndroidVersion& version);

// An .apk's: binary XML.
Result<ManifestFacts> read_binary_facts(std::string_view manifest);
// The name is a new text in the pool: the old one may be shared by attributes that mean something else.
Result<std::string> reversion_binary(std::string_view manifest, const AndroidVersion& version);

// A foreground service's types from the bits of android:foregroundServiceType; of one that this version does not know,
// its bit as a number.
void add_service_types(std::uint64_t bits, std::set<std::string>& out);

inline constexpr std::uint32_t k_name_id = 0x01010003;
inline constexpr std::uint32_t k_service_type_id = 0x01010599;
inline constexpr std::uint32_t k_min_sdk_id = 0x0101020c;
inline constexpr std::uint32_t k_target_sdk_id = 0x01010270;
inline constexpr std::uint32_t k_debuggable_id = 0x0101000f;
inline constexpr std::uint32_t k_test_only_id = 0x01010272;
inline constexpr std::uint32_t k_split_required_id = 0x01010591;

}  // namespace train::signing
