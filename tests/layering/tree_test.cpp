// The rules of docs/architecture.md on the tree as it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "layering/rules.hpp"
#include "layering/source_text.hpp"

namespace train::layering {
namespace {

namespace fs = std::filesystem;

const fs::path k_top = TRAIN_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<SourceFile> files_below(const std::vector<std::string>& folders, const std::set<std::string>& endings) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!fs::exists(k_top / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(k_top / folder)) {
      if (!entry.is_regular_file() || endings.count(entry.path().extension().string()) == 0) continue;
      files.push_back(SourceFile{entry.path().lexically_relative(k_top).generic_string(), read(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

const std::vector<SourceFile>& sources() {
  static const auto files = files_below({"src", "include"}, {".cpp", ".hpp"});
  return files;
}

Complaints on_every_source(Complaints (*rule)(const SourceFile&)) {
  Complaints all;
  for (const SourceFile& file : sources()) {
    const Complaints found = rule(file);
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

TEST(Tree, IsWhereTheTestLooksForIt) { EXPECT_GT(sources().size(), 40U) << k_top; }

TEST(Tree, RoomsIncludeOnlyAlongTheArrows) { EXPECT_THAT(on_every_source(check_arrows), testing::IsEmpty()); }

TEST(Tree, LibrariesStayAtHome) { EXPECT_THAT(on_every_source(check_third_party), testing::IsEmpty()); }

TEST(Tree, FunctionsAndFilesStayShort) { EXPECT_THAT(on_every_source(check_sizes), testing::IsEmpty()); }

TEST(Tree, TheEngineIsPure) { EXPECT_THAT(on_every_source(check_purity), testing::IsEmpty()); }

TEST(Tree, OnlyCliPrints) { EXPECT_THAT(on_every_source(check_printing), testing::IsEmpty()); }

TEST(Tree, TheBuildLinksTheSameArrows) {
  auto built = arrows_in_cmake(read(k_top / "CMakeLists.txt"));
  built["main"] = {"cli"};  // an executable, not a room: it links cli
  EXPECT_EQ(built, arrows());
}

TEST(Tree, NoArrowsGoInCircles) {
  for (const auto& [room, links] : arrows()) {
    for (const std::string& link : links) EXPECT_EQ(reachable(link).count(room), 0U) << room << " and " << link;
  }
}

TEST(Tree, EveryHeaderIsIncludedBySomeone) {
  std::set<std::string> included;  // "train/room/x.hpp", or the name of a private header
  for (const SourceFile& file : files_below({"src", "include", "tests", "bench"}, {".cpp", ".hpp"})) {
    for (const Include& include : includes_of(file.text)) {
      const bool of_the_map = include.path.rfind("train/", 0) == 0;
      included.insert(of_the_map ? include.path : fs::path(include.path).filename().string());
    }
  }
  for (const SourceFile& file : sources()) {
    const fs::path path = file.path;
    if (path.extension() != ".hpp") continue;
    const bool of_the_map = file.path.rfind("include/", 0) == 0;
    const std::string name = of_the_map ? file.path.substr(8) : path.filename().string();
    EXPECT_EQ(included.count(name), 1U) << file.path << " is dead";
  }
}

TEST(Tree, EveryLinkedPageExists) {
  auto pages = files_below({"docs", "bench", ".ci"}, {".md"});
  for (const char* name : {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}) {
    if (fs::exists(k_top / name)) pages.push_back(SourceFile{name, read(k_top / name)});
  }
  ASSERT_FALSE(pages.empty());
  for (const SourceFile& page : pages) {
    for (const std::string& link : links_of(page.text)) {
      EXPECT_TRUE(fs::exists(k_top / fs::path(page.path).parent_path() / link)) << page.path << " links " << link;
    }
  }
}

}  // namespace
}  // namespace train::layering
