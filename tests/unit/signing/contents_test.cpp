// What whole archives hold, through the port.
#include "android_fixture.hpp"
#include "apple_fixture.hpp"

namespace train::signing {
namespace {

using testing::ElementsAre;

// An ELF file of 64 bits whose one part that is loaded has this alignment.
std::string library_aligned_to(std::uint64_t alignment) {
  const auto number = [](std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
  };
  std::string head(
      "\x7f"
      "ELF\2\1",
      6);
  head.resize(32, '\0');
  head += number(64, 8) + std::string(14, '\0') + number(56, 2) + number(1, 2);
  head.resize(64, '\0');
  return head + number(1, 4) + std::string(44, '\0') + number(alignment, 8);
}

using AndroidContentsTest = AndroidTest;

TEST_F(AndroidContentsTest, NativeCodeIsFoundInEveryModule) {
  auto entries = bundle_entries();
  entries.push_back({"base/lib/arm64-v8a/libsmall.so", library_aligned_to(4096)});
  entries.push_back({"base/lib/x86_64/liblarge.so", library_aligned_to(16384)});
  entries.push_back({"extra/lib/armeabi-v7a/libold.so", "ELF"});
  const auto facts = make_signer()->contents(file("app.aab", archives::zip_of(entries)));
  ASSERT_TRUE(facts) << facts.error().text();
  ASSERT_TRUE(facts->android);
  EXPECT_THAT(facts->android->abis, ElementsAre("arm64-v8a", "armeabi-v7a", "x86_64"));
  EXPECT_THAT(facts->android->not_aligned, ElementsAre("base/lib/arm64-v8a/libsmall.so"));
  EXPECT_FALSE(facts->android->debuggable);
  EXPECT_EQ(facts->bytes, std::filesystem::file_size(directory_ / "app.aab"));
}

TEST_F(AndroidContentsTest, WhatIsNoArchiveIsRefused) {
  EXPECT_FALSE(make_signer()->contents(file("app.aab", "no zip")));
  EXPECT_FALSE(make_signer()->contents(directory_ / "absent.aab"));
}

using IosContentsTest = SigningTest;

TEST_F(IosContentsTest, TheProfileAndTheAnswerOnEncryptionAreRead) {
  ProfileRecipe recipe;
  recipe.more_entitlements = "<key>get-task-allow</key><true/>";
  recipe.more = "<key>ProvisionedDevices</key><array><string>1</string></array>";
  recipe.certificates = {der_of(make_leaf({}).certificate.get())};
  IpaRecipe ipa;
  ipa.files["Payload/Train.app/embedded.mobileprovision"] = profile_of(recipe);
  ipa.files["Payload/Train.app/Info.plist"] =
      info_xml("com.example.train", "Train", "<key>ITSAppUsesNonExemptEncryption</key><false/>");
  const auto facts = make_signer()->contents(file("app.ipa", ipa_of(ipa)));
  ASSERT_TRUE(facts) << facts.error().text();
  ASSERT_TRUE(facts->apple && facts->apple->profile);
  const auto& profile = *facts->apple->profile;
  EXPECT_EQ(profile.app_id, "TRAIN12345.com.example.train");
  EXPECT_TRUE(profile.debugging);
  EXPECT_TRUE(profile.for_devices);
  EXPECT_FALSE(profile.for_all_devices);
  EXPECT_EQ(profile.expires, parse_rfc3339("2036-01-01T00:00:00Z"));
  EXPECT_TRUE(profile.certificate_expires);
  EXPECT_TRUE(facts->apple->says_encryption);
  EXPECT_FALSE(facts->apple->get_task_allow) << "it is not signed";
}

TEST_F(IosContentsTest, WhatIsNotThereIsAbsent) {
  const auto facts = make_signer()->contents(file("app.ipa", ipa_of()));
  ASSERT_TRUE(facts) << facts.error().text();
  EXPECT_FALSE(facts->apple->says_encryption);
}

}  // namespace
}  // namespace train::signing
