// PKCS#12, bag by bag: OpenSSL's own PKCS12_parse takes the first key and drops the names of the others.
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "keys/keystore_forms.hpp"

namespace train::signing {
namespace {

struct FreePkcs12 {
  void operator()(PKCS12* file) const { PKCS12_free(file); }
  void operator()(PKCS8_PRIV_KEY_INFO* key) const { PKCS8_PRIV_KEY_INFO_free(key); }
  void operator()(STACK_OF(PKCS7) * safes) const { sk_PKCS7_pop_free(safes, PKCS7_free); }
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const { sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free); }
};
template <typename T>
using Pkcs12Handle = std::unique_ptr<T, FreePkcs12>;

// Keychain exports and old keytools encrypt with RC2 and triple DES, which OpenSSL 3 keeps in a provider of their own;
// loading one by name stops the default from being loaded by itself.
void allow_old_ciphers() {
  struct Unload {
    void operator()(OSSL_PROVIDER* provider) const { OSSL_PROVIDER_unload(provider); }
  };
  static const std::unique_ptr<OSSL_PROVIDER, Unload> usual(OSSL_PROVIDER_load(nullptr, "default"));
  static const std::unique_ptr<OSSL_PROVIDER, Unload> legacy(OSSL_PROVIDER_load(nullptr, "legacy"));
  ERR_clear_error();
}

std::string name_of(PKCS12_SAFEBAG* bag) {
  char* name = PKCS12_get_friendlyname(bag);
  if (name == nullptr) return {};
  std::string out(name);
  OPENSSL_free(name);
  return out;
}

struct Bags {
  std::vector<KeyEntry> keys;
  std::vector<CertificateHandle> certificates;
};

KeyHandle key_in(PKCS12_SAFEBAG* bag, const std::string& password) {
  if (PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag) {
    return KeyHandle(EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)));
  }
  const Pkcs12Handle<PKCS8_PRIV_KEY_INFO> opened(
      PKCS12_decrypt_skey(bag, password.c_str(), static_cast<int>(password.size())));
  return opened ? KeyHandle(EVP_PKCS82PKEY(opened.get())) : nullptr;
}

bool take_bag(PKCS12_SAFEBAG* bag, const std::string& password, Bags& out) {
  const int kind = PKCS12_SAFEBAG_get_nid(bag);
  if (kind == NID_certBag) {
    if (CertificateHandle certificate{PKCS12_SAFEBAG_get1_cert(bag)})
      out.certificates.push_back(std::move(certificate));
    return true;
  }
  if (kind != NID_keyBag && kind != NID_pkcs8ShroudedKeyBag) return true;
  KeyEntry entry;
  entry.alias = name_of(bag);
  entry.key = key_in(bag, password);
  if (!entry.key) return false;
  out.keys.push_back(std::move(entry));
  return true;
}

bool take_safe(PKCS7* safe, const std::string& password, Bags& out) {
  const int kind = OBJ_obj2nid(safe->type);
  Pkcs12Handle<STACK_OF(PKCS12_SAFEBAG)> bags;
  if (kind == NID_pkcs7_data) bags.reset(PKCS12_unpack_p7data(safe));
  if (kind == NID_pkcs7_encrypted) {
    bags.reset(PKCS12_unpack_p7encdata(safe, password.c_str(), static_cast<int>(password.size())));
  }
  if (!bags) return false;
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags.get()); ++i) {
    if (!take_bag(sk_PKCS12_SAFEBAG_value(bags.get(), i), password, out)) return false;
  }
  return true;
}

// Gives each key its certificate, and that its issuers: copies, because several keys may share an issuer.
void join_chains(Bags& bags) {
  constexpr std::size_t k_chain_max = 10;
  for (KeyEntry& entry : bags.keys) {
    for (const CertificateHandle& one : bags.certificates) {
      if (!entry.certificate && X509_check_private_key(one.get(), entry.key.get()) == 1) {
        entry.certificate.reset(X509_dup(one.get()));
      }
    }
    const X509* last = entry.certificate.get();
    while (last != nullptr && entry.chain.size() < k_chain_max) {
      const X509* from = std::exchange(last, nullptr);
      if (X509_NAME_cmp(X509_get_issuer_name(from), X509_get_subject_name(from)) == 0) break;
      for (const CertificateHandle& one : bags.certificates) {
        if (X509_NAME_cmp(X509_get_subject_name(one.get()), X509_get_issuer_name(from)) != 0) continue;
        entry.chain.emplace_back(X509_dup(one.get()));
        last = entry.chain.back().get();
        break;
      }
    }
  }
}

bool opens(PKCS12* file, const std::string& password) {
  if (PKCS12_mac_present(file) != 1) return true;  // then a wrong password shows at the first safe
  if (PKCS12_verify_mac(file, password.c_str(), static_cast<int>(password.size())) == 1) return true;
  // Two ways to write an empty password are about.
  return password.empty() && PKCS12_verify_mac(file, nullptr, 0) == 1;
}

}  // namespace

Result<std::vector<KeyEntry>> open_pkcs12(std::string_view bytes, const Secret& password) {
  allow_old_ciphers();
  const unsigned char* at = octets(bytes);
  const Pkcs12Handle<PKCS12> file(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
  if (!file) {
    ERR_clear_error();
    return fail(ErrorKind::definition, "is neither PKCS#12 nor JKS, or it is damaged", "Export the key as PKCS#12.");
  }
  Bags bags;
  bool opened = opens(file.get(), password.expose());
  const bool right_password = opened;
  const Pkcs12Handle<STACK_OF(PKCS7)> safes(PKCS12_unpack_authsafes(file.get()));
  for (int i = 0; opened && safes && i < sk_PKCS7_num(safes.get()); ++i) {
    opened = take_safe(sk_PKCS7_value(safes.get(), i), password.expose(), bags);
  }
  ERR_clear_error();
  if (!right_password || (!opened && PKCS12_mac_present(file.get()) != 1)) {
    return fail(ErrorKind::auth, "does not open with the password given", "Check the password; nothing was written.");
  }
  if (!safes || !opened) {
    return fail(ErrorKind::definition, "opens, but what is in it cannot be read",
                "It may use a cipher that this system's OpenSSL lacks: export the key as PKCS#12 again.");
  }
  join_chains(bags);
  return std::move(bags.keys);
}

}  // namespace train::signing
