// Manifests under another version: what changes, and above all what does not.
#include <random>

#include "android/binary_xml.hpp"
#include "android/manifest.hpp"
#include "signing_fixture.hpp"
#include "train/archives/proto_fields.hpp"
#include "train/zip/records.hpp"

namespace train::signing {
namespace {

using archives::le16;
using archives::le32;
using testing::HasSubstr;

const AndroidVersion k_version{"10.0.1", 100};

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  return out + static_cast<char>(value);
}
std::string field(int number, const std::string& bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) + varint(bytes.size()) + bytes;
}
std::string whole(int number, std::uint64_t value) {
  return std::string(1, static_cast<char>(number << 3)) + varint(value);
}
// <manifest> with these attributes, inside fields that nobody knows.
std::string proto_of(const std::string& attributes) {
  const std::string element = field(3, "manifest") + field(15, "unknown") + attributes;
  return field(14, "before") + field(1, element) + whole(13, 7);
}
const std::string k_package = field(4, field(2, "package") + field(3, "a.b"));

TEST(ProtoEdit, ChangesNumberAndTextAndKeepsAllElse) {
  const std::string code = field(2, "versionCode") + field(3, "41") + whole(5, 0x0101021b) + field(12, "kept");
  const std::string name = field(2, "versionName") + field(3, "9.0.0") + whole(5, 0x0101021c);
  const auto out = reversion_proto(
      proto_of(k_package + field(4, code + field(6, field(7, whole(6, 41)))) + field(4, name)), k_version);
  ASSERT_TRUE(out) << out.error().text();
  const std::string new_code = field(2, "versionCode") + field(3, "100") + whole(5, 0x0101021b) + field(12, "kept");
  const std::string new_name = field(2, "versionName") + field(3, "10.0.1") + whole(5, 0x0101021c);
  EXPECT_EQ(*out, proto_of(k_package + field(4, new_code + field(6, field(7, whole(6, 100)))) + field(4, new_name)));
}

TEST(ProtoEdit, AManifestWithoutAVersionGetsNone) {
  const std::string pack = proto_of(k_package);
  const auto out = reversion_proto(pack, k_version);
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(*out, pack);
}

TEST(ProtoEdit, HexadecimalNumbersAndCompiledTextsStayWhatTheyAre) {
  const std::string code = whole(5, 0x0101021b) + field(6, field(7, whole(7, 41)));
  const std::string name = whole(5, 0x0101021c) + field(3, "9.0.0") + field(6, field(2, field(1, "9.0.0")));
  const auto out = reversion_proto(proto_of(k_package + field(4, code) + field(4, name)), k_version);
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_THAT(*out, HasSubstr(field(6, field(7, whole(7, 100))) + field(3, "100")));
  EXPECT_THAT(*out, HasSubstr(field(6, field(2, field(1, "10.0.1")))));
}

TEST(ProtoEdit, WhatCannotBeReplacedIsRefused) {
  const std::string name = whole(5, 0x0101021c);
  const std::vector<std::pair<std::string, std::string>> bad{
      {field(4, name + field(6, field(1, whole(2, 0x7f)))), "is a reference to a resource"},
      {field(4, name + field(6, field(7, whole(6, 9)))), "versionName"},
      {field(4, whole(5, 0x0101021b) + field(6, field(1, "r"))), "reference"},
      {field(4, whole(5, 0x01010576) + field(6, field(7, whole(6, 0)))), "versionCodeMajor"},
      {field(4, whole(5, 0x01010576) + field(6, field(7, whole(6, 1)))), "versionCodeMajor"},
      {field(4, name + field(3, "1")) + field(4, name + field(3, "2")), "twice"},
      {std::string("\x22\x7f", 2), "damaged"},
  };
  for (const auto& [attributes, says] : bad) {
    const auto out = reversion_proto(proto_of(k_package + attributes), k_version);
    ASSERT_FALSE(out) << says;
    EXPECT_THAT(out.error().message, HasSubstr(says));
  }
}

TEST(ProtoEdit, FactsAreRead) {
  const auto child = [](const std::string& name, const std::string& attributes) {
    return field(5, field(1, field(3, name) + attributes));
  };
  const std::string sdk = field(4, whole(5, k_min_sdk_id) + field(3, "21")) +
                          field(4, whole(5, k_target_sdk_id) + field(6, field(7, whole(6, 35))));
  const std::string flags = field(4, whole(5, k_debuggable_id) + field(6, field(7, whole(8, 1)))) +
                            field(4, whole(5, k_test_only_id) + field(3, "true"));
  const auto facts = read_proto_facts(
      proto_of(field(4, field(2, "split") + field(3, "extra")) + child("uses-sdk", sdk) + child("application", flags)));
  ASSERT_TRUE(facts) << facts.error().text();
  EXPECT_EQ(facts->min_sdk, 21u);
  EXPECT_EQ(facts->target_sdk, 35u);
  EXPECT_TRUE(facts->debuggable);
  EXPECT_TRUE(facts->test_only);
  EXPECT_EQ(facts->split, "extra");
}

