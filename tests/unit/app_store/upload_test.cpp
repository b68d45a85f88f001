// What an upload rests on: whose it is, which slices have arrived, what one answer means, what may be followed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "../../../src/stores/app_store/upload_name.hpp"
#include "../../../src/stores/app_store/upload_record.hpp"
#include "../../../src/stores/app_store/upload_slices.hpp"
#include "../../../src/stores/app_store/upload_wire.hpp"
#include "train/base/digest.hpp"
#include "train/base/files.hpp"

namespace train::stores::app_store {
namespace {

using nlohmann::json;

const std::string k_sha(64, 'a');

TEST(UploadName, CarriesTheDigestAndGivesItBack) {
  const auto name = upload_name("/build/Charge 3.4.0.ipa", k_sha);
  EXPECT_EQ(name, "Charge_3.4.0.train-aaaaaaaaaaaaaaaa.ipa");
  EXPECT_EQ(digest_in(name), std::string(16, 'a'));
}

struct ForeignName {
  std::string name;
  std::string file;
};
class UploadNameForeign : public testing::TestWithParam<ForeignName> {};
TEST_P(UploadNameForeign, IsNotTakenAsOurs) { EXPECT_FALSE(digest_in(GetParam().file)); }
INSTANTIATE_TEST_SUITE_P(, UploadNameForeign,
                         testing::Values(ForeignName{"plain", "Charge.ipa"}, ForeignName{"empty", ""},
                                         ForeignName{"only_an_extension", ".ipa"},
                                         ForeignName{"short_digest", "Charge.train-aaaa.ipa"},
                                         ForeignName{"not_hexadecimal", "Charge.train-aaaaaaaaaaaaaaaz.ipa"},
                                         ForeignName{"no_mark", "Charge.trail-aaaaaaaaaaaaaaaa.ipa"}),
                         [](const auto& row) { return row.param.name; });

// ---- one answer

struct Answer {
  std::string name;
  http::Transport transport;
  int status;
  SliceAnswer meant;
};
class UploadAnswer : public testing::TestWithParam<Answer> {};
TEST_P(UploadAnswer, Means) {
  http::Outcome outcome;
  outcome.transport = GetParam().transport;
  outcome.status = GetParam().status;
  EXPECT_EQ(judge_slice(outcome), GetParam().meant);
}
INSTANTIATE_TEST_SUITE_P(
    , UploadAnswer,
    testing::Values(Answer{"ok", http::Transport::answered, 200, SliceAnswer::delivered},
                    Answer{"created", http::Transport::answered, 201, SliceAnswer::delivered},
                    Answer{"no_content", http::Transport::answered, 204, SliceAnswer::delivered},
                    Answer{"nothing_sent", http::Transport::not_sent, 0, SliceAnswer::again},
                    Answer{"lost", http::Transport::lost, 0, SliceAnswer::again},
                    Answer{"a_cut_200_is_no_acknowledgement", http::Transport::cut, 200, SliceAnswer::again},
                    Answer{"timeout", http::Transport::answered, 408, SliceAnswer::again},
                    Answer{"too_many", http::Transport::answered, 429, SliceAnswer::again},
                    Answer{"slow_down", http::Transport::answered, 503, SliceAnswer::again},
                    Answer{"expired", http::Transport::answered, 403, SliceAnswer::reservation_gone},
                    Answer{"no_such_upload", http::Transport::answered, 404, SliceAnswer::reservation_gone},
                    Answer{"gone", http::Transport::answered, 410, SliceAnswer::reservation_gone},
                    Answer{"redirect", http::Transport::answered, 307, SliceAnswer::refused},
                    Answer{"bad_request", http::Transport::answered, 400, SliceAnswer::refused},
                    Answer{"conflict", http::Transport::answered, 409, SliceAnswer::refused}),
    [](const auto& row) { return row.param.name; });

// ---- the record

class UploadRecords : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("train-record-" + random_id());
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path artifact() const { return directory_ / "Charge.ipa"; }
  void append(const std::string& text) const { std::ofstream(record_path(artifact()), std::ios::app) << text; }

