// Rebuilding archives of our own making: no tool is needed. What Android's tools say is in android_real_test.cpp.
#include "android/apk_signature.hpp"
#include "android/rebuild.hpp"
#include "android_fixture.hpp"
#include "train/base/digest.hpp"

namespace train::signing {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* k_base = "base/manifest/AndroidManifest.xml";
constexpr const char* k_extra = "extra/manifest/AndroidManifest.xml";

class AndroidRebuildTest : public AndroidTest {};

std::vector<std::string> names_in(const std::filesystem::path& file) {
  std::vector<std::string> names;
  const auto package = zip::Package::open(file);
  if (!package) return {package.error().text()};
  for (const zip::PackageEntry& entry : package->entries()) names.emplace_back(entry.name);
  return names;
}

std::string texts_of(const std::vector<Finding>& findings) {
  std::string all;
  for (const Finding& finding : findings) {
    all += (finding.level == Finding::Level::warning ? "warning: " : "note: ") + finding.text + "\n";
  }
  return all;
}

TEST_F(AndroidRebuildTest, ABundleChangesInItsManifestsAlone) {
  file("a.aab", archives::zip_of(bundle_entries()));
  const auto built = rebuild(order("a.aab", "b.aab"));
  ASSERT_TRUE(built) << built.error().text();
  EXPECT_EQ(built->identity.version.text(), "10.0.1");
  EXPECT_EQ(built->identity.build.text(), "100");
  EXPECT_EQ(built->identity.sha256, sha256_hex(bytes_of(directory_ / "b.aab")));
  EXPECT_EQ(built->signer, fingerprint_of(rsa_key().certificate.get()));
  auto was = contents_of(directory_ / "a.aab");
  auto is = contents_of(directory_ / "b.aab");
  for (const char* name : {k_base, k_extra}) {
    const auto facts = read_proto_facts(is[name]);
    ASSERT_TRUE(facts) << name;
    EXPECT_EQ(facts->declared.build, "100");
    EXPECT_EQ(facts->declared.version, "10.0.1");
    is.erase(name);
    was.erase(name);
  }
  for (const char* name : {"META-INF/MANIFEST.MF", "META-INF/UPLOAD.SF", "META-INF/UPLOAD.RSA"}) {
    EXPECT_EQ(is.erase(name), 1u) << name;
  }
  EXPECT_EQ(is, was);
  auto names = names_in(directory_ / "b.aab");
  EXPECT_EQ(names[0], "META-INF/MANIFEST.MF");
  names.erase(names.begin(), names.begin() + 3);
  EXPECT_EQ(names, names_in(directory_ / "a.aab"));
}

TEST_F(AndroidRebuildTest, OurOwnSealsVerifyAndAreReplaced) {
  for (const char* keystore : {"rsa.p12", "ec.p12"}) {
    sealed("a.aab", bundle_entries(), keystore);
    sealed("a.apk", apk_entries(), keystore);
    for (const char* kind : {".aab", ".apk"}) {
      const auto built = rebuild(order(std::string("a") + kind, std::string("b") + kind, keystore));
      ASSERT_TRUE(built) << built.error().text();
      const auto source = open_android(directory_ / (std::string("b") + kind));
      ASSERT_TRUE(source) << source.error().text();
      const auto seal = verify_android(*source);
      ASSERT_TRUE(seal) << seal.error().text();
      ASSERT_TRUE(seal->signer);
      EXPECT_EQ(fingerprint_of(seal->signer.get()), built->signer);
      EXPECT_EQ(names_in(directory_ / (std::string("a") + kind)), names_in(directory_ / (std::string("b") + kind)));
    }
  }
}

TEST_F(AndroidRebuildTest, AnApkIsAlignedAndSealedByEveryScheme) {
  sealed("a.apk", apk_entries());
  const auto package = zip::Package::open(directory_ / "a.apk");
  ASSERT_TRUE(package) << package.error().text();
  EXPECT_EQ(package->find("resources.arsc")->data % 4, 0u);
  EXPECT_EQ(package->find("lib/arm64-v8a/libtrain.so")->data % 4096, 0u);
  const auto block = read_apk_block(*package);
  ASSERT_TRUE(block && *block);
  EXPECT_EQ((*block)->begin % 4096, 0u);
  EXPECT_EQ(package->directory_offset() % 4096, 0u);
  EXPECT_NE((*block)->find(k_block_v2), nullptr);
  EXPECT_NE((*block)->find(k_block_v3), nullptr);
  // No minSdkVersion: systems of any age.
  EXPECT_THAT(names_in(directory_ / "a.apk"), Contains("META-INF/UPLOAD.RSA"));
}

TEST_F(AndroidRebuildTest, LargePagesAndTheDependencyBlockAreKept) {
  auto entries = apk_entries();
  entries[3].local_extra = std::string(16384, '\0');
  file("plain.apk", archives::zip_of(entries));
  const auto first = zip::Package::open(directory_ / "plain.apk");
  ASSERT_TRUE(first);
  const std::uint64_t over = first->find("lib/arm64-v8a/libtrain.so")->data % 16384;
  entries[3].local_extra = std::string(16384 - over, '\0');
  const std::string zip = archives::zip_of(entries);
  // The signing block of a build that was never signed but knows its libraries.
  const std::size_t directory = zip.find("PK\1\2");
  const std::string block = write_apk_block({{k_block_dependencies, "libraries"}, {0x2146444e, "frosting"}});
  std::string with_block = zip.substr(0, directory) + block + zip.substr(directory);
  with_block.replace(with_block.size() - 6, 4, archives::le32(static_cast<std::uint32_t>(directory + block.size())));
  file("a.apk", with_block);
  const auto built = rebuild(order("a.apk", "b.apk"));
  ASSERT_TRUE(built) << built.error().text();
  const auto package = zip::Package::open(directory_ / "b.apk");
  ASSERT_TRUE(package);
  EXPECT_EQ(package->find("lib/arm64-v8a/libtrain.so")->data % 16384, 0u);
  const auto kept = read_apk_block(*package);
  ASSERT_TRUE(kept && *kept);
  ASSERT_NE((*kept)->find(k_block_dependencies), nullptr);
  EXPECT_EQ((*kept)->find(k_block_dependencies)->value, "libraries");
  EXPECT_EQ((*kept)->find(0x2146444e), nullptr);
}

TEST_F(AndroidRebuildTest, RsaOutputIsTheSameBytesForTheSameTime) {
  sealed("a.aab", bundle_entries());
  sealed("a.apk", apk_entries());
  for (const char* kind : {".aab", ".apk"}) {
    std::vector<std::string> outs;
    for (const char* name : {"1", "2"}) {
      ASSERT_TRUE(rebuild(order(std::string("a") + kind, name + std::string(kind))));
      outs.push_back(bytes_of(directory_ / (name + std::string(kind))));
    }
    EXPECT_EQ(outs[0], outs[1]) << kind;
    SigningOrder later = order(std::string("a") + kind, std::string("3") + kind);
    later.now += Duration(60);
    ASSERT_TRUE(rebuild(later));
    // An .apk holds no time: systems before 4.4 would not read it.
    EXPECT_EQ(bytes_of(later.out) == outs[0], std::string(kind) == ".apk");
    if (std::string(kind) == ".apk") continue;
    auto was = contents_of(directory_ / (std::string("1") + kind));
    auto is = contents_of(later.out);
    EXPECT_NE(was["META-INF/UPLOAD.RSA"], is["META-INF/UPLOAD.RSA"]);
    was.erase("META-INF/UPLOAD.RSA");
    is.erase("META-INF/UPLOAD.RSA");
    EXPECT_EQ(was, is);
  }
}

TEST_F(AndroidRebuildTest, EveryKeyGetsItsAlgorithm) {
  const TestKey large = make_rsa_key("large", 4096);
  const TestKey p384 = make_ec_key("p384", "P-384");
  const std::vector<std::pair<const TestKey*, ApkAlgorithm>> rows{{&rsa_key(), ApkAlgorithm::rsa_sha256},
                                                                  {&large, ApkAlgorithm::rsa_sha512},
                                                                  {&ec_key(), ApkAlgorithm::ecdsa_sha256},
                                                                  {&p384, ApkAlgorithm::ecdsa_sha512}};
  for (const auto& row : rows) {
    EXPECT_EQ(apk_algorithm_for(row.first->key.get()), row.second);
    write_keystore(directory_ / "keys/one.p12", pkcs12_of({row.first}, k_test_password));
    sealed("a.apk", apk_entries(), "one.p12");
    const auto seen = make_signer()->examine(directory_ / "a.apk");
    EXPECT_TRUE(seen) << row.first->alias << ": " << seen.error().text();
  }
}

TEST_F(AndroidRebuildTest, AnotherSignerIsRefusedUnlessAccepted) {
  sealed("a.aab", bundle_entries());
  SigningOrder other = order("a.aab", "b.aab", "ec.p12");
  expect_refused(other, ErrorKind::auth, fingerprint_of(rsa_key().certificate.get()));
  expect_refused(other, ErrorKind::auth, fingerprint_of(ec_key().certificate.get()));
  other.accept_new_signer = true;
  const auto built = rebuild(other);
  ASSERT_TRUE(built) << built.error().text();
  EXPECT_THAT(texts_of(built->findings), HasSubstr("warning: Signed with certificate"));
  EXPECT_THAT(names_in(other.out), Contains("META-INF/ELLIPTIC.EC"));
  EXPECT_THAT(names_in(other.out), testing::Not(Contains("META-INF/UPLOAD.RSA")));
}

// The ELF header and one program header, loaded at this alignment.
std::string elf(std::uint64_t alignment) {
  std::string out(
      "\x7f"
      "ELF\2\1\1",
      7);
  out.resize(64, '\0');
  out.replace(32, 8, archives::le64(64));
  out.replace(54, 4, archives::le16(56) + archives::le16(1));
  return out + archives::le32(1) + std::string(44, '\0') + archives::le64(alignment);
}

TEST_F(AndroidRebuildTest, FindingsSayWhatAPersonShouldKnow) {
  auto entries = bundle_entries();
  entries.push_back(archives::deflated("base/lib/arm64-v8a/small.so", elf(4096) + std::string(20000, 's')));
  entries.push_back({"base/lib/arm64-v8a/large.so", elf(16384)});
  entries.push_back({"base/lib/armeabi-v7a/other.so", elf(4096)});
  file("a.aab", archives::zip_of(entries));
  const auto seen = make_signer()->examine(directory_ / "a.aab");
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(seen->identity.build.text(), "41");
  const std::string all = texts_of(seen->findings);
  EXPECT_THAT(all, HasSubstr("warning: The source is not signed"));
  EXPECT_THAT(all, HasSubstr("warning: 1 native library is not aligned to 16 KB pages (base/lib/arm64-v8a/small.so)"));
  EXPECT_THAT(all, HasSubstr("warning: The manifest names no targetSdkVersion"));
  EXPECT_THAT(all, HasSubstr("note: What was compiled into the code keeps the old version"));
  EXPECT_THAT(all, HasSubstr("note: The code is that of version code 41"));
}

}  // namespace
}  // namespace train::signing