TEST(ProtoEdit, PermissionsAndTypesOfForegroundServicesAreRead) {
  const auto child = [](const std::string& name, const std::string& inside) {
    return field(5, field(1, field(3, name) + inside));
  };
  const auto named = [](const std::string& name) { return field(4, whole(5, k_name_id) + field(3, name)); };
  const auto service = [&](std::uint64_t types) {
    return child("service", field(4, whole(5, k_service_type_id) + field(6, field(7, whole(7, types)))));
  };
  const auto facts = read_proto_facts(proto_of(child("uses-permission", named("a.CAMERA")) +
                                               child("application", service(0x8 | 0x40) + service(0x4000))));
  ASSERT_TRUE(facts) << facts.error().text();
  EXPECT_EQ(facts->permissions, (std::set<std::string>{"a.CAMERA"}));
  EXPECT_EQ(facts->service_types, (std::set<std::string>{"16384", "camera", "location"}));
}

// A second attribute shares the version's text, as compilers do; its number is the last of the element.
std::string with_sharing_attribute(bool utf8) {
  std::string file = archives::binary_manifest({}, utf8);
  const std::string sharing = le32(0xffffffff) + le32(2) + le32(4) + le16(8) + std::string{'\0', 3} + le32(4);
  const std::size_t element = file.find(le16(0x0102) + le16(16));
  file += sharing;
  file.replace(element + 4, 4, le32(36 + 4 * 20));
  file.replace(element + 28, 2, le16(4));
  return file.replace(4, 4, le32(static_cast<std::uint32_t>(file.size())));
}

TEST(BinaryEdit, TheOldTextStaysForWhoeverSharesIt) {
  for (const bool utf8 : {false, true}) {
    const auto out = reversion_binary(with_sharing_attribute(utf8), k_version);
    ASSERT_TRUE(out) << out.error().text();
    const auto xml = read_binary_xml(*out);
    ASSERT_TRUE(xml) << xml.error().text();
    EXPECT_EQ(xml->size, out->size());
    ASSERT_EQ(xml->strings.count(), 7u);
    const auto& attributes = xml->elements.front().attributes;
    ASSERT_EQ(attributes.size(), 4u);
    EXPECT_EQ(attributes[0].data, 100u);
    EXPECT_EQ(xml->strings.at(attributes[1].raw), "10.0.1");
    EXPECT_EQ(attributes[1].raw, attributes[1].data);
    EXPECT_EQ(xml->strings.at(attributes[3].raw), "9.0.0");
    const std::vector<std::string> kept{"versionCode", "versionName", "manifest", "package", "9.0.0"};
    for (std::uint32_t i = 0; i < kept.size(); ++i) EXPECT_EQ(xml->strings.at(i), kept[i]);
  }
}

// One style behind the texts: {u32 name, u32 first, u32 last}, ended twice.
TEST(BinaryEdit, StylesMoveWithThePool) {
  std::string file = archives::binary_manifest();
  const std::size_t pool = 8;
  const std::uint32_t size = *zip::Bytes(file).u32(pool + 4);
  const std::uint32_t begin = *zip::Bytes(file).u32(pool + 20);
  const std::string style = le32(1) + le32(0) + le32(3) + le32(0xffffffff) + le32(0xffffffff) + le32(0xffffffff);
  file.insert(pool + size, style);
  file.insert(pool + 28 + 4 * 6, le32(0));
  file.replace(pool + 4, 4, le32(size + 4 + static_cast<std::uint32_t>(style.size())));
  file.replace(pool + 12, 4, le32(1));
  file.replace(pool + 20, 8, le32(begin + 4) + le32(size + 4));
  file.replace(4, 4, le32(static_cast<std::uint32_t>(file.size())));
  const auto out = reversion_binary(file, k_version);
  ASSERT_TRUE(out) << out.error().text();
  const zip::Bytes bytes(*out);
  const std::uint32_t styles = *bytes.u32(pool + 24);
  EXPECT_EQ(out->substr(pool + styles, style.size()), style);
  EXPECT_EQ(pool + styles + style.size(), pool + *bytes.u32(pool + 4));
}

TEST(BinaryEdit, ReferencesAreRefused) {
  std::string file = archives::binary_manifest();
  const std::size_t name = file.find(le32(4) + le16(8) + std::string{'\0', 3});
  ASSERT_NE(name, std::string::npos);
  file[name + 7] = 1;
  const auto out = reversion_binary(file, k_version);
  ASSERT_FALSE(out);
  EXPECT_THAT(out.error().message, HasSubstr("is a reference to a resource"));
}

// Whatever is accepted says the new version, and nothing crashes. The same changes every time.
TEST(ManifestEdits, ThreeThousandMutationsNeverCrash) {
  const std::vector<std::string> good{archives::binary_manifest(), with_sharing_attribute(true),
                                      archives::proto_manifest()};
  std::mt19937 random(3);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string mutated = good[static_cast<std::size_t>(i) % 3];
    for (std::size_t n = 1 + random() % 3; n > 0; --n) mutated[random() % mutated.size()] = static_cast<char>(random());
    const auto out = i % 3 == 2 ? reversion_proto(mutated, k_version) : reversion_binary(mutated, k_version);
    (void)read_binary_facts(mutated);
    (void)read_proto_facts(mutated);
    if (!out) {
      ++refused;
      continue;
    }
    const auto said = i % 3 == 2 ? archives::read_proto_manifest(*out) : archives::read_binary_manifest(*out);
    ASSERT_TRUE(said) << i;
    EXPECT_EQ(said->build.value_or("100"), "100") << i;
    EXPECT_EQ(said->version.value_or("10.0.1"), "10.0.1") << i;
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace train::signing
