// .ipa files made by real compilers and linkers, judged by a checker that shares no code with this one; where both are
// at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <filesystem>

#include "apple/examine.hpp"
#include "train/base/process.hpp"
#include "train/signing/signer.hpp"
#include "train/zip/package.hpp"
#include "unit/archives/zip_writer.hpp"
#include "unit/signing/apple_fixture.hpp"
#include "unit/signing/signing_fixture.hpp"

namespace train::signing {
namespace {

using testing::HasSubstr;

// Made once for all tests of this file; `why` tells what was missing.
struct RealIpa {
  std::filesystem::path directory;
  std::string why;
};

std::filesystem::path shared_place() { return std::string(TRAIN_SOURCE_DIR) + "/../shared"; }

RealIpa make_real_ipa() {
  const auto script = shared_place() / "make-ios-fixture.sh";
  if (!std::filesystem::exists(script)) return {{}, "there is no " + script.string()};
  std::string trouble;
  const auto made = made_once("ios" + bytes_of(script), [&](const std::filesystem::path& directory) {
    ProcessRequest request;
    request.argv = {"bash", script.string(), directory.string()};
    request.environment = {{"NO_INSTALL", "1"}, {"WITH_WATCH", "1"}};
    const auto ran = run_process(request);
    trouble = !ran ? ran.error().message : ran->err.substr(0, 300);
    return ran && ran->exit_code == 0;
  });
  if (!made.empty()) return {made, {}};
  return {{}, script.string() + " did not succeed: " + trouble};
}

class RealIos : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() { made_ = make_real_ipa(); }
  void SetUp() override {
    if (made_.directory.empty()) GTEST_SKIP() << made_.why;
    directory_ = new_directory();
  }
  void TearDown() override {
    std::error_code ignored;
    if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
  }

  static std::filesystem::path identity(const std::string& name) { return made_.directory / "identity" / name; }

  SigningOrder order(const std::filesystem::path& source, const std::string& out, const std::string& version) const {
    AppleIdentity apple;
    apple.identity = identity("dist.p12");
    apple.password = Secret("train");
    apple.profiles = {{"com.example.train", identity("app.mobileprovision")},
                      {"com.example.train.ext", identity("ext.mobileprovision")},
                      {"com.example.train.watch", identity("watch.mobileprovision")}};
    SigningOrder made;
    made.source = source;
    made.out = directory_ / out;
    made.version = *VersionName::parse(version);
    made.build = *BuildNumber::parse("43");
    made.identity = apple;
    // The certificates were made a moment ago, by the real clock.
    made.now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    return made;
  }

  std::filesystem::path rebuilt(const SigningOrder& wanted) {
    const auto made = make_signer()->rebuild(wanted);
    EXPECT_TRUE(made) << made.error().text();
    return wanted.out;
  }

  // What the independent checker prints, its last line RESULT OK when it found nothing wrong.
  static std::string verdict(const std::filesystem::path& ipa, const std::string& version) {
    ProcessRequest request;
    request.argv = {"python3",
                    (shared_place() / "checks" / "check_ipa.py").string(),
                    ipa.string(),
                    "--root",
                    identity("root.pem").string(),
                    "--version",
                    version,
                    "--build",
                    "43"};
    const auto run = run_process(request);
    return run ? run->out + run->err : run.error().text();
  }

  std::filesystem::path source() const { return made_.directory / (std::string(GetParam()) + ".ipa"); }

