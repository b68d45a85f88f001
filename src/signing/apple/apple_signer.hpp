// The distribution identity: key, certificate and the certificates that lead to Apple's root.
#pragma once

#include <string>
#include <vector>

#include "apple/code_cms.hpp"
#include "keys/keystore.hpp"
#include "train/base/error.hpp"
#include "train/ports/signer.hpp"

namespace train::signing {

struct AppleSigner {
  KeyEntry entry;
  std::vector<CertificateHandle> chain;  // from the leaf's issuer on
  std::string leaf;                      // DER
  std::string team;
  std::string common_name;
  bool has_root = false;  // the chain ends at a certificate that issued itself

  CodeSigningKey key(Instant now) const;
};

// Opens the identity at `now`. Issuers that its file lacks are taken from `known` (DER), what the live build carries.
// Errors as load_key's and check_validity's; definition when the issuer is nowhere, or it names no team.
Result<AppleSigner> open_apple_signer(const AppleIdentity& identity, Instant now,
                                      const std::vector<std::string>& known);

}  // namespace train::signing
