#include <gtest/gtest.h>

#include "play_store.hpp"
#include "train/base/digest.hpp"

namespace train::testing_play {
namespace {

constexpr std::size_t k_unit = 262144;

std::string header(const Handled& handled, std::string_view name) {
  for (const auto& [key, value] : handled.response.headers) {
    if (key == name) return value;
  }
  return "";
}

struct OpenUpload {
  PlayStore play;
  std::string bytes = make_bundle({.padding_bytes = 3 * k_unit});
  OpenUpload() {
    play.open();
    const Handled started = play.call("POST", "/upload" + play.in_edit("/bundles"), "", {{"uploadType", "resumable"}});
    const std::string location = header(started, "Location");
    EXPECT_NE(
        location.find("http://127.0.0.1:1/play/upload/androidpublisher/v3/applications/com.example.charge/edits/"),
        std::string::npos);
    play.upload_id = location.substr(location.rfind('=') + 1);
  }
  Handled send(std::size_t first, std::size_t count, std::size_t told) {
    return play.chunk(bytes.substr(first, count), fmt::format("bytes {}-{}/{}", first, first + told - 1, bytes.size()));
  }
};

TEST(PlayUpload, GoesChunkByChunkAndTellsTheDigest) {
  OpenUpload upload;
  const Handled first = upload.send(0, 2 * k_unit, 2 * k_unit);
  EXPECT_EQ(first.response.status, 308);
  EXPECT_EQ(header(first, "Range"), fmt::format("bytes=0-{}", 2 * k_unit - 1));
  const std::size_t rest = upload.bytes.size() - 2 * k_unit;
  const Handled last = upload.send(2 * k_unit, rest, rest);
  ASSERT_EQ(last.response.status, 200) << last.response.body;
  const Json bundle = Json::parse(last.response.body);
  EXPECT_EQ(bundle["versionCode"], 340);
  EXPECT_EQ(bundle["sha256"], sha256_hex(upload.bytes));
  EXPECT_EQ(bundle["sha1"].get<std::string>().size(), 40u);
  const Handled asked = upload.play.chunk("", fmt::format("bytes */{}", upload.bytes.size()));
  EXPECT_EQ(asked.response.status, 200) << "asked again, it answers with the bundle";
}

TEST(PlayUpload, KeepsTheWholeUnitsOfACutChunk) {
  OpenUpload upload;
  upload.send(0, k_unit + 1000, 2 * k_unit);
  const Handled asked = upload.play.chunk("", fmt::format("bytes */{}", upload.bytes.size()));
  EXPECT_EQ(asked.response.status, 308);
  EXPECT_EQ(header(asked, "Range"), fmt::format("bytes=0-{}", k_unit - 1));
}

TEST(PlayUpload, NothingStoredMeansNoRange) {
  OpenUpload upload;
  const Handled asked = upload.play.chunk("", fmt::format("bytes */{}", upload.bytes.size()));
  EXPECT_EQ(asked.response.status, 308);
  EXPECT_EQ(header(asked, "Range"), "");
}

TEST(PlayUpload, OddChunksAndStrangersAreRefused) {
  OpenUpload upload;
  EXPECT_EQ(upload.send(0, 1000, 1000).response.status, 400);
  EXPECT_EQ(upload.send(k_unit, k_unit, k_unit).response.status, 308) << "it says where to go on";
  EXPECT_EQ(upload.play.chunk("x", "bytes 5-4/10").response.status, 400);
  upload.play.upload_id = "nobody";
  EXPECT_EQ(upload.play.chunk("x", "bytes 0-0/1").response.status, 404);
}

struct RefusedBundle {
  const char* name;
  BundleFile file;
  int status;
  const char* message;
};
void PrintTo(const RefusedBundle& row, std::ostream* out) { *out << row.name; }
class PlayRefusedUpload : public testing::TestWithParam<RefusedBundle> {};

TEST_P(PlayRefusedUpload, SaysWhy) {
  PlayStore play;
  play.open();
  const Handled seen = play.upload(make_bundle(GetParam().file));
  EXPECT_EQ(seen.response.status, GetParam().status);
  EXPECT_NE(error_message(seen).find(GetParam().message), std::string::npos) << seen.response.body;
}

const RefusedBundle k_refused[] = {
    {"used_code", {.code = 330}, 403, "Version code 330 has already been used."},
    {"falling_code", {.code = 12}, 403, "does not allow any existing users to upgrade"},
    {"other_package", {.package = "com.other"}, 403, "wrong package name"},
    {"code_of_zero", {.code = 0}, 400, "not a valid app bundle"},
    {"deflated_manifest", {.manifest_method = 8}, 400, "sandbox reads stored manifests only"},
};
INSTANTIATE_TEST_SUITE_P(, PlayRefusedUpload, testing::ValuesIn(k_refused),
                         [](const auto& each) { return each.param.name; });

TEST(PlayUpload, DamagedArchivesNeverCrash) {
  const std::string whole = make_bundle({});
  for (std::size_t length = 1; length < whole.size(); ++length) {
    PlayStore play;
    play.open();
    EXPECT_EQ(play.upload(whole.substr(0, length)).response.status, 400) << length;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    PlayStore play;
    play.open();
    EXPECT_GE(play.upload(damaged).response.status, 200) << at;
  }
}

}  // namespace
}  // namespace train::testing_play
