#include "keys/keystore.hpp"

#include <sys/stat.h>

#include "signing_fixture.hpp"
#include "test_keys.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string k_password = "android-\xc3\xa9";
const std::string k_plain = "android";

class KeystoreTest : public SigningTest {
 protected:
  std::filesystem::path keystore(const std::string& bytes) { return write_keystore(directory_ / "keys", bytes); }
  void expect_key(const std::filesystem::path& file, const std::string& alias, const TestKey& wanted,
                  const std::string& password) {
    const auto found = load_key(file, alias, Secret(password));
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->alias, wanted.alias);
    EXPECT_EQ(EVP_PKEY_eq(found->key.get(), wanted.key.get()), 1);
    EXPECT_EQ(X509_cmp(found->certificate.get(), wanted.certificate.get()), 0);
  }
  void expect_error(const std::filesystem::path& file, const std::string& alias, const std::string& password,
                    ErrorKind kind, const std::string& says) {
    const auto found = load_key(file, alias, Secret(password));
    ASSERT_FALSE(found) << says;
    EXPECT_EQ(found.error().kind, kind) << found.error().message;
    EXPECT_THAT(found.error().message, HasSubstr(says));
    EXPECT_THAT(found.error().text(), Not(HasSubstr(password)));
  }
};

TEST_F(KeystoreTest, EveryFormOpens) {
  expect_key(keystore(pkcs12_of({&rsa_key()}, k_password)), "", rsa_key(), k_password);
  expect_key(keystore(pkcs12_of({&rsa_key()}, k_password, Ciphers::old)), "", rsa_key(), k_password);
  expect_key(keystore(pkcs12_of({&ec_key()}, k_password)), "", ec_key(), k_password);
  expect_key(keystore(jks_of({&rsa_key()}, k_plain)), "", rsa_key(), k_plain);
  expect_key(keystore(jks_of({&ec_key()}, k_plain)), "", ec_key(), k_plain);
}

TEST_F(KeystoreTest, KeysAreFoundByAliasWhateverItsCase) {
  for (const auto& bytes : {pkcs12_of({&rsa_key(), &ec_key()}, k_plain), jks_of({&rsa_key(), &ec_key()}, k_plain)}) {
    const auto file = keystore(bytes);
    expect_key(file, "upload", rsa_key(), k_plain);
    expect_key(file, "elliptic key 1", ec_key(), k_plain);
    expect_error(file, "uplaod", k_plain, ErrorKind::definition, "\"upload\", \"Elliptic Key 1\"");
    expect_error(file, "", k_plain, ErrorKind::definition, "holds 2 keys: \"upload\", \"Elliptic Key 1\"");
  }
}

TEST_F(KeystoreTest, AWrongPasswordSaysSo) {
  for (const auto& bytes : {pkcs12_of({&rsa_key()}, k_plain), pkcs12_of({&rsa_key()}, k_plain, Ciphers::old),
                            jks_of({&rsa_key()}, k_plain)}) {
    expect_error(keystore(bytes), "", "guess", ErrorKind::auth, "does not open with the password given");
    expect_error(keystore(bytes), "", std::string(300, 'x'), ErrorKind::auth, "does not open with the password given");
  }
}

TEST_F(KeystoreTest, OtherFilesAreToldApart) {
  expect_error(directory_ / "absent", "", k_plain, ErrorKind::not_found, "There is no file");
  expect_error(keystore("hello"), "", k_plain, ErrorKind::definition, "is neither PKCS#12 nor JKS");
  expect_error(keystore(""), "", k_plain, ErrorKind::definition, "is empty");
  expect_error(keystore(base64(jks_of({&rsa_key()}, k_plain))), "", k_plain, ErrorKind::definition, "is base64 text");
  std::string lines = base64(pkcs12_of({&rsa_key()}, k_plain));
  for (std::size_t at = 76; at < lines.size(); at += 77) lines.insert(at, "\n");
  expect_error(keystore(lines), "", k_plain, ErrorKind::definition, "is base64 text");
  expect_error(keystore("-----BEGIN PRIVATE KEY-----\n"), "", k_plain, ErrorKind::definition, "is a PEM file");
  expect_error(keystore("\xce\xce\xce\xce...."), "", k_plain, ErrorKind::definition, "JCEKS");
  expect_error(keystore("\xfe\xed\xfe\xed"), "", k_plain, ErrorKind::definition, "damaged JKS");
}

// Its checksum covers the password too: the form is looked at first.
TEST_F(KeystoreTest, AJksThatWasCutIsNotCalledAWrongPassword) {
  const auto whole = jks_of({&rsa_key()}, k_plain);
  for (const std::size_t left : {whole.size() - 1, whole.size() / 2, std::size_t{500}}) {
    expect_error(keystore(whole.substr(0, left)), "", k_plain, ErrorKind::definition,
                 "damaged JKS keystore: it was cut");
  }
}

TEST_F(KeystoreTest, AKeyThatBeginsLaterServesWhereThatIsNotJudged) {
  const TestKey key = make_ec_key("early", "P-256", {k_now + k_year, k_now + 2 * k_year});
  EXPECT_TRUE(check_not_expired(key.certificate.get(), k_now, "keys.p12"));
  EXPECT_FALSE(check_not_expired(key.certificate.get(), k_now + 3 * k_year, "keys.p12"));
}

TEST_F(KeystoreTest, AFileOthersMayReadIsRefused) {
  const auto file = keystore(pkcs12_of({&rsa_key()}, k_plain));
  for (const mode_t mode : {0640u, 0604u, 0620u}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    expect_error(file, "", k_plain, ErrorKind::definition, "others may read or write it");
  }
}

TEST_F(KeystoreTest, ValidityIsJudgedAtTheTimeOfSigning) {
  const TestKey key = make_ec_key("short", "P-256", {k_now - k_year, k_now + k_year});
  const auto check = [&key](Instant at) { return check_validity(key.certificate.get(), at, "keys.p12"); };
  EXPECT_TRUE(check(k_now));
  EXPECT_TRUE(check(k_now + k_year - Duration(1)));
  const auto expired = check(k_now + k_year + Duration(1));
  ASSERT_FALSE(expired);
  EXPECT_THAT(expired.error().message, HasSubstr("expired on 2027-11-18"));
  const auto early = check(k_now - k_year - Duration(1));
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().message, HasSubstr("is not valid yet"));
}

// Cut anywhere, or with any byte changed, a keystore is an error or still the same key; never a crash.
TEST_F(KeystoreTest, DamagedOnesNeverCrash) {
  for (const auto& good : {pkcs12_of({&ec_key()}, k_plain), jks_of({&ec_key()}, k_plain)}) {
    int refused = 0;
    for (std::size_t i = 0; i < good.size(); i += 3) {
      std::string changed = good;
      changed[i] ^= 0x41;
      if (!load_key(keystore(changed), "", Secret(k_plain))) ++refused;
      EXPECT_FALSE(load_key(keystore(good.substr(0, i)), "", Secret(k_plain))) << i;
    }
    EXPECT_GT(refused, static_cast<int>(good.size() / 3 * 9 / 10));
  }
}

}  // namespace
}  // namespace train::signing
