#include "apple/apple_signer.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <utility>

#include "kinds.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::size_t k_issuers_max = 5;

bool issued(X509* issuer, X509* subject) {
  const bool fits =
      X509_check_issued(issuer, subject) == X509_V_OK && X509_verify(subject, X509_get0_pubkey(issuer)) == 1;
  ERR_clear_error();
  return fits;
}

// Moves the issuers of `leaf`, nearest first, from `pool`.
std::vector<CertificateHandle> issuers_of(X509* leaf, std::vector<CertificateHandle> pool) {
  std::vector<CertificateHandle> out;
  X509* last = leaf;
  while (out.size() < k_issuers_max && X509_self_signed(last, 0) != 1) {
    X509* found = nullptr;
    for (CertificateHandle& candidate : pool) {
      if (!candidate || !issued(candidate.get(), last)) continue;
      found = candidate.get();
      out.push_back(std::move(candidate));
      break;
    }
    if (found == nullptr) break;
    last = found;
  }
  return out;
}

}  // namespace

CodeSigningKey AppleSigner::key(Instant now) const {
  CodeSigningKey out;
  out.key = entry.key.get();
  out.leaf = entry.certificate.get();
  for (const CertificateHandle& one : chain) out.chain.push_back(one.get());
  out.now = now;
  return out;
}

Result<Done> try_apple_identity(const AppleIdentity& identity, Instant now) {
  const auto entry = load_key(identity.identity, {}, identity.password);
  if (!entry) return tl::unexpected(entry.error());
  return check_validity(entry->certificate.get(), now, identity.identity);
}

Result<AppleSigner> open_apple_signer(const AppleIdentity& identity, Instant now,
                                      const std::vector<std::string>& known) {
  auto entry = load_key(identity.identity, {}, identity.password);
  if (!entry) return tl::unexpected(entry.error());
  AppleSigner out;
  out.entry = std::move(*entry);
  X509* const leaf = out.entry.certificate.get();
  if (auto valid = check_validity(leaf, now, identity.identity); !valid) return tl::unexpected(valid.error());
  std::vector<CertificateHandle> pool = std::move(out.entry.chain);
  out.entry.chain.clear();
  for (const std::string& der : known) {
    if (CertificateHandle certificate = certificate_of(der)) pool.push_back(std::move(certificate));
  }
  out.chain = issuers_of(leaf, std::move(pool));
  const std::string shown = printable(identity.identity.string(), 400);
  if (out.chain.empty()) {
    return fail(ErrorKind::definition,
                fmt::format("{} lacks the certificate that issued \"{}\", and the build has been signed under another.",
                            shown, subject_of(leaf)),
                "Add Apple's Worldwide Developer Relations certificate to the .p12 and export it again.");
  }
  for (const CertificateHandle& issuer : out.chain) {
    if (auto valid = check_validity(issuer.get(), now, identity.identity); !valid) return tl::unexpected(valid.error());
  }
  out.has_root = X509_self_signed(out.chain.back().get(), 0) == 1;
  out.leaf = der_of(leaf);
  out.team = subject_field(leaf, NID_organizationalUnitName);
  out.common_name = subject_field(leaf, NID_commonName);
  if (out.team.empty()) {
    return fail(ErrorKind::definition,
                fmt::format("The certificate \"{}\" in {} names no team.", subject_of(leaf), shown),
                "Name an Apple Distribution identity.");
  }
  return out;
}

}  // namespace train::signing
