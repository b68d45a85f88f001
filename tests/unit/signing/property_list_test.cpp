#include "apple/property_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apple/code_bytes.hpp"
#include "apple/entitlements.hpp"

namespace train::signing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string xml(const std::string& inside) { return "<plist version=\"1.0\"><dict>" + inside + "</dict></plist>"; }

PropertyList parsed(const std::string& inside) {
  auto list = PropertyList::parse(xml(inside));
  EXPECT_TRUE(list) << list.error().text();
  return std::move(*list);
}

std::string binary_of(const PropertyList& list) {
  char* bytes = nullptr;
  std::uint32_t size = 0;
  plist_to_bin(list.root(), &bytes, &size);
  std::string out(bytes, size);
  plist_to_bin_free(bytes);
  return out;
}

// A binary list whose object 0 is an array that names object 1 twice, which names object 2 twice, and so on.
std::string doubling_list(int levels) {
  std::string out = "bplist00";
  std::string offsets;
  for (int i = 0; i < levels; ++i) {
    offsets += static_cast<char>(out.size());
    out += static_cast<char>(0xa2);
    out += static_cast<char>(i + 1);
    out += static_cast<char>(i + 1);
  }
  offsets += static_cast<char>(out.size());
  out += '\x09';
  const std::size_t table = out.size();
  out += offsets + std::string(6, '\0') + "\x01\x01";
  append_big64(out, static_cast<std::uint64_t>(levels) + 1);
  append_big64(out, 0);
  append_big64(out, table);
  return out;
}

TEST(PropertyList, KeepsItsFormAndOrder) {
  const PropertyList list = parsed("<key>b</key><string>1</string><key>a</key><real>1.5</real><key>c</key><false/>");
  const auto binary = PropertyList::parse(binary_of(list));
  ASSERT_TRUE(binary);
  EXPECT_EQ(binary->form(), PropertyList::Form::binary);
  plist_dict_set_item(binary->root(), "b", plist_new_string("2"));
  const auto written = binary->write();
  ASSERT_TRUE(written);
  EXPECT_EQ(written->substr(0, 8), "bplist00");
  const auto again = PropertyList::parse(*written);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->text("b"), "2");
  EXPECT_EQ(again->flag("c"), false);
  std::vector<std::string> keys;
  each_item(again->root(), [&keys](const std::string& key, plist_t) { keys.push_back(key); });
  EXPECT_THAT(keys, ElementsAre("b", "a", "c"));
  EXPECT_EQ(list.form(), PropertyList::Form::xml);
  EXPECT_THAT(*list.write(), HasSubstr("<?xml"));
}

TEST(PropertyList, IsADictionary) {
  EXPECT_FALSE(PropertyList::parse("<plist version=\"1.0\"><array/></plist>"));
  EXPECT_FALSE(PropertyList::parse(""));
  EXPECT_FALSE(PropertyList::parse("text"));
  EXPECT_FALSE(PropertyList::parse("bplist00"));
}

TEST(PropertyList, SharedObjectsAreCountedEachTime) {
  EXPECT_TRUE(binary_plist_is_bounded(doubling_list(10), 1'000'000, 1'000, 64));
  EXPECT_FALSE(binary_plist_is_bounded(doubling_list(40), 1'000'000, 1'000, 64));
  EXPECT_FALSE(binary_plist_is_bounded(doubling_list(10), 1'000, 1'000, 64));
  EXPECT_FALSE(binary_plist_is_bounded(doubling_list(10), 1'000'000, 1'000, 10));
}

TEST(PropertyList, AnObjectThatHoldsItselfIsRefused) {
  std::string list = doubling_list(1);
  list[9] = '\0';
  EXPECT_FALSE(binary_plist_is_bounded(list, 1'000'000, 1'000, 64));
}

TEST(PropertyList, EveryPrefixOfABinaryOneIsRefusedOrRead) {
  const std::string whole =
      binary_of(parsed("<key>a</key><string>\xc3\xa9</string><key>b</key><array><integer>7</integer></array>"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(PropertyList::parse(whole.substr(0, length))) << length;
  }
  EXPECT_TRUE(PropertyList::parse(whole));
}

TEST(PropertyList, NestingIsBoundedWhateverHidesIt) {
  const auto nested = [](int depth, const std::string& between) {
    std::string out = "<plist version=\"1.0\">";
    for (int i = 0; i < depth; ++i) out += "<dict><key>a</key>" + between;
    out += "<true/>";
    for (int i = 0; i < depth; ++i) out += "</dict>";
    return out + "</plist>";
  };
  EXPECT_TRUE(PropertyList::parse(nested(60, "")));
  EXPECT_FALSE(PropertyList::parse(nested(70, "")));
  EXPECT_FALSE(PropertyList::parse(nested(5'000, "<!-- </dict> -->")));
  EXPECT_FALSE(PropertyList::parse(nested(5'000, "<?x </dict> ?>")));
  EXPECT_FALSE(PropertyList::parse(nested(5'000, "<!DOCTYPE [ </dict> ]>")));
  EXPECT_TRUE(PropertyList::parse(nested(3, "<!-- fine -->")));
}

TEST(Entitlements, DerIsSortedAndTyped) {
  const auto der = entitlements_der(
      parsed("<key>b</key><true/><key>a</key><array><string>x</string></array><key>n</key><integer>300</integer>"));
  ASSERT_TRUE(der);
  const std::string wanted(
      "\x70\x20\x02\x01\x01\xb0\x1b"
      "\x30\x08\x0c\x01\x61\x30\x03\x0c\x01\x78"
      "\x30\x06\x0c\x01\x62\x01\x01\xff"
      "\x30\x07\x0c\x01\x6e\x02\x02\x01\x2c",
      34);
  EXPECT_EQ(*der, wanted);
}

TEST(Entitlements, WhatTheyCannotHoldIsRefused) {
  EXPECT_FALSE(entitlements_der(parsed("<key>a</key><real>1.5</real>")));
  EXPECT_FALSE(entitlements_der(parsed("<key>a</key><data>AAAA</data>")));
}

TEST(Entitlements, LongLengthsTakeMoreBytes) {
  const auto der = entitlements_der(parsed("<key>a</key><string>" + std::string(300, 'x') + "</string>"));
  ASSERT_TRUE(der);
  EXPECT_EQ(der->substr(0, 4), std::string("\x70\x82\x01\x3e", 4));
}

TEST(Entitlements, WildcardsBecomeTheAppsOwnNames) {
  const auto made = resolve_entitlements(
      parsed("<key>application-identifier</key><string>TEAM.*</string><key>keychain-access-groups</key><array>"
             "<string>TEAM.*</string><string>com.apple.token</string></array><key>domains</key><string>*</string>"
             "<key>get-task-allow</key><false/>")
          .root(),
      "TEAM", "com.example.app");
  EXPECT_EQ(made.values.text("application-identifier"), "TEAM.com.example.app");
  EXPECT_EQ(made.values.flag("get-task-allow"), false);
  EXPECT_THAT(made.dropped, ElementsAre("domains"));
  const plist_t groups = made.values.item("keychain-access-groups", PLIST_ARRAY);
  ASSERT_NE(groups, nullptr);
  EXPECT_EQ(plist_text(plist_array_get_item(groups, 0)), "TEAM.com.example.app");
  EXPECT_EQ(plist_text(plist_array_get_item(groups, 1)), "com.apple.token");
}

}  // namespace
}  // namespace train::signing
