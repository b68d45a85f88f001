// The way back on the App Store: a version reviewed before it is needed, released to everybody by one request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app_store_bench.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class AppStoreStandby : public testing::Test {
 protected:
  void SetUp() override {
    store = bench.store();
    done(store->offers().version_records->create_version(candidate()));
    done(store->offers().version_records->attach_build(candidate()));
    done(store->offers().version_records->set_release_notes(candidate(), notes()));
    done(store->offers().review->submit(candidate()));
    ASSERT_TRUE(bench.review(true));
    done(store->start_rollout(candidate(), Percent::whole(1), {}));
    bench.pass(10min);
    bench.person({{"action", "upload"}, {"version", "3.4.1"}, {"build", "341"}});
    bench.pass(1h);
  }
  static void done(const Result<Done>& result) { ASSERT_TRUE(result) << result.error().text(); }
  void reviewed() {
    done(store->offers().review->submit_standby(back, notes()));
    ASSERT_TRUE(bench.review(true, "3.4.1"));
    bench.forget();
    store = bench.store();
  }
  SeenRelease look(const std::string& version) {
    const auto view = bench.store()->observe(*VersionName::parse(version), Depth::full);
    EXPECT_TRUE(view) << (view ? "" : view.error().text());
    return view && view->release ? *view->release : SeenRelease{};
  }
  std::vector<std::string> requests() const {
    std::vector<std::string> out;
    for (const auto& sent : bench.sent()) out.push_back(sent.method + " " + sent.path);
    return out;
  }

  AppStoreBench bench;
  std::unique_ptr<Store> store;
  Candidate back = candidate("3.4.1", "341");
};

TEST_F(AppStoreStandby, IsReviewedWithoutAPhaseAndWaits) {
  done(store->offers().review->submit_standby(back, notes()));
  EXPECT_EQ(look("3.4.1").status, ReleaseStatus::waiting_for_review);
  EXPECT_FALSE(look("3.4.1").phased) << "a way back that takes a week is none";
  const auto writes = bench.writes();
  done(bench.store()->offers().review->submit_standby(back, notes()));
  EXPECT_EQ(bench.writes(), writes) << "asked again changes nothing";
  ASSERT_TRUE(bench.review(true, "3.4.1"));
  EXPECT_EQ(look("3.4.1").status, ReleaseStatus::approved);
}

TEST_F(AppStoreStandby, ThreeRequestsUntilItGoesOutThenTheBrake) {
  reviewed();
  done(store->offers().standbys->release_standby(back, candidate(), {}));
  const auto asked = requests();
  ASSERT_GE(asked.size(), 3u);
  EXPECT_THAT(asked[2], HasSubstr("POST /v1/appStoreVersionReleaseRequests"));
  EXPECT_THAT(bench.changes(), testing::Contains(HasSubstr("PAUSED")));
  bench.pass(30min);
  EXPECT_EQ(look("3.4.1").status, ReleaseStatus::serving);
  EXPECT_TRUE(look("3.4.1").percent.is_all());
}

TEST_F(AppStoreStandby, ALostAnswerIsLookedUp) {
  reviewed();
  bench.doom("POST", "/v1/appStoreVersionReleaseRequests", Fate::lost_after_effect);
  done(store->offers().standbys->release_standby(back, candidate(), {}));
  const auto writes = bench.writes();
  done(bench.store()->offers().standbys->release_standby(back, candidate(), {}));
  EXPECT_EQ(bench.writes(), writes);
  EXPECT_TRUE(bench.every_doom_came());
}

TEST_F(AppStoreStandby, ARefusedReleaseStillStopsWhatClimbs) {
  done(store->offers().review->submit_standby(back, notes()));
  const auto refused = store->offers().standbys->release_standby(back, candidate(), {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("Only an approved version can be released"));
  EXPECT_EQ(look("3.4.0").status, ReleaseStatus::halted);
}

TEST_F(AppStoreStandby, StepsAsideFromReviewAndAfterApproval) {
  done(store->offers().review->submit_standby(back, notes()));
  done(store->offers().review->cancel_submission(back));
  EXPECT_EQ(look("3.4.1").status, ReleaseStatus::withdrawn);
  done(store->offers().review->submit_standby(back, notes()));
  ASSERT_TRUE(bench.review(true, "3.4.1"));
  done(store->offers().review->cancel_submission(back));
  EXPECT_EQ(look("3.4.1").status, ReleaseStatus::withdrawn);
}

TEST_F(AppStoreStandby, APhasedVersionIsNoWayBack) {
  done(store->offers().version_records->create_version(back));
  const auto refused = store->offers().review->submit_standby(back, notes());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("phased"));
}

}  // namespace
}  // namespace train::contract
