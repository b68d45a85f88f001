#include "keys/openssl_handles.hpp"

#include "package_digests.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

// The bytes OpenSSL allocated for a DER form, as a text of ours.
std::string taken(unsigned char* bytes, int size) {
  if (bytes == nullptr || size < 0) return {};
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

}  // namespace

CertificateHandle certificate_of(std::string_view der) {
  const unsigned char* at = octets(der);
  CertificateHandle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (at != octets(der) + der.size()) return nullptr;
  return certificate;
}

std::string der_of(const X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  return taken(bytes, size);
}

std::string der_of_key(const X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
  return taken(bytes, size);
}

std::string fingerprint_of(const X509* certificate) { return hex(digest(Hash::sha256, der_of(certificate))); }

std::string subject_of(const X509* certificate) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE) < 0) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return printable(std::string_view(data, static_cast<std::size_t>(size)), 200);
}

}  // namespace train::signing
