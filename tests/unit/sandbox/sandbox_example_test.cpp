#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "../../../src/sandbox/google_play/bundle.hpp"
#include "../../../src/sandbox/http/keys.hpp"
#include "../../../src/sandbox/world/bundle_writer.hpp"
#include "sandbox_fakes.hpp"
#include "train/base/digest.hpp"

namespace train::sandbox::testbed {
namespace {

namespace fs = std::filesystem;

class Example : public ::testing::Test {
 protected:
  Example() : sandbox_(start_counting()), directory_(fs::temp_directory_path() / ("example-" + random_id())) {}
  ~Example() override { fs::remove_all(directory_); }

  std::string text_of(const std::string& name) const {
    std::ifstream in(directory_ / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  int mode_of(const std::string& name) const {
    struct stat seen {};
    return ::stat((directory_ / name).c_str(), &seen) == 0 ? static_cast<int>(seen.st_mode & 0777) : -1;
  }

  std::unique_ptr<Sandbox> sandbox_;
  fs::path directory_;
};

TEST_F(Example, WritesEverythingTheDefinitionNames) {
  ASSERT_TRUE(write_example(*sandbox_, directory_).has_value());
  const auto definition = text_of("train.yaml");
  for (const auto& name : {"keys/AuthKey.p8", "keys/key-id", "keys/issuer-id", "keys/play.json", "keys/inbox.url"}) {
    EXPECT_NE(definition.find(std::string("\"file:") + name + "\""), std::string::npos) << name;
    EXPECT_EQ(mode_of(name), 0600) << name;
  }
  EXPECT_EQ(mode_of("keys"), 0700);
  for (const auto& name :
       {"train.yaml", "build/charge-3.4.0.aab", "notes/3.4.0/en-US.txt", "notes/3.4.0/de-DE.txt", "flags.json"}) {
    EXPECT_EQ(mode_of(name), 0644) << name;
    EXPECT_FALSE(text_of(name).empty()) << name;
  }
  EXPECT_EQ(definition.find("{{"), std::string::npos);
  EXPECT_NE(definition.find("endpoint: " + sandbox_->url() + "/app-store\n"), std::string::npos);
  EXPECT_NE(definition.find("\"build/charge-{version}.aab\""), std::string::npos);
  EXPECT_EQ(text_of("keys/inbox.url"), sandbox_->url() + "/_sandbox/inbox\n");
}

TEST_F(Example, TheKeysAreThoseTheSandboxTrusts) {
  ASSERT_TRUE(write_example(*sandbox_, directory_).has_value());
  EXPECT_EQ(text_of("keys/AuthKey.p8"), sandbox_->credentials().app_store_private_key);
  EXPECT_TRUE(KeyPair::from_pem(text_of("keys/AuthKey.p8")).has_value());
  const auto account = nlohmann::json::parse(text_of("keys/play.json"));
  EXPECT_EQ(account["type"], "service_account");
  EXPECT_EQ(account["token_uri"], sandbox_->url() + "/oauth2/token");
}

TEST_F(Example, ReplacesItsOwnAndNobodyElses) {
  ASSERT_TRUE(write_example(*sandbox_, directory_).has_value());
  EXPECT_TRUE(write_example(*sandbox_, directory_).has_value());
  std::ofstream(directory_ / "train.yaml") << "version: 1\ntrain: mine\n";
  const auto refused = write_example(*sandbox_, directory_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_EQ(text_of("train.yaml"), "version: 1\ntrain: mine\n");
}

TEST(ExampleBundle, SaysWhatItIs) {
  const auto bytes = example_bundle("com.example.charge", 340, "3.4.0");
  play::UploadBytes file;
  file.append(bytes);
  const auto identity = play::read_bundle(file);
  ASSERT_TRUE(identity.has_value()) << identity.error().text();
  EXPECT_EQ(identity->package, "com.example.charge");
  EXPECT_EQ(identity->version_code, 340);
  EXPECT_EQ(identity->version_name, "3.4.0");
  EXPECT_EQ(example_bundle("com.example.charge", 340, "3.4.0"), bytes) << "the same bytes each time";
}

TEST(UploadBytes, AreOneFileHoweverTheyCame) {
  const auto spool_of = [](std::string_view bytes) {
    auto spool = Spool::open();
    spool->append(bytes);
    return spool;
  };
  play::UploadBytes whole;
  ASSERT_TRUE(whole.append("0123456789abcdef"));
  play::UploadBytes parts;
  ASSERT_TRUE(parts.append(spool_of("0123lost"), 4));  // the rest of it was not kept
  ASSERT_TRUE(parts.append("45"));
  ASSERT_TRUE(parts.append("67"));
  ASSERT_TRUE(parts.append(spool_of("89abcd"), 6));
  ASSERT_TRUE(parts.append("ef"));
  EXPECT_FALSE(parts.append(spool_of("x"), 2)) << "more than there is";
  EXPECT_EQ(parts.size(), 16U);
  EXPECT_EQ(parts.read(0, 16), "0123456789abcdef");
  EXPECT_EQ(parts.read(3, 8), "3456789a");
  EXPECT_EQ(parts.read(12, 100), "cdef");
  EXPECT_EQ(parts.read(16, 1), "");
  EXPECT_EQ(parts.digests().sha256, sha256_hex("0123456789abcdef"));
  EXPECT_EQ(parts.digests().sha1, whole.digests().sha1);
}

TEST(ExampleBundle, CarriesTheManifestAttributeAsAapt2WritesIt) {
  const auto bytes = example_bundle("a", 41, "9");
  const std::string attribute("\x12\x0bversionCode\x1a\x02\x34\x31\x28\x9b\x84\x84\x08\x32\x04\x3a\x02\x30\x29", 28);
  EXPECT_NE(bytes.find(attribute), std::string::npos);
}

}  // namespace
}  // namespace train::sandbox::testbed
