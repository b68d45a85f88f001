// OpenSSL's objects, freed on every way out, and their bytes.
#pragma once

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace train::signing {

struct FreeOpenssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(CMS_ContentInfo* message) const { CMS_ContentInfo_free(message); }
  void operator()(BIO* bytes) const { BIO_free_all(bytes); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(STACK_OF(X509) * list) const { sk_X509_pop_free(list, X509_free); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeOpenssl>;
using CertificateHandle = std::unique_ptr<X509, FreeOpenssl>;
using CmsHandle = std::unique_ptr<CMS_ContentInfo, FreeOpenssl>;
using BioHandle = std::unique_ptr<BIO, FreeOpenssl>;
using CertificateList = std::unique_ptr<STACK_OF(X509), FreeOpenssl>;

inline const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// nullptr unless `der` is one certificate and nothing else.
CertificateHandle certificate_of(std::string_view der);
std::string der_of(const X509* certificate);
std::string der_of_key(const X509* certificate);  // its SubjectPublicKeyInfo
// In hex; what a store shows as the certificate's fingerprint.
std::string fingerprint_of(const X509* certificate);
std::string subject_of(const X509* certificate);  // "O=Example, CN=Upload"

}  // namespace train::signing
