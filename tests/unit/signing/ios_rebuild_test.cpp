// Whole .ipa files of hand-made code, through the port: what comes out, and every refusal with nothing left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "apple/code_seal.hpp"
#include "apple/examine.hpp"
#include "train/base/digest.hpp"
#include "train/signing/signer.hpp"
#include "train/zip/package.hpp"
#include "unit/signing/apple_fixture.hpp"
#include "unit/signing/macho_fixture.hpp"
#include "unit/signing/signing_fixture.hpp"

namespace train::signing {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_app = "Payload/Train.app/";

const MadeCertificate& usual_leaf() {
  static const MadeCertificate leaf = make_leaf({});
  return leaf;
}

class IosRebuild : public SigningTest {
 protected:
  void SetUp() override {
    SigningTest::SetUp();
    identity(usual_leaf());
    profile("com.example.train", usual_leaf());
    profile("com.example.train.ext", usual_leaf());
  }

  void identity(const MadeCertificate& leaf, WithIssuers issuers = WithIssuers::yes) {
    file("dist.p12", p12_of(leaf, "train", issuers));
    std::filesystem::permissions(directory_ / "dist.p12", std::filesystem::perms::owner_read);
    apple_.identity = directory_ / "dist.p12";
    apple_.password = Secret("train");
  }
  void profile(const std::string& id, const MadeCertificate& leaf) {
    ProfileRecipe recipe;
    recipe.app = "TRAIN12345." + id;
    recipe.certificates = {der_of(leaf.certificate.get())};
    profile(id, recipe);
  }
  void profile(const std::string& id, const ProfileRecipe& recipe) {
    apple_.profiles[id] = file(id + ".mobileprovision", profile_of(recipe));
  }

  SigningOrder order(const std::filesystem::path& source) const {
    SigningOrder out;
    out.source = source;
    out.out = directory_ / "out.ipa";
    out.version = *VersionName::parse("10.0.1");
    out.build = *BuildNumber::parse("43");
    out.identity = apple_;
    out.now = signing_time();
    return out;
  }
  // For what was rebuilt once.
  SigningOrder later(const std::filesystem::path& source) const {
    SigningOrder out = order(source);
    out.version = *VersionName::parse("10.0.2");
    return out;
  }
  Result<SignedBuild> rebuild(const SigningOrder& wanted) { return make_signer()->rebuild(wanted); }

  // The refusal's text; afterwards the source is as it was and there is no other file than before.
  std::string refusal(const std::filesystem::path& source, ErrorKind kind) {
    const std::string before = bytes_of(source);
    const auto names = files();
    const auto made = rebuild(later(source));
    EXPECT_FALSE(made);
    EXPECT_EQ(bytes_of(source), before);
    EXPECT_EQ(files(), names);
    if (made) return {};
    EXPECT_EQ(made.error().kind, kind) << made.error().text();
    EXPECT_THAT(made.error().text(), Not(HasSubstr("\"train\"")));
    return made.error().text();
  }
  std::string refusal_of(const IpaRecipe& recipe) {
    return refusal(file("in.ipa", ipa_of(recipe)), ErrorKind::refused);
  }
  // Signed once, at out.ipa moved to `name`.
  std::filesystem::path signed_ipa(const std::string& name = "signed.ipa", const IpaRecipe& recipe = {}) {
    const auto made = rebuild(order(file("in.ipa", ipa_of(recipe))));
    EXPECT_TRUE(made) << made.error().text();
    std::filesystem::rename(directory_ / "out.ipa", directory_ / name);
    return directory_ / name;
  }
  std::map<std::string, std::string> contents_of(const std::filesystem::path& ipa) {
    std::map<std::string, std::string> out;
    const auto package = zip::Package::open(ipa);
    EXPECT_TRUE(package);
    for (const zip::PackageEntry& entry : package->entries()) {
      out.emplace(std::string(entry.name), package->unpack(entry).value_or("?"));
    }
    return out;
  }
  // The archive of other contents, as somebody might make it from a signed one.
  std::filesystem::path ipa_with(const std::filesystem::path& from, const std::string& name, const std::string& bytes) {
    IpaRecipe recipe;
    recipe.files = contents_of(from);
    recipe.files[name] = bytes;
    return file("changed.ipa", ipa_of(recipe));
  }

