// Archives made by Android's own tools, rebuilt by us, judged by those tools.
#include <algorithm>

#include "android/apk_block.hpp"
#include "android_fixture.hpp"
#include "android_tools.hpp"

namespace train::signing {
namespace {

using testing::HasSubstr;
using testing::Not;

class AndroidRealTest : public AndroidTest {
 protected:
  void SetUp() override {
    if (!android_tools().missing.empty()) GTEST_SKIP() << android_tools().missing;
    AndroidTest::SetUp();
  }
  static std::string made(const std::string& name) { return (android_tools().directory / name).string(); }
  std::string path(const std::string& name) const { return (directory_ / name).string(); }

  SigningOrder real_order(const std::string& source, const std::string& out, const std::string& keystore) const {
    SigningOrder order = AndroidTest::order("none", out);
    order.source = made(source);
    order.identity = AndroidKey{made(keystore), "", Secret(k_test_password)};
    // Certificates made today must be valid.
    order.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + Duration(60);
    return order;
  }
  Result<SignedBuild> rebuild_real(const std::string& source, const std::string& out,
                                   const std::string& keystore = "upload.p12", bool new_signer = false) const {
    SigningOrder order = real_order(source, out, keystore);
    order.accept_new_signer = new_signer;
    return rebuild(order);
  }

