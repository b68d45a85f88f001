// Reading v2 and v3: a signer is LP(signed data) [v3: u32 min SDK, u32 max SDK] LP(signatures) LP(public key); the
// signed data LP(digests) LP(certificates) [v3: u32 min, u32 max] LP(attributes).
#include <algorithm>

#include "android/apk_signature.hpp"

namespace train::signing {
namespace {

constexpr std::uint32_t k_attribute_stripping = 0xbeeff00d;
constexpr std::uint32_t k_attribute_lineage = 0x3ba06f8c;
constexpr std::uint32_t k_attribute_rotation_31 = 0x559f8b02;  // "v3.1 is present as well"

constexpr std::string_view k_damaged_seal = "its signing block is damaged";
constexpr std::string_view k_second_signer = "it has a second signer, whose key is not at hand";

enum class Scheme { v2, v3 };

struct AlgorithmBytes {
  ApkAlgorithm algorithm = ApkAlgorithm::rsa_sha256;
  std::string_view bytes;
};

// LP(u32 algorithm, LP(bytes))*; those of unknown algorithms are left out. nullopt: damaged.
std::optional<std::vector<AlgorithmBytes>> read_algorithms(std::string_view sequence) {
  std::vector<AlgorithmBytes> out;
  for (LengthPrefixed parts(sequence); parts.more();) {
    const auto part = parts.next();
    if (!part) return std::nullopt;
    LengthPrefixed fields(*part);
    const auto number = fields.number();
    const auto bytes = fields.next();
    if (!number || !bytes) return std::nullopt;
    if (const auto known = apk_algorithm(*number)) out.push_back({*known, *bytes});
  }
  return out;
}

struct ReadSigner {
  std::vector<AlgorithmBytes> digests;
  CertificateHandle certificate;
  bool says_v3 = false;  // v2's attribute against stripping
};

class SignerReader {
 public:
  SignerReader(const zip::Package& package, Scheme scheme) : package_(&package), scheme_(scheme) {}

  Result<ReadSigner> read(std::string_view value) const {
    LengthPrefixed outer(value);
    const auto signers = outer.next();
    if (!signers) return damaged();
    LengthPrefixed each(*signers);
    const auto signer = each.next();
    if (!signer) return damaged();
    if (each.more()) return package_->refuse(k_second_signer);
    LengthPrefixed fields(*signer);
    const auto data = fields.next();
    if (scheme_ == Scheme::v3 && !(fields.number() && fields.number())) return damaged();
    const auto signatures = fields.next();
    const auto key = fields.next();
    if (!data || !signatures || !key) return damaged();
    auto out = read_data(*data);
    if (!out) return out;
    if (auto signed_by = check_signatures(*data, *signatures, *key, *out); !signed_by) {
      return tl::unexpected(signed_by.error());
    }
    return out;
  }

 private:
  tl::unexpected<Error> damaged() const { return package_->refuse(k_damaged_seal); }

  Result<ReadSigner> read_data(std::string_view data) const {
    LengthPrefixed fields(data);
    const auto digests = fields.next();
    const auto certificates = fields.next();
    if (scheme_ == Scheme::v3 && !(fields.number() && fields.number())) return damaged();
    const auto attributes = fields.next();
    if (!digests || !certificates || !attributes) return damaged();
    ReadSigner out;
    const auto known = read_algorithms(*digests);
    LengthPrefixed first(*certificates);
    const auto der = first.next();
    if (!known || !der) return damaged();
    out.digests = *known;
    out.certificate = certificate_of(*der);
    if (!out.certificate) return damaged();
    if (auto read = read_attributes(*attributes, out); !read) return tl::unexpected(read.error());
    return out;
  }

  Result<Done> read_attributes(std::string_view attributes, ReadSigner& out) const {
    for (LengthPrefixed parts(attributes); parts.more();) {
      const auto part = parts.next();
      if (!part) return damaged();
      LengthPrefixed fields(*part);
      const auto id = fields.number();
      if (!id) return damaged();
      if (scheme_ == Scheme::v3 && (*id == k_attribute_lineage || *id == k_attribute_rotation_31)) {
        return package_->refuse("its signing key was rotated (APK signature v3 with a lineage), which is not rebuilt");
      }
      if (scheme_ == Scheme::v2 && *id == k_attribute_stripping) {
        const auto other = fields.number();
        out.says_v3 = other && *other == 3;
      }
    }
    return Done{};
  }

  Result<Done> check_signatures(std::string_view data, std::string_view signatures, std::string_view key,
                                const ReadSigner& signer) const {
    const auto known = read_algorithms(signatures);
    if (!known) return damaged();
    if (known->empty() || signer.digests.empty()) {
      return package_->refuse("it is signed with an algorithm that is not understood");
    }
    EVP_PKEY* public_key = X509_get0_pubkey(signer.certificate.get());
    if (public_key == nullptr || key != der_of_key(signer.certificate.get())) return damaged();
    const bool right = std::all_of(known->begin(), known->end(), [&](const AlgorithmBytes& one) {
      return apk_verify(one.algorithm, public_key, data, one.bytes);
    });
    if (!right) return package_->refuse("the signature in its signing block is not valid: the file is damaged");
    return Done{};
  }

  const zip::Package* package_;
  Scheme scheme_;
};

Result<Done> check_digests(const zip::Package& package, const ApkBlock& block,
                           const std::vector<AlgorithmBytes>& wanted) {
  std::vector<Hash> hashes;
  for (const AlgorithmBytes& one : wanted) {
    const Hash hash = content_hash(one.algorithm);
    if (std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) hashes.push_back(hash);
  }
  std::string end;
  const std::vector<std::string> found = apk_digests(apk_sections(package, block.begin, end), hashes);
  for (const AlgorithmBytes& one : wanted) {
    const auto place = std::find(hashes.begin(), hashes.end(), content_hash(one.algorithm)) - hashes.begin();
    if (found[static_cast<std::size_t>(place)] != one.bytes) {
      return package.refuse("its contents are not what was signed: the file is damaged");
    }
  }
  return Done{};
}

}  // namespace

Result<std::optional<ApkSeal>> verify_apk_seal(const zip::Package& package, const ApkBlock& block) {
  if (block.find(k_block_v31) != nullptr) {
    return package.refuse("its signing key was rotated (APK signature v3.1), which is not rebuilt");
  }
  const ApkPair* v2 = block.find(k_block_v2);
  const ApkPair* v3 = block.find(k_block_v3);
  std::vector<AlgorithmBytes> digests;
  ApkSeal seal;
  for (const auto scheme : {Scheme::v2, Scheme::v3}) {
    const ApkPair* pair = scheme == Scheme::v2 ? v2 : v3;
    if (pair == nullptr) continue;
    auto signer = SignerReader(package, scheme).read(pair->value);
    if (!signer) return tl::unexpected(signer.error());
    if (signer->says_v3 && v3 == nullptr) return package.refuse("its v3 signature was taken out: the file is damaged");
    if (seal.signer && X509_cmp(seal.signer.get(), signer->certificate.get()) != 0) {
      return package.refuse(k_second_signer);
    }
    seal.signer = std::move(signer->certificate);
    digests.insert(digests.end(), signer->digests.begin(), signer->digests.end());
  }
  if (!seal.signer) return std::optional<ApkSeal>();
  if (auto same = check_digests(package, block, digests); !same) return tl::unexpected(same.error());
  return std::optional<ApkSeal>(std::move(seal));
}

}  // namespace train::signing
