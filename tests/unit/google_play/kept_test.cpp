#include "../../../src/stores/google_play/kept.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <fstream>

#include "train/base/digest.hpp"

namespace train::stores::google_play {
namespace {

const Instant k_noon = *parse_rfc3339("2026-11-30T12:00:00Z");

struct KeptUpload : testing::Test {
  std::filesystem::path directory = std::filesystem::temp_directory_path() / ("train-kept-" + random_id());
  std::filesystem::path file = directory / "charge" / "google-play-android.json";
  void TearDown() override { std::filesystem::remove_all(directory); }
};

TEST_F(KeptUpload, OutlivesItsProcessUntilItIsForgotten) {
  Keep first(file, "com.example");
  EXPECT_FALSE(first.edit(k_noon));
  first.begin({"e1", k_noon + std::chrono::hours(1), {}});
  first.add({"bundles", "aa", "https://one"});
  first.add({"bundles", "aa", "https://two"});
  Keep second(file, "com.example");
  const auto seen = second.edit(k_noon);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->id, "e1");
  EXPECT_EQ(seen->expires, k_noon + std::chrono::hours(1));
  ASSERT_EQ(seen->sessions.size(), 1u) << "a new session takes the place of the old one";
  EXPECT_EQ(seen->sessions[0].url, "https://two");
  EXPECT_TRUE(seen->holds("aa"));
  EXPECT_FALSE(seen->holds("bb"));
  second.drop_session("bundles", "aa");
  EXPECT_FALSE(Keep(file, "com.example").edit(k_noon)->holds("aa"));
  second.forget();
  EXPECT_FALSE(first.edit(k_noon));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(KeptUpload, EndsWithTheEditsTime) {
  Keep keep(file, "com.example");
  keep.begin({"e1", k_noon + std::chrono::hours(1), {}});
  EXPECT_TRUE(keep.edit(k_noon + std::chrono::minutes(59)));
  EXPECT_FALSE(keep.edit(k_noon + std::chrono::hours(1)));
}

TEST_F(KeptUpload, IsNobodyElses) {
  Keep keep(file, "com.example");
  keep.begin({"e1", k_noon + std::chrono::hours(1), {}});
  EXPECT_FALSE(Keep(file, "com.other").edit(k_noon));
  struct stat seen {};
  ASSERT_EQ(::stat(file.c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777, 0600u) << "who has the address may write into the upload";
  std::filesystem::permissions(file, std::filesystem::perms::all);
  EXPECT_FALSE(keep.edit(k_noon)) << "anybody may have written it";
}

TEST_F(KeptUpload, WithoutAFileLastsAsLongAsItsObject) {
  Keep keep({}, "com.example");
  keep.begin({"e1", k_noon + std::chrono::hours(1), {}});
  EXPECT_TRUE(keep.edit(k_noon));
  keep.forget();
  EXPECT_FALSE(keep.edit(k_noon));
}

TEST_F(KeptUpload, DamagedFilesAreNone) {
  std::filesystem::create_directories(file.parent_path());
  for (const char* text : {"", "{", "[]", "{}", R"({"package":"com.example","edit":"e"})",
                           R"({"package":"com.example","edit":7,"expires":"2026-12-30T09:00:00Z"})"}) {
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_FALSE(Keep(file, "com.example").edit(k_noon)) << text;
  }
}

}  // namespace
}  // namespace train::stores::google_play
