// Who signed an image: a CMS over the CodeDirectory of slot 0, whose signed attributes name every CodeDirectory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apple/code_signature.hpp"
#include "keys/openssl_handles.hpp"
#include "train/base/error.hpp"
#include "train/base/time.hpp"

namespace train::signing {

// A field of its subject as text, empty when absent: NID_commonName, NID_organizationalUnitName (Apple's team).
std::string subject_field(X509* certificate, int nid);

// Who signed the live build.
struct CodeSignedBy {
  std::string leaf;                       // DER
  std::vector<std::string> certificates;  // DER, all that the CMS carries
};

// Whether `signature` is signed by the certificate it carries, over all its CodeDirectories. Whom that certificate
// belongs to is not asked: only Apple knows. refused as damaged.
Result<CodeSignedBy> verify_code_cms(const CodeSignature& signature);

// What signs: the key stays its owner's. `chain` leads from the leaf's issuer to the root.
struct CodeSigningKey {
  EVP_PKEY* key = nullptr;
  X509* leaf = nullptr;
  std::vector<X509*> chain;
  Instant now;
};

// DER. internal when OpenSSL cannot, saying why.
Result<std::string> sign_code_directories(const CodeSigningKey& key, const CodeSignature& signature);

// The content of a CMS that carries it, as profiles do, its signature checked against its own certificate. refused when
// it is none or damaged.
Result<std::string> cms_content(std::string_view der);

}  // namespace train::signing
