// Signing keys as people keep them: PKCS#12 (.p12, .pfx, today's .jks and .keystore), also as old tools encrypt it, and
// Java's own JKS. One loader serves Android and Apple.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keys/openssl_handles.hpp"
#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/base/time.hpp"

namespace train::signing {

struct KeyEntry {
  std::string alias;  // friendlyName; may be empty
  KeyHandle key;
  CertificateHandle certificate;         // of that key
  std::vector<CertificateHandle> chain;  // its issuers as far as the file holds them, nearest first
};

// The key called `alias` (Java takes no notice of case, nor do we), or the only one when `alias` is empty.
// not_found: no such file. definition: others may read the file, it is no keystore, it has no such alias (the message
// lists those it has), or several and none was named. auth: the password does not open it.
Result<KeyEntry> load_key(const std::filesystem::path& file, const std::string& alias, const Secret& password);

// definition when the certificate has expired at `now`. When it begins is not judged: Android and Google Play take no
// notice, and a key made a moment ago on a machine whose clock runs ahead serves.
Result<Done> check_not_expired(const X509* certificate, Instant now, const std::filesystem::path& file);

// The same, and definition when it is not valid yet.
Result<Done> check_validity(const X509* certificate, Instant now, const std::filesystem::path& file);

}  // namespace train::signing
