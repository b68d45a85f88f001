// The upload of a build: found before it is sent, resumed where it broke, explained where it failed.
#include <gmock/gmock.h>

#include <algorithm>

#include "../../src/stores/app_store/upload_record.hpp"
#include "app_store_upload_bench.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> k_once{"app-store/3.4.0 build 341 upload reserved",
                                      "app-store/3.4.0 build 341 file reserved", "app-store/3.4.0 build 341 uploaded"};

TEST_F(AppStoreUpload, ReservesSendsCommitsAndIsFollowedUntilTheBuildIsValid) {
  const auto done = upload();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(bench.changes(), k_once);
  EXPECT_EQ(slices_that_came(), 8u);
  expect_nothing_sent_twice();
  EXPECT_FALSE(std::filesystem::exists(stores::app_store::record_path(file()))) << "it has served";
  ASSERT_TRUE(seen());
  EXPECT_EQ(seen()->state, BuildState::processing);
  EXPECT_THAT(seen()->detail, HasSubstr("upload PROCESSING"));
  bench.pass(2min);
  EXPECT_EQ(seen()->state, BuildState::processing);
  bench.pass(13min);
  EXPECT_EQ(seen()->state, BuildState::ready);
}

TEST_F(AppStoreUpload, IsNotSentAgainWhateverItHasBecome) {
  ASSERT_TRUE(upload());
  for (const auto wait : {Duration{0}, Duration{2min}, Duration{13min}}) {
    bench.pass(wait);
    bench.forget();
    const auto again = upload();
    EXPECT_TRUE(again) << again.error().text();
    EXPECT_EQ(bench.writes(), 0u) << "after " << wait.count() << " s more";
  }
}

TEST_F(AppStoreUpload, TheCommitNamesNoChecksumsAndTheSlicesNoToken) {
  ASSERT_TRUE(upload());
  for (const auto& sent : bench.sent()) {
    if (sent.method == "PATCH") {
      EXPECT_EQ(json::parse(sent.body)["data"]["attributes"], json({{"uploaded", true}}));
    }
    if (starts_with(sent.path, "/upload/")) {
      EXPECT_EQ(sent.status, 200) << "the store refuses a slice with a token or with other headers";
    }
  }
}

struct LostUpload {
  std::string name;
  std::string method;
  std::string path;
  Fate fate;
};
void PrintTo(const LostUpload& row, std::ostream* out) { *out << row.name; }

class AppStoreUploadLoses : public AppStoreUpload, public testing::WithParamInterface<LostUpload> {};

TEST_P(AppStoreUploadLoses, NothingAndDoublesNothing) {
  bench.doom(GetParam().method, GetParam().path, GetParam().fate);
  auto done = upload();
  EXPECT_TRUE(bench.every_doom_came());
  if (!done) {
    EXPECT_EQ(done.error().kind, ErrorKind::unknown_outcome) << done.error().text();
    done = upload();
  }
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(bench.changes(), k_once);
  EXPECT_EQ(slices_that_came(), GetParam().name == "a_slice_answer" ? 9u : 8u);
  expect_one_build();
}

INSTANTIATE_TEST_SUITE_P(
    , AppStoreUploadLoses,
    testing::Values(LostUpload{"reservation_answer", "POST", "/v1/buildUploads", Fate::lost_after_effect},
                    LostUpload{"reservation", "POST", "/v1/buildUploads", Fate::lost_before_effect},
                    LostUpload{"half_a_reservation", "POST", "/v1/buildUploads", Fate::half},
                    LostUpload{"reservation_503", "POST", "/v1/buildUploads", Fate::server_error},
                    LostUpload{"file_answer", "POST", "/v1/buildUploadFiles", Fate::lost_after_effect},
                    LostUpload{"file", "POST", "/v1/buildUploadFiles", Fate::lost_before_effect},
                    LostUpload{"half_a_file", "POST", "/v1/buildUploadFiles", Fate::half},
                    LostUpload{"file_503", "POST", "/v1/buildUploadFiles", Fate::server_error},
                    LostUpload{"commit_answer", "PATCH", "/v1/buildUploadFiles/", Fate::lost_after_effect},
                    LostUpload{"commit", "PATCH", "/v1/buildUploadFiles/", Fate::lost_before_effect},
                    LostUpload{"half_a_commit", "PATCH", "/v1/buildUploadFiles/", Fate::half},
                    LostUpload{"commit_503", "PATCH", "/v1/buildUploadFiles/", Fate::server_error},
                    LostUpload{"commit_401", "PATCH", "/v1/buildUploadFiles/", Fate::unauthorized},
                    LostUpload{"a_slice", "PUT", "/upload/", Fate::lost_before_effect},
                    LostUpload{"a_slice_answer", "PUT", "/upload/", Fate::lost_after_effect},
                    LostUpload{"a_slice_503", "PUT", "/upload/", Fate::server_error}),
    [](const auto& row) { return row.param.name; });

TEST_F(AppStoreUpload, AStaleListIsNoReasonToReserveTwice) {
  bench.doom("GET", "/v1/buildUploads/", Fate::stale, 2);
  const auto done = upload();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(bench.changes(), k_once);
}

// ---- what stands there already

TEST_F(AppStoreUpload, ADisappearedRecordMeansThatAllIsSentAgain) {
  bench.cut_slices(one_slice_then_cuts());
  ASSERT_FALSE(upload());
  ASSERT_EQ(slices_that_came(), 1u);
  bench.cut_slices({});
  ASSERT_TRUE(std::filesystem::remove(stores::app_store::record_path(file())));
  ASSERT_TRUE(upload());
  EXPECT_EQ(slices_that_came(), 9u);
  EXPECT_EQ(bench.changes(), k_once) << "the reservation is the first one";
  expect_one_build();
}

