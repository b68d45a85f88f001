// Archives made by the platforms' own tools, where those are installed.
#include <gmock/gmock.h>

#include <cstdlib>
#include <optional>

#include "archive_fixture.hpp"
#include "train/base/process.hpp"

namespace train::archives {
namespace {

// Made once for all tests of this file; `why` tells what was missing.
struct Made {
  std::filesystem::path directory;
  std::string why;
};

Made make(const std::string& script_name) {
  const auto script = std::filesystem::path(TRAIN_SOURCE_DIR) / ".." / "shared" / script_name;
  if (!std::filesystem::exists(script)) return {{}, script_name + " is not beside this checkout"};
  std::string pattern = (std::filesystem::temp_directory_path() / "train-real-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return {{}, "no temporary directory"};
  ProcessRequest request;
  request.argv = {"bash", script.string(), pattern};
  request.environment = {{"NO_INSTALL", "1"}};
  request.timeout_seconds = 50;
  const auto made = run_process(request);
  if (made && made->exit_code == 0) return {pattern, {}};
  std::error_code ignored;
  std::filesystem::remove_all(pattern, ignored);
  return {{}, script_name + " did not succeed: " + (made ? made->err.substr(0, 300) : made.error().message)};
}

template <int Which>
class RealArchives : public testing::Test {
 protected:
  static void SetUpTestSuite() { made_ = make(Which == 0 ? "make-android-fixtures.sh" : "make-ios-fixture.sh"); }
  static void TearDownTestSuite() {
    std::error_code ignored;
    if (!made_.directory.empty()) std::filesystem::remove_all(made_.directory, ignored);
  }
  void SetUp() override {
    if (made_.directory.empty()) GTEST_SKIP() << made_.why;
  }
  static void expect_fixture(const std::string& file) {
    const auto seen = make_archives()->inspect(made_.directory / file);
    ASSERT_TRUE(seen) << seen.error().text();
    ASSERT_TRUE(*seen) << file;
    EXPECT_EQ((*seen)->id, "com.example.train");
    EXPECT_EQ((*seen)->version.text(), "9.0.0");
    EXPECT_EQ((*seen)->build.text(), "41");
    EXPECT_EQ((*seen)->sha256.size(), 64u);
  }

  static inline Made made_;
};

using RealAndroidArchives = RealArchives<0>;
using RealIosArchives = RealArchives<1>;

TEST_F(RealAndroidArchives, BundlesAndPackagesSayWhatTheyAre) {
  for (const char* file : {"app-unsigned.aab", "app.aab", "app-unsigned.apk", "app.apk"}) expect_fixture(file);
}

TEST_F(RealIosArchives, IpasSayWhatTheyAre) {
  for (const char* file : {"unsigned.ipa", "linker-signed.ipa"}) expect_fixture(file);
}

}  // namespace
}  // namespace train::archives
