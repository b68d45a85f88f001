#include <fmt/format.h>

#include "android/apk_signature.hpp"
#include "train/zip/records.hpp"

namespace train::signing {
namespace {

// The platforms whose v3 signer this is: from the first that knows these algorithms on, as apksigner writes it.
constexpr std::uint32_t k_v3_sdk_min = 24;
constexpr std::uint32_t k_v3_sdk_max = 0x7fffffff;

std::string number(std::uint32_t value) {
  std::string out;
  zip::put_u32(out, value);
  return out;
}

// A sequence of one: LP(LP(u32 algorithm, LP(bytes))).
std::string one_of_algorithm(ApkAlgorithm algorithm, std::string_view bytes) {
  return with_length(with_length(number(static_cast<std::uint32_t>(algorithm)) + with_length(bytes)));
}

std::string certificates_of(const KeyEntry& key) {
  std::string all = with_length(der_of(key.certificate.get()));
  for (const CertificateHandle& one : key.chain) all += with_length(der_of(one.get()));
  return with_length(all);
}

// Says in v2 that v3 is there too, so that nobody can take v3 out unnoticed.
std::string attribute_against_stripping() { return with_length(with_length(number(0xbeeff00d) + number(3))); }

Result<std::string> signer_pair(const std::string& data, const std::string& between, ApkAlgorithm algorithm,
                                const KeyEntry& key) {
  const auto signature = apk_sign(algorithm, key.key.get(), data);
  if (!signature) return signature;
  const std::string signer = with_length(data) + between + one_of_algorithm(algorithm, *signature) +
                             with_length(der_of_key(key.certificate.get()));
  return with_length(with_length(signer));
}

}  // namespace

Result<std::vector<NewApkPair>> make_apk_seal(const ApkSections& sections, const KeyEntry& key) {
  const auto algorithm = apk_algorithm_for(key.key.get());
  if (!algorithm) return fail(ErrorKind::definition, "The key is neither an RSA key nor one on an elliptic curve.");
  const std::string digest = apk_digests(sections, {content_hash(*algorithm)}).front();
  const std::string head = one_of_algorithm(*algorithm, digest) + certificates_of(key);
  const std::string sdks = number(k_v3_sdk_min) + number(k_v3_sdk_max);
  auto v2 = signer_pair(head + attribute_against_stripping(), {}, *algorithm, key);
  if (!v2) return tl::unexpected(v2.error());
  auto v3 = signer_pair(head + sdks + with_length({}), sdks, *algorithm, key);
  if (!v3) return tl::unexpected(v3.error());
  std::vector<NewApkPair> out;
  out.push_back({k_block_v2, std::move(*v2)});
  out.push_back({k_block_v3, std::move(*v3)});
  return out;
}

}  // namespace train::signing
