// Private keys as people have them, and signatures with them.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"

namespace train::auth {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;

// A key that has been read, for as long as its tokens are minted: reading one costs more than signing with it.
class SigningKey {
 public:
  explicit SigningKey(Key read) : key(std::move(read)) {}
  Key key;
};

// PEM, also base64-wrapped or with "\n" written out, as CI systems keep it. `auth`, saying what the text is instead.
Result<Key> read_private_key(const Secret& text);

bool is_p256(const EVP_PKEY* key);
bool is_rsa(const EVP_PKEY* key);
std::string name_of(const EVP_PKEY* key);  // "an RSA key", "an EC key on secp384r1"

// SHA-256, then the key's own kind of signature as OpenSSL writes it: DER for EC, raw for RSA.
Result<std::string> sign_sha256(EVP_PKEY* key, std::string_view message);
// ECDSA's DER as r‖s, each 32 bytes big-endian, left-padded (RFC 7518 §3.4).
Result<std::string> raw_p256_signature(std::string_view der);

// base64url(header).base64url(payload)
std::string signing_input(const nlohmann::json& header, const nlohmann::json& payload);

// The text behind a name; empty when there is none, or it is no text.
std::string text_of(const nlohmann::json& json, const char* name);

}  // namespace train::auth
