// An upload that breaks at ten random places, twenty times: it always ends with one build, and no byte that was
// acknowledged is sent again. 1 MiB in eight slices; the server closes the connection in the middle of a slice, and a
// run that gives up is followed by a new one. The killed process is in e2e/upload_test.cpp.
#include <algorithm>
#include <random>

#include "app_store_upload_bench.hpp"

namespace train::contract {
namespace {

constexpr int k_cuts = 10;
constexpr int k_runs_most = 20;

class AppStoreUploadCut : public AppStoreUpload, public testing::WithParamInterface<int> {};

TEST_P(AppStoreUploadCut, AtTenRandomPlacesEndsWithOneBuild) {
  std::mt19937 random(static_cast<unsigned>(20261130 + GetParam()));
  // Seven slices arrive among the cuts, the eighth after them.
  std::deque<std::optional<std::uint64_t>> cuts(7, std::nullopt);
  for (int i = 0; i < k_cuts; ++i) cuts.push_back(random() % (128u << 10));
  std::shuffle(cuts.begin(), cuts.end(), random);
  bench.cut_slices(cuts);
  auto done = upload();
  int runs = 1;
  for (; !done && runs < k_runs_most; ++runs) done = upload();
  ASSERT_TRUE(done) << done.error().text();
  expect_nothing_sent_twice();
  EXPECT_EQ(slices_that_came(), 8u);
  EXPECT_EQ(bench.cuts_left(), 0u) << "not every cut struck";
  EXPECT_EQ(bench.changes().size(), 3u);
  expect_one_build();
}

INSTANTIATE_TEST_SUITE_P(, AppStoreUploadCut, testing::Range(1, 21));

// The same over runs that end at once: each run's last slice is cut more often than a run tries again.
TEST_F(AppStoreUpload, WhatARunHasDeliveredTheNextRunsDoNotSendAgain) {
  auto done = Result<Done>(fail(ErrorKind::internal, "not yet"));
  int runs = 0;
  for (; !done && runs < 12; ++runs) {
    bench.cut_slices(one_slice_then_cuts());
    done = upload();
  }
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_GT(runs, 3) << "it was never broken off";
  expect_nothing_sent_twice();
  EXPECT_EQ(slices_that_came(), 8u);
  expect_one_build();
}

}  // namespace
}  // namespace train::contract
