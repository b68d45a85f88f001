// What every store promises (ports/store.hpp), held by both adapters and by the one in memory that the loop's tests and
// the simulation rely on: what is shown there must be what a store would show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "store_bench.hpp"

namespace train::contract {
namespace {

const Notes k_store_notes{{"en-US", "Faster charging.\n"}};

std::string words_of(const Result<Done>& result) { return result ? "done" : result.error().text(); }

class StoreContract : public testing::TestWithParam<StoreKeeper> {
 protected:
  Store& store() { return bench_->store(); }
  Percent first() const {
    return bench_->facts().climbs_by_itself() ? bench_->facts().rungs.front() : Percent::whole(5);
  }
  // Everything before the release that this store wants.
  Result<Done> prepare() {
    const auto offers = store().offers();
    if (offers.version_records == nullptr) return Done{};
    if (auto done = offers.version_records->create_version(k_next); !done) return done;
    if (auto done = offers.version_records->attach_build(k_next); !done) return done;
    if (auto done = offers.version_records->set_release_notes(k_next, k_store_notes); !done) return done;
    return offers.review->submit(k_next);
  }
  Result<Done> start() { return store().start_rollout(k_next, first(), k_store_notes); }
  void roll_out() {
    ASSERT_EQ(words_of(prepare()), "done");
    if (bench_->facts().reviews_apart()) bench_->approve();
    ASSERT_EQ(words_of(start()), "done");
    if (!bench_->facts().reviews_apart()) bench_->approve();
    bench_->bring_it_out();
  }
  StoreView look() {
    const auto view = store().observe(Sought(k_next.version, {k_next.build}), Depth::full);
    EXPECT_TRUE(view) << (view ? "" : view.error().text());
    return view ? *view : StoreView{};
  }
  SeenRelease seen() {
    const auto view = look();
    EXPECT_TRUE(view.release.has_value());
    return view.release.value_or(SeenRelease{});
  }

