#include "train/archives/reader.hpp"

#include <gmock/gmock.h>

#include "archive_fixture.hpp"
#include "train/base/digest.hpp"

namespace train::archives {
namespace {

using testing::HasSubstr;

constexpr const char* k_aab = "base/manifest/AndroidManifest.xml";
constexpr const char* k_apk = "AndroidManifest.xml";
constexpr const char* k_ipa = "Payload/Train.app/Info.plist";

class ReaderTest : public ArchiveTest {
 protected:
  void expect_train(const std::string& name, const std::string& bytes) {
    const auto seen = inspect(name, bytes);
    ASSERT_TRUE(seen) << name << ": " << seen.error().text();
    ASSERT_TRUE(*seen) << name;
    EXPECT_EQ((*seen)->id, "com.example.train");
    EXPECT_EQ((*seen)->version.text(), "9.0.0");
    EXPECT_EQ((*seen)->build.text(), "41");
    EXPECT_EQ((*seen)->sha256, sha256_hex(bytes));
  }
  void expect_refused(const std::string& name, const std::string& bytes, const std::string& says) {
    const auto seen = inspect(name, bytes);
    ASSERT_FALSE(seen) << says;
    EXPECT_EQ(seen.error().kind, ErrorKind::refused) << seen.error().message;
    EXPECT_THAT(seen.error().message, HasSubstr(says));
    EXPECT_THAT(seen.error().message, HasSubstr(name));
    EXPECT_FALSE(seen.error().hint.empty());
  }
};

TEST_F(ReaderTest, ReadsEveryKindAndForm) {
  const Entry other{"lib/big.so", std::string(100000, 'b')};
  expect_train("a.aab", zip_of({other, {k_aab, proto_manifest()}}));
  expect_train("b.aab", zip_of({deflated(k_aab, proto_manifest()), other}));
  expect_train("c.apk", zip_of({{k_apk, binary_manifest()}, other}));
  expect_train("d.apk", zip_of({deflated(k_apk, binary_manifest({}, true))}));
  expect_train("e.ipa", zip_of({{"Payload/", ""}, {k_ipa, xml_plist()}, other}));
  expect_train("f.ipa", zip_of({deflated(k_ipa, binary_plist())}));
  expect_train("CAPITALS.IPA", zip_of({{k_ipa, binary_plist()}}));
}

TEST_F(ReaderTest, AnAbsentFileIsAbsent) {
  for (const char* name : {"no.ipa", "no.aab", "no/where.apk"}) {
    const auto seen = make_archives()->inspect(directory_ / name);
    ASSERT_TRUE(seen) << seen.error().text();
    EXPECT_FALSE(seen->has_value());
  }
}

TEST_F(ReaderTest, NamesAndContentsMustAgree) {
  const auto aab = zip_of({{k_aab, proto_manifest()}});
  const auto apk = zip_of({{k_apk, binary_manifest()}});
  expect_refused("x.zip", aab, "neither in .ipa nor in .aab or .apk");
  expect_refused("x.apk", aab, "it looks like an .aab");
  expect_refused("x.aab", apk, "it looks like an .apk");
  expect_refused("x.ipa", apk, "no Payload/NAME.app/Info.plist");
  expect_refused("y.apk", zip_of({{k_apk, proto_manifest()}}), "not binary XML");
  expect_refused("y.aab", zip_of({{k_aab, binary_manifest()}}), "not a protobuf manifest");
  expect_refused("y.ipa", zip_of({{k_ipa, "not a plist"}}), "not a property list");
}

TEST_F(ReaderTest, ADirectoryOrPipeIsNotAnArchive) {
  std::filesystem::create_directories(directory_ / "d.ipa");
  const auto seen = make_archives()->inspect(directory_ / "d.ipa");
  ASSERT_FALSE(seen);
  EXPECT_THAT(seen.error().message, HasSubstr("not a regular file"));
}

TEST_F(ReaderTest, OnlyTheAppItselfCounts) {
  const Entry app{k_ipa, xml_plist()};
  const Entry extension{"Payload/Train.app/PlugIns/E.appex/Info.plist", xml_plist({"com.other", "1", "1"})};
  const Entry watch{"Payload/Train.app/Watch/W.app/Info.plist", xml_plist({"com.watch", "1", "1"})};
  expect_train("a.ipa", zip_of({extension, watch, app}));
  expect_refused("b.ipa", zip_of({app, {"Payload/Other.app/Info.plist", xml_plist()}}), "two apps");
  expect_refused("c.ipa", zip_of({watch, extension}), "no Payload/NAME.app/Info.plist");
}

TEST_F(ReaderTest, WhatIsMissingOrOddIsNamed) {
  expect_refused("a.ipa", zip_of({{k_ipa, xml_plist({"", "9", "1"})}}), "CFBundleIdentifier is \"\"");
  expect_refused("b.ipa", zip_of({{k_ipa, xml_plist({"com.x", "9.0-beta", "1"})}}),
                 "CFBundleShortVersionString is \"9.0-beta\"");
  expect_refused("c.ipa", zip_of({{k_ipa, xml_plist({"com.x", "9", "one"})}}), "CFBundleVersion is \"one\"");
  expect_refused("d.ipa", zip_of({{k_ipa, "<plist><dict><key>A</key><string>b</string></dict></plist>"}}),
                 "names no CFBundleIdentifier");
  expect_refused("e.ipa", zip_of({{k_ipa, xml_plist({"com.x\x1b[2J/..", "9", "1"})}}), "CFBundleIdentifier is ");
  expect_refused("f.aab", zip_of({{k_aab, proto_manifest({"com x", "9", "1"})}}), "package is \"com x\"");
  expect_refused("g.apk", zip_of({{k_apk, binary_manifest({"com.x", "@7F0", "1"})}}), "versionName is \"@7F0\"");
  const std::string number =
      "<plist><dict><key>CFBundleIdentifier</key><string>a.b</string>"
      "<key>CFBundleVersion</key><integer>4</integer></dict></plist>";
  expect_refused("h.ipa", zip_of({{k_ipa, number}}), "CFBundleVersion that is not a text");
}

TEST_F(ReaderTest, APlistWithoutEndIsBounded) {
  std::string deep = "<plist>";
  for (int i = 0; i < 9000; ++i) deep += "<array>";
  expect_refused("deep.ipa", zip_of({deflated(k_ipa, deep)}), "Info.plist");
  for (int i = 0; i < 2000; ++i) deep += "<array>";
  expect_refused("deeper.ipa", zip_of({deflated(k_ipa, deep)}), "more than 10000 lists");
  expect_refused("large.ipa", zip_of({deflated(k_ipa, std::string(5 << 20, ' '))}), "larger than 4 MiB");
}

TEST_F(ReaderTest, ACodeThatSaysTwoThingsIsRefused) {
  std::string manifest = proto_manifest({"com.x", "9", "41"});
  const auto at = manifest.find(std::string("\x1a\x02") + "41");
  ASSERT_NE(at, std::string::npos);
  manifest.replace(at + 2, 2, "42");
  expect_refused("two.aab", zip_of({{k_aab, manifest}}), "two different values for versionCode");
}

TEST_F(ReaderTest, APlistsCountsMayNotLie) {
  const std::string honest = binary_plist();
  const std::size_t trailer = honest.size() - 32;
  const std::pair<std::size_t, const char*> lies[] = {{6, "offset width"}, {7, "number width"}, {8, "count"},
                                                      {16, "top"},         {24, "table"},       {15, "count low"}};
  for (const auto& [at, what] : lies) {
    std::string lying = honest;
    lying[trailer + at] = '\xff';
    expect_refused("lie.ipa", zip_of({{k_ipa, lying}}), "Info.plist");
    SCOPED_TRACE(what);
  }
  for (std::size_t size = 0; size < honest.size(); ++size) {
    EXPECT_FALSE(inspect("cut.ipa", zip_of({{k_ipa, honest.substr(0, size)}}))) << size;
  }
}

}  // namespace
}  // namespace train::archives
