#include "http/keys.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <fmt/format.h>

#include "train/base/check.hpp"
#include "train/base/digest.hpp"

namespace train::sandbox {
namespace {

constexpr int k_p256_half_bytes = 32;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
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

using Number = Owned<BIGNUM>;
Number number(unsigned long value = 0) {
  Number out(BN_new());
  TRAIN_CHECK(out != nullptr && BN_set_word(out.get(), value) == 1, "OpenSSL has no memory for a number");
  return out;
}

// The first prime at or after 1024 bits of SHA-256 over the name; how far away it is was searched once and for all.
Number well_known_prime(std::string_view name, unsigned long distance) {
  std::string hex;
  for (int i = 0; i < 4; ++i) hex += sha256_hex(fmt::format("train sandbox {} {}", name, i));
  BIGNUM* raw = nullptr;
  TRAIN_CHECK(BN_hex2bn(&raw, hex.c_str()) > 0, "OpenSSL cannot read its own number");
  Number prime(raw);
  for (const int bit : {1023, 1022, 0}) BN_set_bit(prime.get(), bit);
  BN_add_word(prime.get(), distance);
  return prime;
}

Owned<EVP_PKEY> rsa_of(const Number& p, const Number& q) {
  Owned<BN_CTX> room(BN_CTX_new());
  const auto n = number(), p1 = number(), q1 = number(), phi = number(), d = number(), dp = number(), dq = number(),
             qinv = number(), e = number(RSA_F4);
  BN_mul(n.get(), p.get(), q.get(), room.get());
  BN_sub(p1.get(), p.get(), BN_value_one());
  BN_sub(q1.get(), q.get(), BN_value_one());
  BN_mul(phi.get(), p1.get(), q1.get(), room.get());
  BN_mod_inverse(d.get(), e.get(), phi.get(), room.get());
  BN_mod(dp.get(), d.get(), p1.get(), room.get());
  BN_mod(dq.get(), d.get(), q1.get(), room.get());
  BN_mod_inverse(qinv.get(), q.get(), p.get(), room.get());

  Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const auto push = [&](const char* name, const Number& value) {
    TRAIN_CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), name, value.get()) == 1, "OpenSSL cannot hold an RSA key");
  };
  push(OSSL_PKEY_PARAM_RSA_N, n);
  push(OSSL_PKEY_PARAM_RSA_E, e);
  push(OSSL_PKEY_PARAM_RSA_D, d);
  push(OSSL_PKEY_PARAM_RSA_FACTOR1, p);
  push(OSSL_PKEY_PARAM_RSA_FACTOR2, q);
  push(OSSL_PKEY_PARAM_RSA_EXPONENT1, dp);
  push(OSSL_PKEY_PARAM_RSA_EXPONENT2, dq);
  push(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qinv);
  Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context.get());
  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get());
  return Owned<EVP_PKEY>(key);
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

KeyPair KeyPair::well_known_rsa() {
  auto impl = std::make_shared<Impl>();
  impl->type = KeyType::rsa2048;
  impl->key = rsa_of(well_known_prime("p", 388), well_known_prime("q", 964));
  TRAIN_CHECK(impl->key != nullptr, "OpenSSL refuses the well-known key");
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