  AppleIdentity apple_;
};

TEST_F(IosRebuild, AnUnsignedArchiveIsSealedFromTheInside) {
  const auto source = file("in.ipa", ipa_of());
  const auto made = rebuild(order(source));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->identity.id, "com.example.train");
  EXPECT_EQ(made->identity.version.text(), "10.0.1");
  EXPECT_EQ(made->identity.build.text(), "43");
  EXPECT_EQ(made->identity.sha256, *sha256_hex_of_file(directory_ / "out.ipa"));
  EXPECT_EQ(made->signer, fingerprint_of(usual_leaf().certificate.get()));
  const auto package = zip::Package::open(directory_ / "out.ipa");
  ASSERT_TRUE(package);
  const auto examined = examine_payload(*package);
  ASSERT_TRUE(examined) << examined.error().text();
  EXPECT_EQ(examined->code.size(), 4u);
  for (const auto& one : examined->code) EXPECT_EQ(one.second.seal, SealKind::by_certificate) << one.first;
  for (const PayloadBundle& bundle : examined->payload.bundles) {
    EXPECT_EQ(bundle.build, bundle.is_app() ? "43" : "41");
    EXPECT_EQ(bundle.version, bundle.is_app() ? "10.0.1" : "9.0.0");
  }
  EXPECT_EQ(package->find(std::string(k_app) + "Train")->external_attributes >> 16, 0100755u);
}

TEST_F(IosRebuild, ExamineSaysWhatItIsAndWhatIsWorthKnowing) {
  const auto source = make_signer()->examine(file("in.ipa", ipa_of()));
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_EQ(source->identity.id, "com.example.train");
  EXPECT_EQ(source->identity.version.text(), "9.0.0");
  EXPECT_EQ(source->identity.build.text(), "41");
  std::string text;
  for (const Finding& finding : source->findings) {
    text += (finding.level == Finding::Level::warning ? "warning: " : "note: ") + finding.text + "\n";
  }
  EXPECT_THAT(text, HasSubstr("warning: 4 of 4 code files are signed by nobody"));
  EXPECT_THAT(text, HasSubstr("warning: There is no PrivacyInfo.xcprivacy"));
  EXPECT_THAT(text, HasSubstr("note: It was built with iphoneos17.0"));
  EXPECT_THAT(text, HasSubstr("note: Version 9.0.0 (41) compiled into code stays"));
  EXPECT_THAT(text, HasSubstr("dSYMs"));
}

TEST_F(IosRebuild, TheSameCertificateLeavesLibrariesAlone) {
  const auto before = signed_ipa();
  apple_.profiles.clear();  // the embedded ones stay
  const auto made = rebuild(later(before));
  ASSERT_TRUE(made) << made.error().text();
  const auto old_files = contents_of(before);
  const auto new_files = contents_of(directory_ / "out.ipa");
  const std::string app = k_app;
  for (const std::string& same :
       {app + "Frameworks/Help.framework/Help", app + "Frameworks/Help.framework/_CodeSignature/CodeResources",
        app + "Frameworks/libfat.dylib", app + "embedded.mobileprovision", app + "data.txt"}) {
    EXPECT_EQ(new_files.at(same), old_files.at(same)) << same;
  }
  EXPECT_EQ(new_files.at(app + "Train").size(), old_files.at(app + "Train").size());
  EXPECT_EQ(new_files.at(app + "Train").substr(0, 0x3000), old_files.at(app + "Train").substr(0, 0x3000));
  EXPECT_EQ(old_files.size(), new_files.size());
}

