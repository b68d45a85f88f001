// Signs a Mach-O file anew. What is signed already changes as little as can be: the hashes of what lies beside it and
// the CMS, in the room that is there. What is not gets a signature of its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apple/code_cms.hpp"
#include "apple/code_seal.hpp"
#include "train/base/error.hpp"

namespace train::signing {

struct CodeWish {
  Beside beside;
  std::string identifier;  // for code that has no signature by a certificate
  std::string team;
  // For executables that carry none: the property list, and the DER of the same. Both empty: none.
  std::string entitlements;
  std::string entitlements_der;
  std::string old_common_name;  // of the certificate that signed it; empty when none did
  std::string common_name;      // of the one that signs now
};

// The whole file. refused when it has no room for a signature, or breaks a bound.
Result<std::string> sign_code(std::string_view file, const CodeWish& wish, const CodeSigningKey& key);
// One image of it.
Result<std::string> sign_slice(std::string_view slice, const CodeWish& wish, const CodeSigningKey& key);

}  // namespace train::signing