  std::unique_ptr<StoreBench> bench_ = GetParam().open();
};

INSTANTIATE_TEST_SUITE_P(, StoreContract,
                         testing::Values(StoreKeeper{"fake_reviewing", open_fake_reviewing},
                                         StoreKeeper{"fake_direct", open_fake_direct},
                                         StoreKeeper{"app_store", open_app_store},
                                         StoreKeeper{"google_play", open_google_play}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(StoreContract, AVersionThatItDoesNotHaveIsAbsentAndTheOneBeforeIsLive) {
  const auto view = look();
  EXPECT_FALSE(view.release);
  ASSERT_TRUE(view.live);
  EXPECT_EQ(view.live->version.text(), "3.3.0");
  EXPECT_EQ(view.live->build.text(), "330");
  ASSERT_EQ(view.builds.size(), 1U);
  EXPECT_EQ(view.builds[0].number, k_next.build);
  EXPECT_EQ(view.builds[0].state, BuildState::ready);
}

TEST_P(StoreContract, APathOfItsOwnLeadsToReviewAndNoWriteComesBeforeIt) {
  const auto offers = store().offers();
  EXPECT_EQ(offers.version_records != nullptr, bench_->facts().reviews_apart());
  EXPECT_EQ(offers.review != nullptr, bench_->facts().reviews_apart());
  EXPECT_EQ(offers.percentages != nullptr, bench_->facts().sets_percentages);
  EXPECT_EQ(offers.own_ladder != nullptr, bench_->facts().climbs_by_itself());
  if (offers.review == nullptr) return;
  EXPECT_FALSE(offers.review->submit(k_next)) << "there is no version yet";
  EXPECT_FALSE(start()) << "nothing was reviewed";
  EXPECT_FALSE(look().release);
  ASSERT_EQ(words_of(prepare()), "done");
  EXPECT_FALSE(start()) << "it waits for its review";
  EXPECT_EQ(seen().status, ReleaseStatus::waiting_for_review);
  bench_->approve();
  EXPECT_EQ(seen().status, ReleaseStatus::approved);
}

TEST_P(StoreContract, ABuildThatItDoesNotHaveGoesNowhere) {
  const Candidate absent{k_next.version, BuildNumber::from(999)};
  if (auto* records = store().offers().version_records) {
    ASSERT_EQ(words_of(records->create_version(absent)), "done");
    EXPECT_FALSE(records->attach_build(absent));
    EXPECT_FALSE(seen().build);
    return;
  }
  EXPECT_FALSE(store().start_rollout(absent, first(), k_store_notes));
  EXPECT_FALSE(look().release);
}

TEST_P(StoreContract, WhatIsStartedIsShownWithItsShareAndItsBuild) {
  roll_out();
  const auto release = seen();
  EXPECT_EQ(release.version, k_next.version);
  EXPECT_EQ(release.build, k_next.build);
  EXPECT_EQ(release.status, ReleaseStatus::serving) << release.raw;
  EXPECT_EQ(release.percent, first());
  EXPECT_EQ(look().live->version.text(), "3.3.0") << "the rest of the users still has it";
}

TEST_P(StoreContract, EveryWriteIsSafeToAskForAgain) {
  roll_out();
  const auto before = seen();
  EXPECT_EQ(words_of(prepare()), "done");
  EXPECT_EQ(words_of(start()), "done");
  EXPECT_EQ(seen().status, before.status);
  EXPECT_EQ(seen().percent, before.percent);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(words_of(store().halt(k_next)), "done");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(words_of(store().resume(k_next, first())), "done");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(words_of(store().complete(k_next)), "done");
  EXPECT_EQ(seen().percent, k_percent_all);
}

TEST_P(StoreContract, AHaltStandsAndLeavesTheShareAsItWas) {
  roll_out();
  const auto before = seen();
  ASSERT_EQ(words_of(store().halt(k_next)), "done");
  EXPECT_EQ(seen().status, ReleaseStatus::halted) << seen().raw;
  EXPECT_EQ(seen().percent, before.percent);
  const auto served = store().served();
  ASSERT_TRUE(served) << served.error().text();
  const auto ours =
      std::find_if(served->begin(), served->end(), [](const SeenRelease& one) { return one.build == k_next.build; });
  ASSERT_NE(ours, served->end()) << "a stop without a log finds it by this list";
  EXPECT_EQ(ours->status, ReleaseStatus::halted);
  ASSERT_EQ(words_of(store().resume(k_next, first())), "done");
  EXPECT_NE(seen().status, ReleaseStatus::halted);
}

TEST_P(StoreContract, WhatIsNotOutCannotBeStoppedRaisedOrTakenUpAgain) {
  EXPECT_FALSE(store().halt(k_next));
  EXPECT_FALSE(store().resume(k_next, first()));
  EXPECT_FALSE(store().complete(k_next));
  if (auto* percentages = store().offers().percentages) {
    EXPECT_FALSE(percentages->set_percent(k_next, first()));
  }
  EXPECT_FALSE(look().release) << "a refusal changes nothing";
}

TEST_P(StoreContract, AShareIsRaisedToWhatIsAskedFor) {
  auto* percentages = store().offers().percentages;
  if (percentages == nullptr) {
    EXPECT_TRUE(bench_->facts().climbs_by_itself()) << "its ladder is the store's own";
    return;
  }
  roll_out();
  for (const auto percent : {20, 50}) {
    ASSERT_EQ(words_of(percentages->set_percent(k_next, Percent::whole(percent))), "done");
    EXPECT_EQ(seen().percent, Percent::whole(percent));
  }
  ASSERT_EQ(words_of(store().halt(k_next)), "done");
  EXPECT_FALSE(percentages->set_percent(k_next, k_percent_all)) << "somebody has stopped it";
  EXPECT_EQ(seen().percent, Percent::whole(50));
}

TEST_P(StoreContract, AFailedLookIsAnErrorAndNeverEmpty) {
  roll_out();
  bench_->fail_next_look();
  EXPECT_FALSE(store().observe(Sought(k_next.version, {k_next.build}), Depth::full));
}

// Whoever asks may not know whether it was done; the next look does, and asking again does it once.
TEST_P(StoreContract, ALostAnswerIsSettledByALook) {
  roll_out();
  bench_->lose_next_answer();
  const auto halted = store().halt(k_next);
  EXPECT_TRUE(bench_->has_lost_it());
  if (!halted) {
    EXPECT_EQ(halted.error().kind, ErrorKind::unknown_outcome) << halted.error().text();
  }
  EXPECT_EQ(seen().status, ReleaseStatus::halted);
  EXPECT_EQ(words_of(store().halt(k_next)), "done");
}

}  // namespace
}  // namespace train::contract
