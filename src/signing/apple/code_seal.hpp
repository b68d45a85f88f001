// What signs a Mach-O file as it came, and whether that still holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apple/code_cms.hpp"
#include "apple/macho.hpp"
#include "train/base/error.hpp"

namespace train::signing {

enum class SealKind {
  by_nobody,       // no signature, or a linker's or ad-hoc one, which anybody can make
  by_certificate,  // every slice
};

// What a bundle's executable is sealed with beside its own pages. Absent: there is no such file.
struct Beside {
  bool bundle = false;  // false: a bare dylib, which has nothing beside it
  std::optional<std::string_view> info_plist;
  std::optional<std::string_view> resources;
};

struct CodeReport {
  SealKind seal = SealKind::by_nobody;
  CodeSignedBy by;           // when signed
  std::string identifier;    // the first slice's, when it has a signature
  std::string team;          // likewise; may be empty
  std::string entitlements;  // the property list of the first slice that has one
  bool executable = false;   // MH_EXECUTE
  bool old_systems = false;  // some slice runs where SHA-1 is wanted
  std::optional<std::uint32_t> platform;
  std::optional<std::uint32_t> sdk_version;
};

// Reads every slice; where it is signed, all that the signature covers is hashed and compared: pages, what lies beside,
// the blobs, the CMS. refused when anything differs, when slices are signed by several certificates, or it is
// encrypted. The sentence has no subject: "page 3 is not what was signed".
Result<CodeReport> check_code(std::string_view file, const Beside& beside);

// SHA-256 alone is understood from iOS and tvOS 11 on; what runs on older ones, and on watches, carries SHA-1 too.
bool wants_sha1(const MachoImage& image);

}  // namespace train::signing
