// The key pairs the sandbox hands out and trusts. Throw-away: they never leave the machine and protect nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace train::sandbox {

enum class KeyType { p256, rsa2048 };

// A key pair of which the private half can be written out and the public half checks signatures.
class KeyPair {
 public:
  static KeyPair generate(KeyType type);
  // The RSA key of every sandbox, worked out from a phrase: making a new one takes longer than all the rest of a start,
  // and a definition written for a sandbox goes on working when that is started again.
  static KeyPair well_known_rsa();
  // Of a private key as private_pem writes it; nullopt for anything else.
  static std::optional<KeyPair> from_pem(std::string_view pem);

  std::string private_pem() const;  // PKCS#8
  // A JOSE signature: 64 raw bytes r‖s for P-256 (ES256), PKCS#1 v1.5 for RSA (RS256); over SHA-256.
  bool verifies(std::string_view message, std::string_view signature) const;
  std::string sign(std::string_view message) const;  // the same form: what a client would send

 private:
  struct Impl;
  explicit KeyPair(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace train::sandbox
