// The store in memory keeps what ports/store.hpp promises, as far as the loop relies on it.
#include "bench.hpp"

namespace train::runner::test {
namespace {

const Candidate k_candidate{k_version, k_build};

ErrorKind kind_of_failure(const Result<Done>& result) { return result ? ErrorKind::internal : result.error().kind; }

TEST_F(LoopTest, FakeStoreOffersWhatItsKindHas) {
  const auto direct = android.offers();
  EXPECT_NE(direct.percentages, nullptr);
  EXPECT_EQ(direct.version_records, nullptr);
  EXPECT_EQ(direct.review, nullptr);
  EXPECT_EQ(direct.own_ladder, nullptr);
  const auto reviewing = ios.offers();
  EXPECT_EQ(reviewing.percentages, nullptr);
  EXPECT_NE(reviewing.version_records, nullptr);
  EXPECT_NE(reviewing.review, nullptr);
  EXPECT_NE(reviewing.own_ladder, nullptr);
}

TEST_F(LoopTest, FakeStoreShowsWhatWasDoneAndSafelyDoesItAgain) {
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(android.start_rollout(k_candidate, Percent::whole(5), {}));
  ASSERT_TRUE(android.offers().percentages->set_percent(k_candidate, Percent::whole(20)));
  const auto view = android.observe(k_version, Depth::full);
  ASSERT_TRUE(view && view->release);
  EXPECT_EQ(view->release->status, ReleaseStatus::serving);
  EXPECT_EQ(view->release->percent, Percent::whole(20));
  EXPECT_EQ(view->live->version, k_live);
  ASSERT_EQ(view->builds.size(), 1U);
  EXPECT_EQ(view->builds[0].number, k_build);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(android.halt(k_candidate));
  EXPECT_EQ(android.find(k_version)->status, ReleaseStatus::halted);
  EXPECT_EQ(android.find(k_version)->percent, Percent::whole(20)) << "a halt leaves the share as it was";
}

TEST_F(LoopTest, FakeStoreRefusesWhatItsStateDoesNotAllow) {
  EXPECT_EQ(kind_of_failure(android.halt(k_candidate)), ErrorKind::refused);
  EXPECT_EQ(kind_of_failure(android.offers().percentages->set_percent(k_candidate, Percent::whole(5))),
            ErrorKind::refused);
  const Candidate absent{k_version, BuildNumber::from(999)};
  EXPECT_EQ(kind_of_failure(android.start_rollout(absent, Percent::whole(5), {})), ErrorKind::refused);
  EXPECT_EQ(android.find(k_version), nullptr) << "a refusal changes nothing";
  ASSERT_TRUE(android.start_rollout(k_candidate, Percent::whole(20), {}));
  EXPECT_EQ(kind_of_failure(android.offers().percentages->set_percent(k_candidate, Percent::whole(5))),
            ErrorKind::refused);
}

TEST_F(LoopTest, FakeStoreReleasesNothingBeforeItsReview) {
  ios.add_build(k_version, k_build);
  auto& records = *ios.offers().version_records;
  EXPECT_EQ(kind_of_failure(ios.start_rollout(k_candidate, Percent::whole(1), {})), ErrorKind::refused);
  ASSERT_TRUE(records.create_version(k_candidate));
  EXPECT_EQ(kind_of_failure(ios.offers().review->submit(k_candidate)), ErrorKind::refused) << "it has no build";
  ASSERT_TRUE(records.attach_build(k_candidate));
  ASSERT_TRUE(ios.offers().review->submit(k_candidate));
  EXPECT_EQ(ios.find(k_version)->status, ReleaseStatus::waiting_for_review);
  ios.approve(k_version);
  ASSERT_TRUE(ios.start_rollout(k_candidate, Percent::whole(1), {}));
  EXPECT_EQ(ios.find(k_version)->status, ReleaseStatus::serving);
}

TEST_F(LoopTest, FakeStoreLosesAnAnswerBeforeOrAfterItIsDone) {
  android.lose_answer(FakeStore::Loss::before_it_is_done);
  EXPECT_EQ(kind_of_failure(android.start_rollout(k_candidate, Percent::whole(5), {})), ErrorKind::unknown_outcome);
  EXPECT_EQ(android.find(k_version), nullptr);
  android.lose_answer(FakeStore::Loss::after_it_is_done);
  EXPECT_EQ(kind_of_failure(android.start_rollout(k_candidate, Percent::whole(5), {})), ErrorKind::unknown_outcome);
  ASSERT_NE(android.find(k_version), nullptr);
  EXPECT_EQ(android.find(k_version)->percent, Percent::whole(5));
}

TEST_F(LoopTest, FakeStoreNeverShowsAFailedLookAsEmpty) {
  android.fail_look({ErrorKind::unreachable, "no answer", ""});
  EXPECT_FALSE(android.observe(k_version, Depth::full));
  EXPECT_TRUE(android.observe(k_version, Depth::full));
}

}  // namespace
}  // namespace train::runner::test
