#include "apple/code_hash.hpp"

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

std::unique_ptr<EVP_MD_CTX, FreeOpenssl> begin_hash(HashKind kind) {
  std::unique_ptr<EVP_MD_CTX, FreeOpenssl> context(EVP_MD_CTX_new());
  TRAIN_CHECK(context && EVP_DigestInit_ex2(context.get(), method_of(kind), nullptr) == 1, "OpenSSL hashes");
  return context;
}

std::string end_hash(EVP_MD_CTX* context, HashKind kind) {
  std::string out(hash_bytes(kind), '\0');
  auto* const place = reinterpret_cast<unsigned char*>(out.data());
  TRAIN_CHECK(EVP_DigestFinal_ex(context, place, nullptr) == 1, "OpenSSL hashes");
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

void TwoHashes::add(std::string_view piece) {
  EVP_DigestUpdate(sha1_.get(), piece.data(), piece.size());
  EVP_DigestUpdate(sha256_.get(), piece.data(), piece.size());
}

TwoHashes::Values TwoHashes::values() {
  Values out;
  out.sha1 = end_hash(sha1_.get(), HashKind::sha1);
  out.sha256 = end_hash(sha256_.get(), HashKind::sha256);
  return out;
}

}  // namespace train::signing
