#include "code_hash.hpp"

#include <openssl/evp.h>

#include "train/base/check.hpp"

namespace train::signing {
namespace {

// Fetched once: a lookup per page would cost as much as the page.
const EVP_MD* method_of(HashKind kind) {
  static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kind == HashKind::sha1 ? sha1 : sha256;
}

EVP_MD_CTX* begin_hash(HashKind kind) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  TRAIN_CHECK(context != nullptr && EVP_DigestInit_ex2(context, method_of(kind), nullptr) == 1, "OpenSSL hashes");
  return context;
}

std::string end_hash(void* context, HashKind kind) {
  std::string out(hash_bytes(kind), '\0');
  TRAIN_CHECK(
      EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context), reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1,
      "OpenSSL hashes");
  return out;
}

}  // namespace

std::string hash_of(HashKind kind, std::string_view bytes) {
  std::string out(hash_bytes(kind), '\0');
  TRAIN_CHECK(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr,
                         method_of(kind), nullptr) == 1,
              "OpenSSL hashes");
  return out;
}

TwoHashes::TwoHashes() : sha1_(begin_hash(HashKind::sha1)), sha256_(begin_hash(HashKind::sha256)) {}

TwoHashes::~TwoHashes() {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(sha1_));
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(sha256_));
}

void TwoHashes::add(std::string_view piece) {
  EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(sha1_), piece.data(), piece.size());
  EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(sha256_), piece.data(), piece.size());
}

TwoHashes::Values TwoHashes::values() {
  Values out;
  out.sha1 = end_hash(sha1_, HashKind::sha1);
  out.sha256 = end_hash(sha256_, HashKind::sha256);
  return out;
}

}  // namespace train::signing