  std::filesystem::path directory_;
};

TEST_F(UploadRecords, SurviveTheProcess) {
  UploadRecord(artifact(), "F1", k_sha).add(0, 100);
  UploadRecord(artifact(), "F1", k_sha).add(100, 50);
  const UploadRecord again(artifact(), "F1", k_sha);
  EXPECT_TRUE(again.holds(0, 100));
  EXPECT_TRUE(again.holds(100, 50));
  EXPECT_FALSE(again.holds(0, 150));
  EXPECT_FALSE(again.holds(100, 100));
}

TEST_F(UploadRecords, OfAnotherReservationOrOtherBytesCountForNothing) {
  UploadRecord(artifact(), "F1", k_sha).add(0, 100);
  EXPECT_FALSE(UploadRecord(artifact(), "F2", k_sha).holds(0, 100));
  UploadRecord(artifact(), "F1", k_sha).add(0, 100);
  EXPECT_FALSE(UploadRecord(artifact(), "F1", std::string(64, 'b')).holds(0, 100));
}

TEST_F(UploadRecords, NeverClaimWhatIsTornOrOdd) {
  UploadRecord(artifact(), "F1", k_sha).add(0, 100);
  append("junk\n-5 7\n18446744073709551616 1\n 200 10\n300 10 \n400 10x\n");
  append("100 10");  // the process died in the middle of "100 100\n"
  const UploadRecord again(artifact(), "F1", k_sha);
  EXPECT_TRUE(again.holds(0, 100));
  EXPECT_FALSE(again.holds(100, 10));
  EXPECT_FALSE(again.holds(200, 10));
  EXPECT_FALSE(again.holds(300, 10));
  EXPECT_FALSE(again.holds(400, 10));
}

TEST_F(UploadRecords, AreRemovedOnceTheyHaveServed) {
  UploadRecord record(artifact(), "F1", k_sha);
  record.add(0, 100);
  ASSERT_TRUE(std::filesystem::exists(record_path(artifact())));
  record.forget();
  EXPECT_FALSE(record.holds(0, 100));
  EXPECT_FALSE(std::filesystem::exists(record_path(artifact())));
}

TEST_F(UploadRecords, AreOnlyForTheirOwner) {
  const UploadRecord record(artifact(), "F1", k_sha);
  const auto mode = std::filesystem::status(record_path(artifact())).permissions();
  EXPECT_EQ(mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
            std::filesystem::perms::none);
}

// ---- instructions

json operation(std::uint64_t offset, std::uint64_t length, const std::string& url = "https://storage.example/a",
               const std::string& method = "PUT") {
  return {{"method", method},
          {"url", url},
          {"offset", offset},
          {"length", length},
          {"expiration", "2026-12-01T09:00:00Z"},
          {"requestHeaders", {{{"name", "Content-Type"}, {"value", "application/octet-stream"}}}}};
}

Result<Done> followed(std::uint64_t size, const std::vector<json>& operations) {
  const json attributes{
      {"fileName", "Charge.ipa"}, {"fileSize", size}, {"assetType", "ASSET"}, {"uploadOperations", operations}};
  const auto file =
      read_upload_file({{"data", {{"type", "buildUploadFiles"}, {"id", "F1"}, {"attributes", attributes}}}});
  if (!file) return tl::unexpected(file.error());
  return check_orders(*file);
}

TEST(UploadOrders, AreFollowedInAnyOrderWhenTheyAreTheWholeFile) {
  EXPECT_TRUE(followed(30, {operation(0, 30)}));
  EXPECT_TRUE(followed(30, {operation(20, 10), operation(0, 20)}));
  EXPECT_TRUE(followed(30, {operation(0, 30, "http://127.0.0.1:8080/upload/x")}));
}

struct OddOrders {
  std::string name;
  std::vector<json> operations;
};
class UploadOrdersOdd : public testing::TestWithParam<OddOrders> {};
TEST_P(UploadOrdersOdd, AreNotFollowed) {
  const auto done = followed(30, GetParam().operations);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::invalid_answer);
  EXPECT_THAT(done.error().text(), testing::Not(testing::HasSubstr("storage.example")));
}
INSTANTIATE_TEST_SUITE_P(
    , UploadOrdersOdd,
    testing::Values(OddOrders{"none", {}}, OddOrders{"a_gap", {operation(0, 10), operation(20, 10)}},
                    OddOrders{"an_overlap", {operation(0, 20), operation(10, 20)}},
                    OddOrders{"too_short", {operation(0, 29)}}, OddOrders{"too_long", {operation(0, 31)}},
                    OddOrders{"an_overflow", {operation(0, 10), operation(10, 18446744073709551615u)}},
                    OddOrders{"plain_http", {operation(0, 30, "http://storage.example/a")}},
                    OddOrders{"a_file", {operation(0, 30, "file:///storage.example")}},
                    OddOrders{"another_method", {operation(0, 30, "https://storage.example/a", "POST")}},
                    OddOrders{"no_length", {{{"method", "PUT"}, {"url", "https://storage.example/a"}, {"offset", 0}}}}),
    [](const auto& row) { return row.param.name; });

TEST(UploadRows, TellStateErrorsBuildAndFile) {
  const json document = json::parse(R"({"data":[{"type":"buildUploads","id":"U1","attributes":{
      "cfBundleShortVersionString":"3.4.0","cfBundleVersion":"341","platform":"IOS",
      "state":{"state":"FAILED","errors":[{"code":"90189","description":"Redundant Binary Upload."},
                                          {"description":"and more\u001b[31m"}]}},
      "relationships":{"build":{"data":null},"assetFile":{"data":{"type":"buildUploadFiles","id":"F1"}}}}],
    "included":[{"type":"buildUploadFiles","id":"F1","attributes":{"fileName":"Charge.ipa","fileSize":30}}]})");
  const auto rows = read_uploads(document);
  ASSERT_TRUE(rows) << rows.error().text();
  ASSERT_EQ(rows->size(), 1u);
  const auto& row = rows->front();
  EXPECT_EQ(row.state, "FAILED");
  EXPECT_EQ(row.errors, "90189: Redundant Binary Upload.; and more\\u{1b}[31m");
  EXPECT_EQ(row.build_id, "");
  ASSERT_TRUE(row.asset);
  EXPECT_EQ(row.asset->name, "Charge.ipa");
  EXPECT_EQ(row.asset->size, 30u);
}

TEST(UploadRows, WithoutAStateAreAnError) {
  const auto rows = read_uploads(json::parse(R"({"data":[{"type":"buildUploads","id":"U1","attributes":{}}]})"));
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().kind, ErrorKind::invalid_answer);
}

}  // namespace
}  // namespace train::stores::app_store
