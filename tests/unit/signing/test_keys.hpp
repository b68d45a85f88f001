// Keys, certificates and keystores made on the spot: no tool is needed, and nothing secret lies in the project.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keys/openssl_handles.hpp"
#include "train/base/time.hpp"
#include "train/ports/signer.hpp"

namespace train::signing {

inline constexpr Instant k_now{std::chrono::seconds(1'795'000'000)};  // 2026-11-18
inline constexpr Duration k_year{365L * 86400};

struct TestKey {
  std::string alias;
  KeyHandle key;
  CertificateHandle certificate;
};
struct Validity {
  Instant from = k_now - k_year;
  Instant until = k_now + 20 * k_year;
};
TestKey make_rsa_key(const std::string& alias, int bits = 2048, const Validity& validity = {});
TestKey make_ec_key(const std::string& alias, const char* curve = "P-256", const Validity& validity = {});

enum class Ciphers { modern, old };  // AES-256, or triple DES and RC2 as Keychain exports
std::string pkcs12_of(const std::vector<const TestKey*>& keys, const std::string& password,
                      Ciphers ciphers = Ciphers::modern);
std::string jks_of(const std::vector<const TestKey*>& keys, const std::string& password);

// Writes it with mode 0600.
std::filesystem::path write_keystore(const std::filesystem::path& file, const std::string& bytes);

// One RSA and one EC key for all tests of the program: making them takes its time.
const TestKey& rsa_key();
const TestKey& ec_key();

}  // namespace train::signing
