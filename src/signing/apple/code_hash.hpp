// The two digests a code signature is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "keys/openssl_handles.hpp"

namespace train::signing {

enum class HashKind : std::uint8_t { sha1 = 1, sha256 = 2 };  // as a CodeDirectory writes them

inline constexpr std::size_t k_cdhash_bytes = 20;  // a CodeDirectory's name: its own hash, cut

constexpr std::size_t hash_bytes(HashKind kind) { return kind == HashKind::sha1 ? 20 : 32; }

std::string hash_of(HashKind kind, std::string_view bytes);  // raw bytes

// Both at once over bytes that come in pieces.
class TwoHashes {
 public:
  TwoHashes();

  void add(std::string_view piece);
  struct Values {
    std::string sha1;    // raw
    std::string sha256;  // raw
  };
  Values values();  // once

 private:
  std::unique_ptr<EVP_MD_CTX, FreeOpenssl> sha1_;
  std::unique_ptr<EVP_MD_CTX, FreeOpenssl> sha256_;
};

}  // namespace train::signing
