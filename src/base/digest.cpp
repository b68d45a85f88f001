#include "train/base/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <fstream>
#include <memory>
#include <vector>

#include "train/base/check.hpp"

namespace train {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context begin_sha256() {
  Context context(EVP_MD_CTX_new());
  TRAIN_CHECK(context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1, "SHA-256 is available");
  return context;
}

std::string finish_hex(const Context& context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  TRAIN_CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1, "SHA-256 ends");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 0xf];
  }
  return out;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  const auto context = begin_sha256();
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  return finish_hex(context);
}

Result<std::string> sha256_hex_of_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(ErrorKind::storage, "Cannot read " + path.string() + ".", "Check that it exists and is readable.");
  const auto context = begin_sha256();
  std::vector<char> buffer(1 << 18);
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return fail(ErrorKind::storage, "Reading " + path.string() + " failed half-way.", "Check the disk.");
  return finish_hex(context);
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &size);
  TRAIN_CHECK(made != nullptr, "HMAC-SHA-256 is available");
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string random_id() {
  constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // 32 characters, five bits each
  std::array<unsigned char, 26> bytes{};
  TRAIN_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "the system gives random bytes");
  std::string out;
  for (const auto byte : bytes) out += alphabet[byte & 0x1f];
  return out;
}

}  // namespace train
