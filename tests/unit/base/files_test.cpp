// Files that are read with a bound and written whole, and what is computed over their bytes.
#include "train/base/files.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "train/base/digest.hpp"

namespace train {
namespace {

namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "train-files-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  fs::path put(const std::string& name, const std::string& bytes, int mode = 0600) {
    const fs::path path = directory_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    EXPECT_EQ(::chmod(path.c_str(), static_cast<mode_t>(mode)), 0);
    return path;
  }
  static int mode_of(const fs::path& path) {
    struct stat seen {};
    EXPECT_EQ(::stat(path.c_str(), &seen), 0) << path;
    return static_cast<int>(seen.st_mode & 0777);
  }

  fs::path directory_;
};

TEST_F(FilesTest, AreReadUpToTheirBound) {
  const auto path = put("a", "0123456789");
  EXPECT_EQ(*read_file(path, 10), "0123456789");
  EXPECT_EQ(read_file(path, 9).error().kind, ErrorKind::refused);
  EXPECT_EQ(read_file(directory_ / "none", 10).error().kind, ErrorKind::not_found);
  EXPECT_EQ(read_file(directory_, 10).error().kind, ErrorKind::refused);
  EXPECT_EQ(read_file("/dev/zero", 10).error().kind, ErrorKind::refused);
}

TEST_F(FilesTest, WithSecretsAreTheOwnersAlone) {
  EXPECT_EQ(*read_private_file(put("key", "s3cret")), "s3cret");
  EXPECT_EQ(*read_private_file(put("key", "s3cret", 0400)), "s3cret");
  for (const int mode : {0640, 0604, 0620, 0644}) {
    const auto read = read_private_file(put("key", "s3cret", mode));
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error().kind, ErrorKind::definition);
    EXPECT_EQ(read.error().text().find("s3cret"), std::string::npos);
  }
}

TEST_F(FilesTest, AreWrittenWholeAndLeaveNothingBeside) {
  const auto path = directory_ / "state.json";
  ASSERT_TRUE(write_file_atomically(path, "one"));
  EXPECT_EQ(mode_of(path), 0600);
  ASSERT_TRUE(write_file_atomically(path, "two", 0644));
  EXPECT_EQ(*read_file(path, 100), "two");
  EXPECT_EQ(mode_of(path), 0644);
  ASSERT_TRUE(replace_file(path, "three"));
  EXPECT_EQ(*read_file(path, 100), "three");
  EXPECT_EQ(mode_of(path), 0600);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 1);
}

TEST_F(FilesTest, AFailedWriteLeavesTheOldBytes) {
  const auto path = directory_ / "taken";
  fs::create_directories(path / "inside");
  const auto written = write_file_atomically(path, "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::storage);
  EXPECT_TRUE(fs::is_directory(path / "inside"));
  EXPECT_EQ(write_file_atomically(directory_ / "no" / "such", "x").error().kind, ErrorKind::storage);
}

TEST_F(FilesTest, HaveTheDigestOfTheirBytes) {
  constexpr const char* abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(sha256_hex("abc"), abc);
  EXPECT_EQ(*sha256_hex_of_file(put("abc", "abc")), abc);
  EXPECT_EQ(*sha256_hex_of_file(put("empty", "")), sha256_hex(""));
  EXPECT_EQ(sha256_hex_of_file(directory_ / "none").error().kind, ErrorKind::storage);
}

// RFC 4231, test case 2.
TEST(Digests, HmacIsTheOneOfTheStandard) {
  const std::string mac = hmac_sha256("Jefe", "what do ya want for nothing?");
  ASSERT_EQ(mac.size(), 32U);
  std::string hex;
  for (const unsigned char byte : mac) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  EXPECT_EQ(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digests, RandomIdsAreDistinctAndPlain) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const auto id = random_id();
    EXPECT_EQ(id.size(), 26U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz"), std::string::npos) << id;
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 200U);
}

}  // namespace
}  // namespace train