TEST_F(AppStoreUpload, WhereNoRecordCanBeKeptItStillUploads) {
  std::filesystem::create_directories(stores::app_store::record_path(file()) / "taken");
  ASSERT_TRUE(upload());
  expect_one_build();
}

TEST_F(AppStoreUpload, AnExpiredReservationIsGivenUpForANewOne) {
  bench.doom("PUT", "/upload/", Fate::server_error, 400);
  const auto broken = upload();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::unreachable) << broken.error().text();
  bench.pass(25h);
  bench.clear_dooms();
  const auto done = upload();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_THAT(bench.changes(), ElementsAre(k_once[0], k_once[1], "app-store/3.4.0 build 341 upload deleted", k_once[0],
                                           k_once[1], k_once[2]));
  expect_one_build();
}

TEST_F(AppStoreUpload, AnUnfinishedUploadOfOtherBytesIsGivenUp) {
  bench.doom("PUT", "/upload/", Fate::server_error, 400);
  ASSERT_FALSE(upload());
  bench.clear_dooms();
  write_archive(sandbox::example_archive("com.example.charge", "341", "3.4.0", k_padding / 2));
  ASSERT_TRUE(upload());
  EXPECT_THAT(bench.changes(), ElementsAre(k_once[0], k_once[1], "app-store/3.4.0 build 341 upload deleted", k_once[0],
                                           k_once[1], k_once[2]));
  expect_one_build();
}

TEST_F(AppStoreUpload, SomebodyElsesUnfinishedUploadIsLeftAlone) {
  bench.person({{"action", "begin_upload"}, {"version", "3.4.0"}, {"build", "341"}});
  const auto done = upload();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::conflict);
  EXPECT_THAT(done.error().text(), HasSubstr("another upload of that build is under way"));
  EXPECT_EQ(bench.writes(), 0u);
}

TEST_F(AppStoreUpload, TheOtherFormOfTheVersionIsTheSameUpload) {
  bench.person({{"action", "upload"}, {"version", "3.4"}, {"build", "341"}});
  const auto done = upload();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(bench.writes(), 0u);
}

// ---- what cannot be

TEST_F(AppStoreUpload, WhatAppleRefusesIsExplainedAndNotSentAgain) {
  write_archive(sandbox::example_archive("com.example.other", "341", "3.4.0", k_padding));
  ASSERT_TRUE(upload());
  bench.pass(2min);
  ASSERT_TRUE(seen());
  EXPECT_EQ(seen()->state, BuildState::failed);
  EXPECT_THAT(seen()->detail, HasSubstr("90054: This bundle is invalid."));
  bench.forget();
  const auto again = upload();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::refused);
  EXPECT_THAT(again.error().text(), HasSubstr("checked this very file and refused it: 90054"));
  EXPECT_EQ(bench.writes(), 0u);
}

TEST_F(AppStoreUpload, OtherBytesUnderTheSameNumberAreTriedAfterAFailure) {
  write_archive(sandbox::example_archive("com.example.other", "341", "3.4.0", k_padding));
  ASSERT_TRUE(upload());
  bench.pass(2min);
  write_archive(sandbox::example_archive("com.example.charge", "341", "3.4.0", k_padding));
  ASSERT_TRUE(upload());
  bench.pass(15min);
  EXPECT_EQ(seen()->state, BuildState::ready);
}

TEST_F(AppStoreUpload, ABuildThatFailsProcessingSaysWhy) {
  ASSERT_TRUE(upload());
  bench.pass(5min);
  EXPECT_EQ(bench.person({{"action", "fail_processing"}, {"version", "3.4.0"}, {"build", "341"}}),
            "app-store/3.4.0 build 341 INVALID");
  EXPECT_EQ(seen()->state, BuildState::failed);
  EXPECT_THAT(seen()->detail, HasSubstr("INVALID: 90338: Non-public API usage."));
  EXPECT_TRUE(upload()) << "it is in the store: its failure is the view's to tell";
}

TEST_F(AppStoreUpload, AVersionThatIsNotAboveTheLiveOneIsRefusedBeforeAnythingIsSent) {
  for (const auto* version : {"3.3.0", "3.3", "3.2.9"}) {
    const auto done =
        bench.store()->offers().uploads->upload_build({candidate(version, "341"), file(), sha256_hex(bytes_)});
    ASSERT_FALSE(done) << version;
    EXPECT_EQ(done.error().kind, ErrorKind::refused) << version;
    EXPECT_THAT(done.error().text(), HasSubstr("version 3.3.0 is live, and the App Store takes only higher ones"));
  }
  EXPECT_EQ(bench.writes(), 0u);
}

TEST_F(AppStoreUpload, AFileThatHasChangedSinceItWasChosenIsRefused) {
  auto changed = parcel();
  changed.sha256 = sha256_hex("something else");
  const auto done = bench.store()->offers().uploads->upload_build(changed);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::refused);
  EXPECT_THAT(done.error().text(), HasSubstr("has changed since it became the candidate"));
  EXPECT_EQ(bench.writes(), 0u);
}

TEST_F(AppStoreUpload, AnErrorNamesTheSliceAndNeverItsAddress) {
  bench.doom("PUT", "/upload/", Fate::server_error, 400);
  const auto done = upload();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text(), HasSubstr("stopped at the slice of"));
  EXPECT_THAT(done.error().text(), Not(HasSubstr("http")));
  for (const auto& [path, place] : places()) EXPECT_THAT(done.error().text(), Not(HasSubstr(path.substr(8))));
}

}  // namespace
}  // namespace train::contract
