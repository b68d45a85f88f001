#include <fmt/format.h>
#include <openssl/err.h>

#include "android/jar_seal.hpp"
#include "ascii.hpp"

namespace train::signing {
namespace {

tl::unexpected<Error> cannot_seal(std::string_view what) {
  ERR_clear_error();
  return fail(ErrorKind::internal, fmt::format("Cannot sign: OpenSSL could not {}.", what));
}

// As jarsigner names it: eight characters, upper case.
std::string seal_name(const std::string& alias) {
  std::string out;
  for (const char c : alias.substr(0, 8)) {
    const char up = ascii_upper(c);
    const bool plain = (up >= 'A' && up <= 'Z') || (up >= '0' && up <= '9') || up == '_' || up == '-';
    out += plain ? up : '_';
  }
  return out.empty() ? "CERT" : out;
}

bool add_signing_time(CMS_SignerInfo* signer, Instant now) {
  ASN1_TIME* time = ASN1_TIME_set(nullptr, static_cast<std::time_t>(now.time_since_epoch().count()));
  const bool added = time != nullptr &&
                     CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, ASN1_STRING_type(time), time, -1) == 1;
  ASN1_TIME_free(time);
  return added;
}

CertificateList chain_of(const KeyEntry& key) {
  CertificateList chain(sk_X509_new_null());
  for (const CertificateHandle& one : key.chain) {
    if (!chain || X509_up_ref(one.get()) != 1) return nullptr;
    if (sk_X509_push(chain.get(), one.get()) <= 0) {
      X509_free(one.get());
      return nullptr;
    }
  }
  return chain;
}

Result<std::string> sign_detached(std::string_view text, const KeyEntry& key, const JarOrder& order) {
  const CertificateList chain = chain_of(key);
  constexpr unsigned flags = CMS_PARTIAL | CMS_DETACHED | CMS_BINARY;
  const CmsHandle cms(CMS_sign(nullptr, nullptr, chain.get(), nullptr, flags));
  if (!chain || !cms) return cannot_seal("begin a signature");
  const bool with_time = order.android_schemes.empty();
  CMS_SignerInfo* signer = CMS_add1_signer(cms.get(), key.certificate.get(), key.key.get(),
                                           order.hash == Hash::sha1 ? EVP_sha1() : EVP_sha256(),
                                           with_time ? CMS_BINARY | CMS_NOSMIMECAP : CMS_BINARY | CMS_NOATTR);
  if (signer == nullptr) return cannot_seal("use the key");
  if (with_time && !add_signing_time(signer, order.now)) return cannot_seal("write the time");
  const BioHandle content(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!content || CMS_final(cms.get(), content.get(), nullptr, flags) != 1) return cannot_seal("sign the digests");
  unsigned char* der = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &der);
  if (size <= 0) return cannot_seal("write the signature");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

Result<std::vector<JarFile>> make_jar_seal(const std::vector<JarEntryDigest>& entries, const KeyEntry& key,
                                           const JarOrder& order) {
  JarTexts texts = write_jar_texts(entries, order.hash, order.android_schemes);
  auto signature = sign_detached(texts.signature, key, order);
  if (!signature) return tl::unexpected(signature.error());
  const std::string name = "META-INF/" + seal_name(key.alias);
  const char* ending = EVP_PKEY_get_base_id(key.key.get()) == EVP_PKEY_EC ? ".EC" : ".RSA";
  std::vector<JarFile> out;
  out.push_back({"META-INF/MANIFEST.MF", std::move(texts.manifest)});
  out.push_back({name + ".SF", std::move(texts.signature)});
  out.push_back({name + ending, std::move(*signature)});
  return out;
}

}  // namespace train::signing
