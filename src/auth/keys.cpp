#include "keys.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <nlohmann/json.hpp>

#include "key_text.hpp"
#include "train/base/text.hpp"

namespace train::auth {

namespace {

constexpr std::size_t k_key_limit_bytes = 64 * 1024;
constexpr int k_p256_number_bytes = 32;

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct ContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct SignatureFree {
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// A password must never be asked for on the terminal.
int no_password(char*, int, int, void*) { return -1; }

std::string what_it_is(std::string_view text) {
  if (contains(text, "PRIVATE KEY-----") && !contains(text, "ENCRYPTED") && !contains(text, "OPENSSH"))
    return "its contents are damaged";
  if (const auto kind = kind_of_key_text(text); !kind.empty()) return "it is " + kind;
  return "it is not a PEM file (it should begin with -----BEGIN PRIVATE KEY-----)";
}

std::string hint_for(std::string_view text) {
  if (kind_of_key_text(text).find("path of a file") != std::string::npos)
    return "Write `file:PATH` in the definition, or put the file's contents into the variable.";
  return "Give the file as it was downloaded, without changes.";
}

// PKCS#8 without its PEM armour, as base64 of nothing but the key leaves it.
Key read_der(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  Key key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(bytes.size())));
  ERR_clear_error();
  return key;
}

}  // namespace

Result<Key> read_private_key(const Secret& text) {
  if (text.expose().size() > k_key_limit_bytes)
    return fail(ErrorKind::auth, "The key cannot be read: it is too large.");
  const Secret bare(bare_key_text(text.expose()));
  if (auto key = read_der(bare.expose())) return key;
  const Secret pem(mended_pem(bare.expose()));
  const std::unique_ptr<BIO, BioFree> bio(BIO_new_mem_buf(pem.expose().data(), static_cast<int>(pem.expose().size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (!key) {
    return fail(ErrorKind::auth, "The private key cannot be read: " + what_it_is(bare.expose()) + ".",
                hint_for(bare.expose()));
  }
  return key;
}

bool is_rsa(const EVP_PKEY* key) { return EVP_PKEY_is_a(key, "RSA") == 1; }

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == "prime256v1";
}

std::string name_of(const EVP_PKEY* key) {
  if (is_rsa(key)) return "an RSA key";
  std::array<char, 64> group{};
  std::size_t length = 0;
  if (EVP_PKEY_is_a(key, "EC") == 1 &&
      EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &length) == 1) {
    return "an EC key on " + std::string(group.data(), length);
  }
  const char* type = EVP_PKEY_get0_type_name(key);
  return type != nullptr ? "a key of type " + std::string(type) : "a key of an unknown type";
}

Result<std::string> sign_sha256(EVP_PKEY* key, std::string_view message) {
  const std::unique_ptr<EVP_MD_CTX, ContextFree> context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::size_t length = 0;
  std::string signature;
  bool signed_ok = context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
                   EVP_DigestSign(context.get(), nullptr, &length, bytes, message.size()) == 1;
  if (signed_ok) {
    signature.resize(length);
    signed_ok = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes,
                               message.size()) == 1;
    signature.resize(length);
  }
  ERR_clear_error();
  if (!signed_ok) return fail(ErrorKind::auth, "Signing with the private key failed.", "Check that the key is whole.");
  return signature;
}

Result<std::string> raw_p256_signature(std::string_view der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, SignatureFree> signature(
      d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
  std::string raw(2 * k_p256_number_bytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, k_p256_number_bytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + k_p256_number_bytes, k_p256_number_bytes) < 0) {
    ERR_clear_error();
    return fail(ErrorKind::internal, "A P-256 signature could not be converted.");
  }
  return raw;
}

std::string signing_input(const nlohmann::json& header, const nlohmann::json& payload) {
  constexpr auto k_replace = nlohmann::json::error_handler_t::replace;
  return base64url(header.dump(-1, ' ', false, k_replace)) + "." + base64url(payload.dump(-1, ' ', false, k_replace));
}

std::string text_of(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace train::auth