  static inline RealIpa made_;
  std::filesystem::path directory_;
};

TEST_P(RealIos, TheCheckerFindsNothingWrong) {
  const auto first = rebuilt(order(source(), "first.ipa", "10.0.1"));
  EXPECT_THAT(verdict(first, "10.0.1"), HasSubstr("RESULT OK"));
}

TEST_P(RealIos, NorInWhatIsRebuiltTwice) {
  const auto first = rebuilt(order(source(), "first.ipa", "10.0.1"));
  SigningOrder again = order(first, "second.ipa", "10.0.2");
  std::get<AppleIdentity>(again.identity).profiles.clear();
  std::get<AppleIdentity>(again.identity).identity = identity("dist-legacy.p12");
  const auto second = rebuilt(again);
  EXPECT_THAT(verdict(second, "10.0.2"), HasSubstr("RESULT OK"));
  const auto before = zip::Package::open(first);
  const auto after = zip::Package::open(second);
  ASSERT_TRUE(before && after);
  ASSERT_EQ(before->entries().size(), after->entries().size());
  for (std::size_t i = 0; i < before->entries().size(); ++i) {
    EXPECT_EQ(before->entries()[i].name, after->entries()[i].name);
    EXPECT_EQ(before->entries()[i].external_attributes, after->entries()[i].external_attributes);
  }
  for (const char* same :
       {"Payload/TrainApp.app/Frameworks/Helper.framework/Helper", "Payload/TrainApp.app/Frameworks/libfat.dylib",
        "SwiftSupport/iphoneos/libswiftDemo.dylib"}) {
    EXPECT_EQ(before->raw(*before->find(same)), after->raw(*after->find(same))) << same;
  }
}

TEST_P(RealIos, TheCheckerAndWeSeeAFlippedByte) {
  const auto first = rebuilt(order(source(), "first.ipa", "10.0.1"));
  const auto package = zip::Package::open(first);
  ASSERT_TRUE(package);
  std::vector<archives::Entry> entries;
  for (const zip::PackageEntry& entry : package->entries()) {
    std::string bytes = *package->unpack(entry, k_code_bytes_max);
    if (entry.name == "Payload/TrainApp.app/TrainApp") bytes[0x5000] = static_cast<char>(bytes[0x5000] ^ 1);
    entries.push_back(archives::deflated(std::string(entry.name), bytes));
    entries.back().attributes = entry.external_attributes;
  }
  archives::write_file(directory_ / "flipped.ipa", archives::zip_of(entries));
  EXPECT_THAT(verdict(directory_ / "flipped.ipa", "10.0.1"), HasSubstr("bad code pages"));
  const auto seen = make_signer()->examine(directory_ / "flipped.ipa");
  ASSERT_FALSE(seen);
  EXPECT_THAT(seen.error().message, HasSubstr("TrainApp.app/TrainApp\" is damaged: page 5"));
}

TEST_P(RealIos, ALongerChainMakesSignaturesGrow) {
  // First by a short elliptic-curve identity, then by the RSA one: same team, and more than was kept to spare.
  const MadeCertificate small = make_leaf({});
  SigningOrder first = order(source(), "first.ipa", "10.0.1");
  AppleIdentity& apple = std::get<AppleIdentity>(first.identity);
  apple.identity = directory_ / "small.p12";
  archives::write_file(apple.identity, p12_of(small, "train"));
  std::filesystem::permissions(apple.identity, std::filesystem::perms::owner_read);
  for (auto& one : apple.profiles) {
    ProfileRecipe recipe;
    recipe.app = "TRAIN12345." + one.first;
    recipe.certificates = {der_of(small.certificate.get())};
    one.second = directory_ / one.first;
    archives::write_file(one.second, profile_of(recipe));
  }
  const auto before = zip::Package::open(rebuilt(first));
  const auto second = rebuilt(order(directory_ / "first.ipa", "second.ipa", "10.0.2"));
  EXPECT_THAT(verdict(second, "10.0.2"), HasSubstr("RESULT OK"));
  const auto after = zip::Package::open(second);
  ASSERT_TRUE(before && after);
  for (const char* grown : {"Payload/TrainApp.app/TrainApp", "Payload/TrainApp.app/Frameworks/libfat.dylib",
                            "Payload/TrainApp.app/Watch/TrainWatch.app/TrainWatch"}) {
    EXPECT_GT(after->find(grown)->unpacked, before->find(grown)->unpacked) << grown;
  }
}

TEST_P(RealIos, AnExpiredProfileIsRefused) {
  SigningOrder wanted = order(source(), "out.ipa", "10.0.1");
  std::get<AppleIdentity>(wanted.identity).profiles["com.example.train"] = identity("expired.mobileprovision");
  const auto made = make_signer()->rebuild(wanted);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::auth);
  EXPECT_THAT(made.error().message, HasSubstr("expired on 2021-01-01"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "out.ipa"));
}

// Hand-made code under a certificate of our own making, then under a renewed one: the same judge.
class IosChecker : public SigningTest {
 protected:
  void SetUp() override {
    SigningTest::SetUp();
    checker_ = shared_place() / "checks" / "check_ipa.py";
    if (!std::filesystem::exists(checker_)) GTEST_SKIP() << "there is no " << checker_.string();
    const BioHandle out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), made_authority().root.certificate.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    file("root.pem", std::string(text, static_cast<std::size_t>(size)));
  }

  std::filesystem::path rebuilt(const std::filesystem::path& source, const MadeCertificate& leaf,
                                const std::string& name, const std::string& version) {
    AppleIdentity apple;
    apple.identity = file(name + ".p12", p12_of(leaf, "train"));
    std::filesystem::permissions(apple.identity, std::filesystem::perms::owner_read);
    apple.password = Secret("train");
    for (const char* id : {"com.example.train", "com.example.train.ext"}) {
      ProfileRecipe recipe;
      recipe.app = std::string("TRAIN12345.") + id;
      recipe.certificates = {der_of(leaf.certificate.get())};
      apple.profiles[id] = file(name + id, profile_of(recipe));
    }
    SigningOrder order;
    order.source = source;
    order.out = directory_ / (name + ".ipa");
    order.version = *VersionName::parse(version);
    order.build = *BuildNumber::parse("43");
    order.identity = apple;
    order.now = signing_time();
    const auto made = make_signer()->rebuild(order);
    EXPECT_TRUE(made) << made.error().text();
    return order.out;
  }

  std::string verdict(const std::filesystem::path& ipa) {
    ProcessRequest request;
    request.argv = {"python3", checker_.string(), ipa.string(), "--root", (directory_ / "root.pem").string()};
    const auto run = run_process(request);
    return run ? run->out + run->err : run.error().text();
  }

  std::filesystem::path checker_;
};

TEST_F(IosChecker, FindsNothingWrongUnderARenewedCertificate) {
  const auto first = rebuilt(file("in.ipa", ipa_of()), make_leaf({}), "first", "10.0.1");
  EXPECT_THAT(verdict(first), HasSubstr("RESULT OK"));
  LeafRecipe renewed;
  renewed.name = "Apple Distribution: Renewed (TRAIN12345)";
  const auto second = rebuilt(first, make_leaf(renewed), "second", "10.0.2");
  EXPECT_THAT(verdict(second), HasSubstr("RESULT OK"));
}

INSTANTIATE_TEST_SUITE_P(, RealIos, testing::Values("unsigned", "linker-signed"), [](const auto& row) {
  return std::string(row.param == std::string("unsigned") ? "unsigned_code" : "linker_signed");
});

}  // namespace
}  // namespace train::signing
