#include "keys.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "train/base/check.hpp"

namespace train::sandbox {
namespace {

constexpr int k_p256_half_bytes = 32;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// JOSE writes r‖s; OpenSSL reads and writes DER.
std::string der_of_raw(std::string_view raw) {
  if (raw.size() != 2 * k_p256_half_bytes) return {};
  Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(raw), k_p256_half_bytes, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(raw) + k_p256_half_bytes, k_p256_half_bytes, nullptr);
  ECDSA_SIG_set0(signature.get(), r, s);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string out =
      size > 0 ? std::string(reinterpret_cast<char*>(der), static_cast<std::size_t>(size)) : std::string();
  OPENSSL_free(der);
  return out;
}

std::string raw_of_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  TRAIN_CHECK(signature != nullptr, "OpenSSL wrote a signature it cannot read");
  std::string raw(2 * k_p256_half_bytes, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(raw), k_p256_half_bytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(raw) + k_p256_half_bytes, k_p256_half_bytes);
  return raw;
}

}  // namespace

struct KeyPair::Impl {
  KeyType type = KeyType::p256;
  Owned<EVP_PKEY> key;
};

KeyPair KeyPair::generate(KeyType type) {
  auto impl = std::make_shared<Impl>();
  impl->type = type;
  impl->key.reset(type == KeyType::p256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048));
  TRAIN_CHECK(impl->key != nullptr, "OpenSSL cannot make a key");
  return KeyPair(std::move(impl));
}

std::optional<KeyPair> KeyPair::from_pem(std::string_view pem) {
  Owned<BIO> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto impl = std::make_shared<Impl>();
  impl->key.reset(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  if (impl->key == nullptr) return std::nullopt;
  const int type = EVP_PKEY_get_base_id(impl->key.get());
  const int bits = EVP_PKEY_get_bits(impl->key.get());
  impl->type = type == EVP_PKEY_EC ? KeyType::p256 : KeyType::rsa2048;
  if (bits != (impl->type == KeyType::p256 ? 256 : 2048)) return std::nullopt;
  return KeyPair(std::move(impl));
}

std::string KeyPair::private_pem() const {
  Owned<BIO> memory(BIO_new(BIO_s_mem()));
  const int written =
      PEM_write_bio_PKCS8PrivateKey(memory.get(), impl_->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  TRAIN_CHECK(written == 1, "OpenSSL cannot write its own key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

bool KeyPair::verifies(std::string_view message, std::string_view signature) const {
  const auto form = impl_->type == KeyType::p256 ? der_of_raw(signature) : std::string(signature);
  if (form.empty()) return false;
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, impl_->key.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), bytes_of(form), form.size(), bytes_of(message), message.size()) == 1;
}

std::string KeyPair::sign(std::string_view message) const {
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::size_t size = 0;
  bool good = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, impl_->key.get()) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) == 1;
  std::string signature(size, '\0');
  good = good && EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(message), message.size()) == 1;
  TRAIN_CHECK(good, "OpenSSL cannot sign with its own key");
  signature.resize(size);
  return impl_->type == KeyType::p256 ? raw_of_der(signature) : signature;
}

}  // namespace train::sandbox
