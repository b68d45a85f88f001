// Small .aab and .apk files of our own making, and rebuilding them.
#pragma once

#include <map>

#include "android/source.hpp"
#include "signing_fixture.hpp"
#include "test_keys.hpp"
#include "train/signing/signer.hpp"

namespace train::signing {

inline constexpr const char* k_test_password = "android";

// base and extra, an asset pack without a version, code, a library, a stored picture.
std::vector<archives::Entry> bundle_entries();
// A stored library and resources beside the manifest.
std::vector<archives::Entry> apk_entries();

class AndroidTest : public SigningTest {
 protected:
  void SetUp() override {
    SigningTest::SetUp();
    std::filesystem::create_directory(directory_ / "keys");
    write_keystore(directory_ / "keys/rsa.p12", pkcs12_of({&rsa_key()}, k_test_password));
    write_keystore(directory_ / "keys/ec.p12", pkcs12_of({&ec_key()}, k_test_password));
  }
  SigningOrder order(const std::string& source, const std::string& out, const std::string& keystore = "rsa.p12") const;
  Result<SignedBuild> rebuild(const SigningOrder& order) const { return make_signer()->rebuild(order); }
  // The unsigned `name` of these entries, rebuilt as version 9.0.1 (42): our own seal, to be verified and replaced.
  std::filesystem::path sealed(const std::string& name, const std::vector<archives::Entry>& entries,
                               const std::string& keystore = "rsa.p12");
  // Fails as told, leaves the source as it was and nothing else in the directory.
  void expect_refused(const SigningOrder& order, ErrorKind kind, const std::string& says);
};

// What Package reads of a file, unpacked, by name.
std::map<std::string, std::string> contents_of(const std::filesystem::path& file);

}  // namespace train::signing
