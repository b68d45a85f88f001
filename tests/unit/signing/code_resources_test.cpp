#include "apple/code_resources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apple/code_hash.hpp"

namespace train::signing {
namespace {

using testing::HasSubstr;

SealedFile sealed(const std::string& path, const std::string& bytes) {
  return SealedFile{path, hash_of(HashKind::sha1, bytes), hash_of(HashKind::sha256, bytes), {}};
}

CodeResources sealed_list(const std::vector<SealedFile>& files, bool old_systems = false) {
  auto made = CodeResources::make(old_systems);
  EXPECT_TRUE(made) << made.error().text();
  for (const SealedFile& file : files) made->seal(file);
  auto again = CodeResources::parse(*made->write());
  EXPECT_TRUE(again) << again.error().text();
  return std::move(*again);
}

std::string fault(const CodeResources& list, const std::vector<SealedFile>& files) {
  const auto done = list.verify(files);
  return done ? "" : done.error().message;
}

std::vector<SealedFile> usual_files() {
  return {sealed("Info.plist", "info"), sealed("PkgInfo", "APPL"), sealed("Data & <more>.txt", "x"),
          sealed("en.lproj/a.strings", "text"), sealed("Base.lproj/Main.nib", "nib")};
}

TEST(CodeResources, HoldsWhatItSealed) { EXPECT_EQ(fault(sealed_list(usual_files()), usual_files()), ""); }

TEST(CodeResources, SeesAChangeAnAdditionAndALoss) {
  const CodeResources list = sealed_list(usual_files());
  auto files = usual_files();
  files[2] = sealed("Data & <more>.txt", "y");
  EXPECT_THAT(fault(list, files), HasSubstr("\"Data & <more>.txt\" is not what was sealed"));
  files = usual_files();
  files.push_back(sealed("new.txt", "n"));
  EXPECT_THAT(fault(list, files), HasSubstr("\"new.txt\" is not in its seal"));
  files = usual_files();
  files.pop_back();
  EXPECT_THAT(fault(list, files), HasSubstr("\"Base.lproj/Main.nib\" was sealed and is gone"));
}

TEST(CodeResources, TranslationsAreOptionalButNotTheBase) {
  const CodeResources list = sealed_list(usual_files());
  auto files = usual_files();
  files.erase(files.begin() + 3);
  EXPECT_EQ(fault(list, files), "");
  auto rules = CodeResources::make(false);
  ASSERT_TRUE(rules);
  rules->seal(sealed("en.lproj/locversion.plist", "v"));
  EXPECT_THAT(*rules->write(), testing::Not(HasSubstr("<key>en.lproj/locversion.plist</key>")));
}

TEST(CodeResources, TheOldListSeesTheInfoPlistToo) {
  const CodeResources list = sealed_list(usual_files());
  auto files = usual_files();
  files[0] = sealed("Info.plist", "else");
  EXPECT_THAT(fault(list, files), HasSubstr("\"Info.plist\" is not what"));
}

TEST(CodeResources, SealingAnewReplacesAnEntryInItsPlace) {
  CodeResources list = sealed_list(usual_files(), true);
  auto files = usual_files();
  files[2] = sealed("Data & <more>.txt", "y");
  list.seal(files[2]);
  EXPECT_EQ(fault(list, files), "");
  const auto written = list.write();
  ASSERT_TRUE(written);
  EXPECT_EQ(written->find("Data &amp; &lt;more&gt;.txt"), written->find("Data &amp;"));
}

TEST(CodeResources, LinksAreSealedByWhereTheyLead) {
  SealedFile link;
  link.path = "link";
  link.link = "data.txt";
  const CodeResources list = sealed_list({link});
  EXPECT_EQ(fault(list, {link}), "");
  link.link = "other.txt";
  EXPECT_THAT(fault(list, {link}), HasSubstr("\"link\" is not what"));
  EXPECT_THAT(fault(list, {sealed("link", "data.txt")}), HasSubstr("\"link\" is not what"));
}

TEST(CodeResources, RefusesRulesThatCouldRunAway) {
  const auto with_rule = [](const std::string& rule) {
    return CodeResources::parse("<plist version=\"1.0\"><dict><key>files2</key><dict/><key>rules2</key><dict><key>" +
                                rule + "</key><true/></dict></dict></plist>");
  };
  EXPECT_TRUE(with_rule("^a.*$"));
  EXPECT_FALSE(with_rule("(a{1,200}){1,200}"));
  EXPECT_FALSE(with_rule("(a)\\1"));
  EXPECT_FALSE(with_rule("(a"));
  EXPECT_FALSE(with_rule(std::string(300, 'a')));
  EXPECT_FALSE(CodeResources::parse("<plist version=\"1.0\"><dict/></plist>"));
}

}  // namespace
}  // namespace train::signing