  // A module's manifest as aapt2 reads it: put at the top of a package of its own.
  std::string module_manifest(const std::string& bundle, const std::string& module) const {
    const std::string place = path("module-" + module);
    std::filesystem::remove_all(place);
    std::filesystem::create_directory(place);
    const std::string manifest = module + "/manifest/AndroidManifest.xml";
    const ToolSaid taken = run_tool({"unzip", "-q", "-j", bundle, manifest, module + "/resources.pb", "-d", place});
    if (taken.exit_code != 0 && taken.exit_code != 11) return taken.text;
    if (!std::filesystem::exists(place + "/resources.pb")) archives::write_file(place + "/resources.pb", "");
    const ToolSaid packed =
        run_tool({"bash", "-c", "cd \"$1\" && zip -q -X m.apk AndroidManifest.xml resources.pb", "zip", place});
    if (packed.exit_code != 0) return packed.text;
    return run_tool({"aapt2", "dump", "xmltree", "--file", "AndroidManifest.xml", place + "/m.apk"}).text;
  }
  // Every entry that is not meant to change has the same bytes, as unzip sees them, in the same order.
  void expect_same_entries(const std::string& was, const std::string& is) const {
    const auto list = [](const std::string& file) { return run_tool({"unzip", "-Z1", file}).text; };
    const auto kept = [](const std::string& names) {
      std::vector<std::string> out;
      std::istringstream lines(names);
      for (std::string name; std::getline(lines, name);) {
        const bool seal = is_jar_signature_file(name);
        if (!seal && !name.ends_with("AndroidManifest.xml")) out.push_back(name);
      }
      return out;
    };
    const auto names = kept(list(was));
    EXPECT_EQ(kept(list(is)), names);
    EXPECT_GT(names.size(), 4u);
    for (const std::string& name : names) {
      const ToolSaid before = run_tool({"unzip", "-p", was, name});
      EXPECT_EQ(before.exit_code, 0) << name;
      EXPECT_EQ(run_tool({"unzip", "-p", is, name}).text, before.text) << name;
    }
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
    return text;
  }
};

constexpr const char* k_code_was = "versionCode(0x0101021b)=41";
constexpr const char* k_code_is = "versionCode(0x0101021b)=100";
constexpr const char* k_name_was = "versionName(0x0101021c)=\"9.0.0\" (Raw: \"9.0.0\")";
constexpr const char* k_name_is = "versionName(0x0101021c)=\"10.0.1\" (Raw: \"10.0.1\")";

TEST_F(AndroidRealTest, JarsignerAcceptsBundlesOfBothKindsOfKeys) {
  struct Row {
    const char* source;
    const char* keystore;
    const char* alias;
  };
  for (const Row& row : {Row{"app.aab", "upload.p12", "upload"}, Row{"app-unsigned.aab", "upload.jks", "upload"},
                         Row{"app-unsigned.aab", "other.p12", "other"}}) {
    const auto built = rebuild_real(row.source, "out.aab", row.keystore);
    ASSERT_TRUE(built) << built.error().text();
    const ToolSaid said = run_tool({"jarsigner", "-verify", "-strict", "-keystore", made(row.keystore), "-storepass",
                                    k_test_password, path("out.aab"), row.alias});
    EXPECT_EQ(said.exit_code, 0) << row.keystore << ": " << said.text;
    EXPECT_THAT(said.text, HasSubstr("jar verified"));
    EXPECT_EQ(run_tool({"unzip", "-tq", path("out.aab")}).exit_code, 0);
  }
}

TEST_F(AndroidRealTest, JarsignerAcceptsAReplacedSigner) {
  const auto built = rebuild_real("app.aab", "out.aab", "other.p12", true);
  ASSERT_TRUE(built) << built.error().text();
  const ToolSaid said = run_tool({"jarsigner", "-verify", "-strict", "-keystore", made("other.p12"), "-storepass",
                                  k_test_password, path("out.aab"), "other"});
  EXPECT_EQ(said.exit_code, 0) << said.text;
}

// Names longer than a line of a manifest, and not of ASCII; SHA-1 for systems that know nothing else.
TEST_F(AndroidRealTest, ArchivesOfOurOwnMakingPassToo) {
  file("a.aab", archives::zip_of(bundle_entries()));
  file("a.apk", archives::zip_of(apk_entries()));
  for (const char* name : {"a.aab", "a.apk"}) {
    SigningOrder order = real_order("app.aab", std::string("out-") + name, "upload.p12");
    order.source = directory_ / name;
    ASSERT_TRUE(rebuild(order)) << name;
  }
  const ToolSaid jar = run_tool({"jarsigner", "-verify", "-strict", "-keystore", made("upload.p12"), "-storepass",
                                 k_test_password, path("out-a.aab"), "upload"});
  EXPECT_EQ(jar.exit_code, 0) << jar.text;
  const ToolSaid apk = run_tool({"apksigner", "verify", "-v", "--min-sdk-version", "16", path("out-a.apk")});
  EXPECT_EQ(apk.exit_code, 0) << apk.text;
  EXPECT_THAT(apk.text, HasSubstr("v1 scheme (JAR signing): true"));
}

TEST_F(AndroidRealTest, EveryModuleOfABundleHasTheNewVersionAndNothingElseChanges) {
  ASSERT_TRUE(rebuild_real("app.aab", "out.aab"));
  for (const char* module : {"base", "extra"}) {
    const std::string was = module_manifest(made("app.aab"), module);
    ASSERT_THAT(was, HasSubstr(std::string(k_code_was))) << module;
    const std::string code_was = std::string(k_code_was) + " (Raw: \"41\")";
    const std::string code_is = std::string(k_code_is) + " (Raw: \"100\")";
    const std::string wanted = replaced(replaced(was, code_was, code_is), k_name_was, k_name_is);
    EXPECT_EQ(module_manifest(path("out.aab"), module), wanted) << module;
    EXPECT_NE(was, wanted);
  }
  expect_same_entries(made("app.aab"), path("out.aab"));
}

TEST_F(AndroidRealTest, ApksignerAcceptsEveryScheme) {
  for (const auto& [source, keystore] :
       {std::pair{"app.apk", "upload.p12"}, {"app-unsigned.apk", "other.p12"}, {"app.apk", "upload.jks"}}) {
    const auto built = rebuild_real(source, "out.apk", keystore);
    ASSERT_TRUE(built) << built.error().text();
    const ToolSaid said =
        run_tool({"apksigner", "verify", "-v", "--print-certs", "--min-sdk-version", "21", path("out.apk")});
    EXPECT_EQ(said.exit_code, 0) << said.text;
    EXPECT_THAT(said.text, HasSubstr("Verified using v1 scheme (JAR signing): true"));
    EXPECT_THAT(said.text, HasSubstr("Verified using v2 scheme (APK Signature Scheme v2): true"));
    EXPECT_THAT(said.text, HasSubstr("Verified using v3 scheme (APK Signature Scheme v3): true"));
    EXPECT_THAT(said.text, HasSubstr("certificate SHA-256 digest: " + built->signer));
    EXPECT_THAT(said.text, Not(HasSubstr("WARNING")));
    EXPECT_EQ(run_tool({"zipalign", "-c", "-p", "4", path("out.apk")}).exit_code, 0);
  }
}

TEST_F(AndroidRealTest, AnApkHasTheNewVersionAndNothingElseChanges) {
  ASSERT_TRUE(rebuild_real("app.apk", "out.apk"));
  const auto dump = [](const std::string& file) {
    return run_tool({"aapt2", "dump", "xmltree", "--file", "AndroidManifest.xml", file}).text;
  };
  const std::string was = dump(made("app.apk"));
  ASSERT_THAT(was, HasSubstr(k_name_was));
  EXPECT_EQ(dump(path("out.apk")), replaced(replaced(was, k_code_was, k_code_is), k_name_was, k_name_is));
  // The meta-data that shares the old version's text.
  EXPECT_THAT(dump(path("out.apk")), HasSubstr("value(0x01010024)=\"9.0.0\""));
  EXPECT_THAT(run_tool({"aapt2", "dump", "badging", path("out.apk")}).text,
              HasSubstr("versionCode='100' versionName='10.0.1'"));
  expect_same_entries(made("app.apk"), path("out.apk"));
}

TEST_F(AndroidRealTest, WithoutOldSystemsAnApkGetsNoJarSignature) {
  const auto other = make_other_fixtures(
      "s/minSdkVersion=\"21\"/minSdkVersion=\"26\"/; s/--v1-signing-enabled true/--v1-signing-enabled false/; "
      "s/--min-sdk-version 21/--min-sdk-version 26/; s/-keysize 2048/-keysize 4096/");
  ASSERT_FALSE(other.empty());
  SigningOrder order = real_order("app.apk", "out.apk", "upload.p12");
  order.source = other / "app.apk";
  order.identity = AndroidKey{other / "upload.p12", "upload", Secret(k_test_password)};
  const auto built = rebuild(order);
  ASSERT_TRUE(built) << built.error().text();
  const ToolSaid said = run_tool({"apksigner", "verify", "-v", "--min-sdk-version", "26", path("out.apk")});
  EXPECT_EQ(said.exit_code, 0) << said.text;
  EXPECT_THAT(said.text, HasSubstr("v1 scheme (JAR signing): false"));
  EXPECT_THAT(said.text, HasSubstr("v2 scheme (APK Signature Scheme v2): true"));
  EXPECT_THAT(said.text, HasSubstr("v3 scheme (APK Signature Scheme v3): true"));
  EXPECT_EQ(run_tool({"zipalign", "-c", "-p", "4", path("out.apk")}).exit_code, 0);
}

// One release of several packages: each is rebuilt, under a version code of its own.
TEST_F(AndroidRealTest, SeveralApksOfOneRelease) {
  std::int64_t code = 100;
  for (const char* name : {"arm64.apk", "x86.apk"}) {
    std::filesystem::copy_file(made("app.apk"), directory_ / name);
    SigningOrder order = real_order("app.apk", std::string("out-") + name, "upload.p12");
    order.source = directory_ / name;
    order.build = BuildNumber::from(++code);
    ASSERT_TRUE(rebuild(order));
    EXPECT_THAT(run_tool({"aapt2", "dump", "badging", order.out.string()}).text,
                HasSubstr("versionCode='" + std::to_string(code) + "' versionName='10.0.1'"));
    EXPECT_EQ(run_tool({"apksigner", "verify", "--min-sdk-version", "21", order.out.string()}).exit_code, 0);
  }
}

TEST_F(AndroidRealTest, FindingsOfARealBundle) {
  const auto seen = make_signer()->examine(made("app.aab"));
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(seen->identity.id, "com.example.train");
  const auto target = std::find_if(seen->findings.begin(), seen->findings.end(), [](const Finding& finding) {
    return finding.text.find("targetSdkVersion is 29") != std::string::npos;
  });
  ASSERT_NE(target, seen->findings.end());
  EXPECT_EQ(target->level, Finding::Level::warning);
  // Its library is aligned to 16 KB, and it is signed.
  for (const Finding& finding : seen->findings) {
    EXPECT_THAT(finding.text, Not(HasSubstr("16 KB")));
    EXPECT_THAT(finding.text, Not(HasSubstr("not signed")));
  }
}

TEST_F(AndroidRealTest, AFlippedByteOfASignedSourceIsFound) {
  for (const char* name : {"app.aab", "app.apk"}) {
    std::string bytes = bytes_of(made(name));
    const auto package = zip::Package::open(made(name));
    ASSERT_TRUE(package);
    const zip::PackageEntry* blob = nullptr;
    for (const zip::PackageEntry& entry : package->entries()) {
      if (entry.name.ends_with("assets/blob.bin")) blob = &entry;
    }
    ASSERT_NE(blob, nullptr);
    bytes[blob->data + 12345] ^= 1;
    file(name, bytes);
    SigningOrder order = real_order(name, std::string("out-") + name, "upload.p12");
    order.source = directory_ / name;
    expect_refused(order, ErrorKind::refused, "the file is damaged");
  }
}

TEST_F(AndroidRealTest, TheKeyOfAnotherIsRefusedWithBothFingerprints) {
  const auto own = rebuild_real("app.aab", "own.aab");
  ASSERT_TRUE(own);
  expect_refused(real_order("app.aab", "out.aab", "other.p12"), ErrorKind::auth, own->signer);
}

}  // namespace
}  // namespace train::signing
