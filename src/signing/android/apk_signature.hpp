// APK signature schemes v2 and v3: reading and verifying the ones a source has, making new ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "android/apk_block.hpp"
#include "android/apk_digest.hpp"
#include "keys/keystore.hpp"
#include "train/zip/package.hpp"

namespace train::signing {

struct ApkSeal {
  CertificateHandle signer;
};
// Verifies v2 and v3 as far as the block has them: signatures, and the digests over the file. nullopt: it has neither.
// refused: damaged, a second signer, a rotated key, or one scheme stripped.
Result<std::optional<ApkSeal>> verify_apk_seal(const zip::Package& package, const ApkBlock& block);

// The pairs of v2 and v3 over `sections`.
Result<std::vector<NewApkPair>> make_apk_seal(const ApkSections& sections, const KeyEntry& key);

// How the schemes write a signature; the numbers are theirs.
enum class ApkAlgorithm : std::uint32_t {
  rsa_pss_sha256 = 0x0101,
  rsa_pss_sha512 = 0x0102,
  rsa_sha256 = 0x0103,
  rsa_sha512 = 0x0104,
  ecdsa_sha256 = 0x0201,
  ecdsa_sha512 = 0x0202,
  dsa_sha256 = 0x0301,
};
std::optional<ApkAlgorithm> apk_algorithm(std::uint32_t number);  // nullopt: not one of these
// What apksigner picks: SHA-512 for RSA above 3,072 bits and curves above P-256. nullopt: a kind of key nobody uses.
std::optional<ApkAlgorithm> apk_algorithm_for(const EVP_PKEY* key);
Hash content_hash(ApkAlgorithm algorithm);

Result<std::string> apk_sign(ApkAlgorithm algorithm, EVP_PKEY* key, std::string_view bytes);
bool apk_verify(ApkAlgorithm algorithm, EVP_PKEY* key, std::string_view bytes, std::string_view signature);

}  // namespace train::signing
