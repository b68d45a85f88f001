#include "test_keys.hpp"

#include <openssl/ec.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <stdexcept>

#include "package_digests.hpp"
#include "unit/archives/zip_writer.hpp"

namespace train::signing {
namespace {

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

TestKey with_certificate(const std::string& alias, EVP_PKEY* key, const Validity& validity) {
  TestKey out{alias, KeyHandle(key), CertificateHandle(X509_new())};
  must(key != nullptr && out.certificate, "a key and a certificate");
  X509* certificate = out.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
  ASN1_TIME_set(X509_getm_notBefore(certificate), validity.from.time_since_epoch().count());
  ASN1_TIME_set(X509_getm_notAfter(certificate), validity.until.time_since_epoch().count());
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, octets(alias), static_cast<int>(alias.size()), -1, 0);
  X509_set_issuer_name(certificate, name);
  must(X509_sign(certificate, key, EVP_sha256()) > 0, "a signed certificate");
  return out;
}

std::string big(std::uint64_t value, int width) {
  std::string out;
  for (int i = width; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

std::string java_text(const std::string& text) { return big(text.size(), 2) + text; }

std::string java_password(const std::string& ascii) {
  std::string out;
  for (const char c : ascii) out += {'\0', c};
  return out;
}

std::string pkcs8_of(EVP_PKEY* key) {
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  PKCS8_PRIV_KEY_INFO_free(info);
  return out;
}

// SEQUENCE {SEQUENCE {1.3.6.1.4.1.42.2.17.1.1, NULL}, OCTET STRING}, with lengths of two bytes.
std::string sealed_key(EVP_PKEY* key, const std::string& password) {
  const std::string plain = pkcs8_of(key);
  const std::string salt(20, '\x5a');
  std::string sealed = plain;
  std::string stream = salt;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i % 20 == 0) stream = digest(Hash::sha1, password + stream);
    sealed[i] ^= stream[i % 20];
  }
  const std::string value = salt + sealed + digest(Hash::sha1, password + plain);
  const std::string algorithm("\x30\x0e\x06\x0a\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01\x05\x00", 16);
  const std::string body = algorithm + "\x04\x82" + big(value.size(), 2) + value;
  return "\x30\x82" + big(body.size(), 2) + body;
}

}  // namespace

TestKey make_rsa_key(const std::string& alias, int bits, const Validity& validity) {
  return with_certificate(alias, EVP_RSA_gen(static_cast<unsigned>(bits)), validity);
}
TestKey make_ec_key(const std::string& alias, const char* curve, const Validity& validity) {
  return with_certificate(alias, EVP_EC_gen(curve), validity);
}

std::string pkcs12_of(const std::vector<const TestKey*>& keys, const std::string& password, Ciphers ciphers) {
  if (ciphers == Ciphers::old) {
    OSSL_PROVIDER_load(nullptr, "default");
    OSSL_PROVIDER_load(nullptr, "legacy");
  }
  const bool old = ciphers == Ciphers::old;
  const int key_cipher = old ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : NID_aes_256_cbc;
  const int certificate_cipher = old ? NID_pbe_WithSHA1And40BitRC2_CBC : NID_aes_256_cbc;
  STACK_OF(PKCS7)* safes = nullptr;
  for (const TestKey* one : keys) {
    STACK_OF(PKCS12_SAFEBAG)* bags = nullptr;
    PKCS12_SAFEBAG* bag = PKCS12_add_key(&bags, one->key.get(), 0, 2048, key_cipher, password.c_str());
    must(bag != nullptr, "a key in its bag");
    PKCS12_add_friendlyname_utf8(bag, one->alias.c_str(), -1);
    must(PKCS12_add_safe(&safes, bags, -1, 0, nullptr) == 1, "a safe with a key");
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    bags = nullptr;
    PKCS12_add_cert(&bags, one->certificate.get());
    must(PKCS12_add_safe(&safes, bags, certificate_cipher, 2048, password.c_str()) == 1, "a safe with a certificate");
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  }
  PKCS12* file = PKCS12_add_safes(safes, 0);
  must(PKCS12_set_mac(file, password.c_str(), -1, nullptr, 0, 2048, old ? EVP_sha1() : EVP_sha256()) == 1, "a mac");
  unsigned char* der = nullptr;
  const int size = i2d_PKCS12(file, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  PKCS12_free(file);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  return out;
}

std::string jks_of(const std::vector<const TestKey*>& keys, const std::string& password) {
  const std::string chars = java_password(password);
  std::string out = "\xfe\xed\xfe\xed" + big(2, 4) + big(keys.size() + 1, 4);
  for (const TestKey* one : keys) {
    const std::string sealed = sealed_key(one->key.get(), chars);
    const std::string der = der_of(one->certificate.get());
    out += big(1, 4) + java_text(one->alias) + big(0, 8) + big(sealed.size(), 4) + sealed;
    out += big(1, 4) + java_text("X.509") + big(der.size(), 4) + der;
  }
  const std::string trusted = der_of(keys.front()->certificate.get());
  out += big(2, 4) + java_text("a trusted one") + big(0, 8) + java_text("X.509") + big(trusted.size(), 4) + trusted;
  return out + digest(Hash::sha1, chars + "Mighty Aphrodite" + out);
}

std::filesystem::path write_keystore(const std::filesystem::path& file, const std::string& bytes) {
  archives::write_file(file, bytes);
  ::chmod(file.c_str(), 0600);
  return file;
}

const TestKey& rsa_key() {
  static const TestKey key = make_rsa_key("upload");
  return key;
}
const TestKey& ec_key() {
  static const TestKey key = make_ec_key("Elliptic Key 1");
  return key;
}

}  // namespace train::signing