TEST_F(IosRebuild, ANewCertificateSignsLibrariesToo) {
  const auto before = signed_ipa();
  LeafRecipe recipe;
  recipe.name = "Apple Distribution: Renewed (TRAIN12345)";
  const MadeCertificate renewed = make_leaf(recipe);
  std::filesystem::remove(directory_ / "dist.p12");
  identity(renewed, WithIssuers::no);  // the live build's own CMS has the issuers
  profile("com.example.train", renewed);
  profile("com.example.train.ext", renewed);
  const auto made = rebuild(later(before));
  ASSERT_TRUE(made) << made.error().text();
  const auto package = zip::Package::open(directory_ / "out.ipa");
  const auto examined = examine_payload(*package);
  ASSERT_TRUE(examined) << examined.error().text();
  for (const auto& one : examined->code) {
    EXPECT_EQ(one.second.by.leaf, der_of(renewed.certificate.get())) << one.first;
    EXPECT_EQ(one.second.by.certificates.size(), 3u) << one.first;
  }
}

TEST_F(IosRebuild, TellsWhereEntitlementsCameFrom) {
  ProfileRecipe recipe;
  recipe.certificates = {der_of(usual_leaf().certificate.get())};
  recipe.more_entitlements =
      "<key>com.apple.developer.associated-domains</key><string>*</string><key>aps-environment</key>"
      "<string>production</string>";
  profile("com.example.train", recipe);
  const auto made = rebuild(order(file("in.ipa", ipa_of())));
  ASSERT_TRUE(made) << made.error().text();
  std::string text;
  for (const Finding& finding : made->findings) text += finding.text + "\n";
  EXPECT_THAT(text, HasSubstr("com.example.train carried no entitlements"));
  EXPECT_THAT(text, HasSubstr("but not com.apple.developer.associated-domains"));
  const auto package = zip::Package::open(directory_ / "out.ipa");
  const auto examined = examine_payload(*package);
  ASSERT_TRUE(examined);
  const std::string& list = examined->report(std::string(k_app) + "Train").entitlements;
  EXPECT_THAT(list, HasSubstr("aps-environment"));
  EXPECT_THAT(list, HasSubstr("TRAIN12345.com.example.train"));
  EXPECT_THAT(list, Not(HasSubstr("*")));
}

// ---- what is not rebuilt
TEST_F(IosRebuild, RefusesWhatDoesNotMatchItsSeal) {
  const auto good = signed_ipa();
  const auto contents = contents_of(good);
  const std::string app = k_app;
  std::string code = contents.at(app + "Train");
  code[0x2000] = static_cast<char>(code[0x2000] ^ 1);
  EXPECT_THAT(refusal(ipa_with(good, app + "Train", code), ErrorKind::refused),
              testing::AllOf(HasSubstr("Train.app/Train"), HasSubstr("page 2"), HasSubstr("damaged")));
  EXPECT_THAT(refusal(ipa_with(good, app + "data.txt", "else"), ErrorKind::refused),
              HasSubstr("\"data.txt\" is not what"));
  EXPECT_THAT(refusal(ipa_with(good, app + "extra.txt", "new"), ErrorKind::refused),
              HasSubstr("\"extra.txt\" is not in"));
  EXPECT_THAT(refusal(ipa_with(good, app + "data.txt", ""), ErrorKind::refused), HasSubstr("\"data.txt\" was sealed"));
  EXPECT_THAT(refusal(ipa_with(good, app + "Info.plist", info_xml("com.example.train", "Train")), ErrorKind::refused),
              HasSubstr("Info.plist beside it"));
  EXPECT_THAT(refusal(ipa_with(good, app + "_CodeSignature/CodeResources", ""), ErrorKind::refused),
              HasSubstr("CodeResources beside it"));
}

TEST_F(IosRebuild, RefusesASealWhoseSignatureWasTakenAway) {
  const auto good = signed_ipa();
  EXPECT_THAT(refusal(ipa_with(good, std::string(k_app) + "Train", macho_of()), ErrorKind::refused),
              HasSubstr("its own signature is gone"));
}

