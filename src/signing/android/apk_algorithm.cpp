#include <openssl/err.h>
#include <openssl/rsa.h>

#include "android/apk_signature.hpp"

namespace train::signing {
namespace {

constexpr int k_rsa_sha256_bits_max = 3072;
constexpr int k_p256_bits = 256;

const EVP_MD* message_digest(ApkAlgorithm algorithm) {
  return content_hash(algorithm) == Hash::sha512 ? EVP_sha512() : EVP_sha256();
}

bool is_pss(ApkAlgorithm algorithm) {
  return algorithm == ApkAlgorithm::rsa_pss_sha256 || algorithm == ApkAlgorithm::rsa_pss_sha512;
}

int key_kind(ApkAlgorithm algorithm) {
  switch (algorithm) {
    case ApkAlgorithm::rsa_pss_sha256:
    case ApkAlgorithm::rsa_pss_sha512:
    case ApkAlgorithm::rsa_sha256:
    case ApkAlgorithm::rsa_sha512:
      return EVP_PKEY_RSA;
    case ApkAlgorithm::ecdsa_sha256:
    case ApkAlgorithm::ecdsa_sha512:
      return EVP_PKEY_EC;
    case ApkAlgorithm::dsa_sha256:
      return EVP_PKEY_DSA;
  }
  return EVP_PKEY_NONE;
}

bool set_padding(EVP_PKEY_CTX* context, ApkAlgorithm algorithm) {
  if (!is_pss(algorithm)) return true;
  const int salt = content_hash(algorithm) == Hash::sha512 ? 64 : 32;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt) == 1;
}

}  // namespace

std::optional<ApkAlgorithm> apk_algorithm(std::uint32_t number) {
  for (const ApkAlgorithm one :
       {ApkAlgorithm::rsa_pss_sha256, ApkAlgorithm::rsa_pss_sha512, ApkAlgorithm::rsa_sha256, ApkAlgorithm::rsa_sha512,
        ApkAlgorithm::ecdsa_sha256, ApkAlgorithm::ecdsa_sha512, ApkAlgorithm::dsa_sha256}) {
    if (static_cast<std::uint32_t>(one) == number) return one;
  }
  return std::nullopt;
}

std::optional<ApkAlgorithm> apk_algorithm_for(const EVP_PKEY* key) {
  const int kind = EVP_PKEY_get_base_id(key);
  const int bits = EVP_PKEY_get_bits(key);
  if (kind == EVP_PKEY_RSA) {
    return bits <= k_rsa_sha256_bits_max ? ApkAlgorithm::rsa_sha256 : ApkAlgorithm::rsa_sha512;
  }
  if (kind == EVP_PKEY_EC) return bits <= k_p256_bits ? ApkAlgorithm::ecdsa_sha256 : ApkAlgorithm::ecdsa_sha512;
  return std::nullopt;
}

Hash content_hash(ApkAlgorithm algorithm) {
  switch (algorithm) {
    case ApkAlgorithm::rsa_pss_sha256:
    case ApkAlgorithm::rsa_sha256:
    case ApkAlgorithm::ecdsa_sha256:
    case ApkAlgorithm::dsa_sha256:
      return Hash::sha256;
    case ApkAlgorithm::rsa_pss_sha512:
    case ApkAlgorithm::rsa_sha512:
    case ApkAlgorithm::ecdsa_sha512:
      return Hash::sha512;
  }
  return Hash::sha256;
}

Result<std::string> apk_sign(ApkAlgorithm algorithm, EVP_PKEY* key, std::string_view bytes) {
  const std::unique_ptr<EVP_MD_CTX, FreeOpenssl> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  std::size_t size = 0;
  std::string out;
  bool made = context && EVP_DigestSignInit(context.get(), &parameters, message_digest(algorithm), nullptr, key) == 1 &&
              set_padding(parameters, algorithm) &&
              EVP_DigestSign(context.get(), nullptr, &size, octets(bytes), bytes.size()) == 1;
  if (made) {
    out.resize(size);
    made = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, octets(bytes),
                          bytes.size()) == 1;
  }
  if (!made) {
    ERR_clear_error();
    return fail(ErrorKind::internal, "Cannot sign: OpenSSL could not use the key.");
  }
  out.resize(size);
  return out;
}

bool apk_verify(ApkAlgorithm algorithm, EVP_PKEY* key, std::string_view bytes, std::string_view signature) {
  if (EVP_PKEY_get_base_id(key) != key_kind(algorithm)) return false;
  const std::unique_ptr<EVP_MD_CTX, FreeOpenssl> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  const bool right =
      context && EVP_DigestVerifyInit(context.get(), &parameters, message_digest(algorithm), nullptr, key) == 1 &&
      set_padding(parameters, algorithm) &&
      EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return right;
}

}  // namespace train::signing
