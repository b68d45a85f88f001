// Rollback builds on any machine: .aab, .apk and .ipa are re-versioned and re-signed without a vendor's tools.
// Formats and what each step changes: docs/signing.md. Bounds are those of the archives' reader.
#pragma once

#include <memory>

#include "train/ports/signer.hpp"

namespace train::signing {

std::unique_ptr<Signer> make_signer();

}  // namespace train::signing