TEST_F(IosRebuild, AnOptionalTranslationMayBeGone) {
  const auto good = signed_ipa();
  apple_.profiles.clear();
  const auto made = rebuild(later(ipa_with(good, std::string(k_app) + "en.lproj/a.strings", "")));
  EXPECT_TRUE(made) << made.error().text();
}

TEST_F(IosRebuild, RefusesWhatCameFromTheStore) {
  MachoRecipe encrypted;
  encrypted.encrypted = true;
  IpaRecipe recipe;
  recipe.files[std::string(k_app) + "Train"] = macho_of(encrypted);
  EXPECT_THAT(refusal_of(recipe), HasSubstr("downloaded from the App Store"));
  IpaRecipe keys;
  keys.files[std::string(k_app) + "SC_Info/Train.sinf"] = "sinf";
  EXPECT_THAT(refusal_of(keys), HasSubstr("downloaded from the App Store"));
}

TEST_F(IosRebuild, RefusesArchivesOfAnotherShape) {
  IpaRecipe two;
  two.second_app = true;
  EXPECT_THAT(refusal_of(two), HasSubstr("two apps"));
  IpaRecipe no_code;
  no_code.files[std::string(k_app) + "Train"] = "text";
  EXPECT_THAT(refusal_of(no_code), HasSubstr("names no executable"));
  IpaRecipe no_list;
  no_list.files[std::string(k_app) + "Info.plist"] = "text";
  EXPECT_THAT(refusal_of(no_list), HasSubstr("property list"));
  IpaRecipe climbing;
  climbing.files["Payload/../evil"] = "x";
  EXPECT_THAT(refusal_of(climbing), HasSubstr("leads out"));
  std::string cut = ipa_of();
  cut.resize(cut.size() / 2);
  refusal(file("cut.ipa", cut), ErrorKind::refused);
  refusal(file("empty.ipa", ""), ErrorKind::refused);
  std::string nested = "<plist version=\"1.0\">";
  for (int i = 0; i < 5'000; ++i) nested += "<dict><key>a</key>";
  no_list.files[std::string(k_app) + "Info.plist"] = nested;
  EXPECT_THAT(refusal_of(no_list), HasSubstr("nested"));
}

TEST_F(IosRebuild, RefusesAWrongPasswordWithoutSayingIt) {
  apple_.password = Secret("guess-1234");
  const std::string text = refusal(file("in.ipa", ipa_of()), ErrorKind::auth);
  EXPECT_THAT(text, HasSubstr("does not open"));
  EXPECT_THAT(text, Not(HasSubstr("guess-1234")));
}

TEST_F(IosRebuild, RefusesAKeyThatOthersMayRead) {
  std::filesystem::permissions(directory_ / "dist.p12",
                               std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  EXPECT_THAT(refusal(file("in.ipa", ipa_of()), ErrorKind::definition), HasSubstr("dist.p12"));
}

TEST_F(IosRebuild, RefusesAnExpiredCertificate) {
  LeafRecipe recipe;
  recipe.until = *parse_rfc3339("2026-11-01T00:00:00Z");
  std::filesystem::remove(directory_ / "dist.p12");
  identity(make_leaf(recipe));
  const auto made = rebuild(order(file("in.ipa", ipa_of())));
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().kind, AnyOf(ErrorKind::auth, ErrorKind::definition));
  EXPECT_THAT(made.error().message, HasSubstr("expired on 2026-11-01"));
}

TEST_F(IosRebuild, RefusesACertificateWithoutItsIssuer) {
  std::filesystem::remove(directory_ / "dist.p12");
  identity(usual_leaf(), WithIssuers::no);
  EXPECT_THAT(refusal(file("in.ipa", ipa_of()), ErrorKind::definition), HasSubstr("Worldwide Developer Relations"));
}

TEST_F(IosRebuild, RefusesAnotherTeamsCertificate) {
  const auto source = signed_ipa();
  LeafRecipe recipe;
  recipe.team = "OTHER67890";
  std::filesystem::remove(directory_ / "dist.p12");
  identity(make_leaf(recipe));
  EXPECT_THAT(refusal(source, ErrorKind::definition), testing::AllOf(HasSubstr("TRAIN12345"), HasSubstr("OTHER67890")));
}

TEST_F(IosRebuild, RefusesProfilesThatDoNotFit) {
  const auto source = file("in.ipa", ipa_of());
  ProfileRecipe good;
  good.certificates = {der_of(usual_leaf().certificate.get())};
  ProfileRecipe recipe = good;
  recipe.app = "TRAIN12345.com.example.other";
  profile("com.example.train", recipe);
  EXPECT_THAT(refusal(source, ErrorKind::definition), HasSubstr("is for com.example.other, not for com.example.train"));
  recipe.app = "TRAIN12345.com.example.train.*";
  profile("com.example.train", recipe);
  EXPECT_THAT(refusal(source, ErrorKind::definition), HasSubstr("not for com.example.train"));
  recipe = good;
  recipe.expires = "2026-11-25T00:00:00Z";
  profile("com.example.train", recipe);
  EXPECT_THAT(refusal(source, ErrorKind::auth), HasSubstr("expired on 2026-11-25"));
  recipe = good;
  recipe.certificates = {der_of(made_authority().root.certificate.get())};
  profile("com.example.train", recipe);
  EXPECT_THAT(refusal(source, ErrorKind::definition), HasSubstr("does not hold the certificate"));
  recipe = good;
  recipe.team = "OTHER67890";
  profile("com.example.train", recipe);
  EXPECT_THAT(refusal(source, ErrorKind::definition), HasSubstr("team OTHER67890"));
  apple_.profiles["com.example.train"] = file("text.mobileprovision", "text");
  EXPECT_THAT(refusal(source, ErrorKind::refused), HasSubstr("not a signed file"));
  apple_.profiles.erase("com.example.train");
  EXPECT_THAT(refusal(source, ErrorKind::definition), HasSubstr("no provisioning profile"));
  profile("com.example.train", good);
  profile("com.example.nobody", good);
  EXPECT_THAT(refusal(source, ErrorKind::definition), HasSubstr("com.example.nobody, which is not in"));
}

TEST_F(IosRebuild, AWildcardProfileServes) {
  ProfileRecipe recipe;
  recipe.app = "TRAIN12345.com.example.*";
  recipe.certificates = {der_of(usual_leaf().certificate.get())};
  profile("com.example.train", recipe);
  profile("com.example.train.ext", recipe);
  const auto made = rebuild(order(file("in.ipa", ipa_of())));
  EXPECT_TRUE(made) << made.error().text();
}

TEST_F(IosRebuild, NeverWritesOverItsSource) {
  const auto source = file("in.ipa", ipa_of());
  SigningOrder wanted = order(source);
  wanted.out = source;
  const std::string before = bytes_of(source);
  EXPECT_FALSE(rebuild(wanted));
  EXPECT_EQ(bytes_of(source), before);
  wanted.out = directory_ / "nowhere" / "out.ipa";
  EXPECT_FALSE(rebuild(wanted));
}

TEST_F(IosRebuild, RefusesOrdersThatMakeNoSense) {
  const auto source = file("in.ipa", ipa_of());
  const auto usage_error = [this](const SigningOrder& wanted) {
    const auto made = rebuild(wanted);
    EXPECT_FALSE(made);
    if (made) return std::string();
    EXPECT_EQ(made.error().kind, ErrorKind::usage);
    return made.error().message;
  };
  SigningOrder wanted = order(source);
  wanted.identity = AndroidKey{};
  EXPECT_THAT(usage_error(wanted), HasSubstr("with an Apple identity"));
  wanted = order(source);
  wanted.version = *VersionName::parse("9.0");
  EXPECT_THAT(usage_error(wanted), HasSubstr("it is 9.0.0 already"));
  wanted = order(source);
  wanted.out = directory_ / "out.zip";
  EXPECT_THAT(usage_error(wanted), HasSubstr("must end in .ipa"));
}

}  // namespace
}  // namespace train::signing
