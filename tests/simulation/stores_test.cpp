// The stores of the simulation keep the rules of the real ones, as docs/stores states them.
#include <gtest/gtest.h>

#include "apple_shelf.hpp"
#include "play_shelf.hpp"
#include "support/step_clock.hpp"

namespace train::simulation {
namespace {

const Instant k_begin = *parse_rfc3339("2026-11-30T09:00:00Z");
const VersionName k_live = *VersionName::parse("3.3.0");
const VersionName k_next = *VersionName::parse("3.4.0");
const Candidate k_candidate{k_next, BuildNumber::from(341), 0};
constexpr Duration k_one_hour{3600};

// A line on which nothing goes wrong unless a test says so.
class CalmLine final : public Line {
 public:
  Clock& clock() override { return time; }
  Instant time_there() const override { return const_cast<train::test::StepClock&>(time).now(); }
  LookFault before_look() override { return fault; }
  Fate before_write(const std::string&, const VersionName&) override { return fate; }
  void after_write(const std::string& call, const VersionName&, const Standing&, bool had_effect) override {
    if (had_effect) effects.push_back(call);
  }

  train::test::StepClock time{k_begin};
  LookFault fault;
  Fate fate = Fate::through;
  std::vector<std::string> effects;
};

class PlayStoreTest : public testing::Test {
 protected:
  PlayStoreTest() {
    shelf.serve("3.3.0", k_live, 330, {});
    shelf.add_build(k_next, BuildNumber::from(341));
  }
  void pass(Duration time) {
    line.time.advance(time);
    shelf.pass_time(line.time.now());
  }
  StoreView look(Depth depth = Depth::full) { return *store->observe(k_next, depth); }

  CalmLine line;
  PlayShelf shelf{PlayRules{k_one_hour, 0, 1}, k_begin};
  std::unique_ptr<Store> store = shelf.open(line);
};

TEST_F(PlayStoreTest, AReleaseIsServedOnceItsReviewIsOver) {
  ASSERT_TRUE(store->start_rollout(k_candidate, Percent::whole(5), {}));
  EXPECT_EQ(look().release->status, ReleaseStatus::in_review);
  EXPECT_TRUE(shelf.standing(k_next).on_its_way);
  pass(k_one_hour * 4);
  EXPECT_EQ(look().release->percent, Percent::whole(5));
  EXPECT_EQ(look().live->version, k_live);
  ASSERT_TRUE(store->offers().percentages->set_percent(k_candidate, Percent::whole(20)));
  EXPECT_EQ(shelf.standing(k_next).served(), Percent::whole(20)) << "what is out changes at once";
}

TEST_F(PlayStoreTest, AHaltIsNobodyNewAndItsShareIsKept) {
  ASSERT_TRUE(store->start_rollout(k_candidate, Percent::whole(5), {}));
  pass(k_one_hour * 4);
  ASSERT_TRUE(store->halt(k_candidate));
  EXPECT_EQ(shelf.standing(k_next).served(), Percent());
  EXPECT_EQ(shelf.standing(k_next).percent, Percent::whole(5));
  EXPECT_FALSE(store->offers().percentages->set_percent(k_candidate, Percent::whole(20))) << "a halt is not run over";
}

TEST_F(PlayStoreTest, AListMayBeLateOrLackARow) {
  ASSERT_TRUE(store->start_rollout(k_candidate, Percent::whole(5), {}));
  line.fault.late = Duration(60);
  EXPECT_FALSE(look(Depth::summary).release);
  line.fault = {};
  line.fault.partial = true;
  line.fault.which = 1;
  EXPECT_FALSE(look(Depth::summary).release);
}

TEST_F(PlayStoreTest, ALostAnswerMayHaveBeenDone) {
  line.fate = Fate::lost_before;
  EXPECT_EQ(store->start_rollout(k_candidate, Percent::whole(5), {}).error().kind, ErrorKind::unknown_outcome);
  EXPECT_FALSE(shelf.standing(k_next).exists);
  line.fate = Fate::lost_after;
  EXPECT_EQ(store->start_rollout(k_candidate, Percent::whole(5), {}).error().kind, ErrorKind::unknown_outcome);
  EXPECT_TRUE(shelf.standing(k_next).exists);
}

class AppleStoreTest : public testing::Test {
 protected:
  AppleStoreTest() {
    shelf.serve(k_live, BuildNumber::from(330));
    shelf.add_build(k_next, BuildNumber::from(341));
  }
  void pass(Duration time) {
    line.time.advance(time);
    shelf.pass_time(line.time.now());
  }
  void release() {
    const auto offers = store->offers();
    ASSERT_TRUE(offers.version_records->create_version(k_candidate));
    ASSERT_TRUE(offers.version_records->attach_build(k_candidate));
    ASSERT_TRUE(offers.review->submit(k_candidate));
    pass(k_one_hour * 24);
    ASSERT_EQ(shelf.standing(k_next).status, ReleaseStatus::approved);
    ASSERT_TRUE(store->start_rollout(k_candidate, Percent::whole(1), {}));
    pass(k_one_hour * 3);
  }
  int percent() { return static_cast<int>(shelf.standing(k_next).percent.percent()); }

  CalmLine line;
  AppleShelf shelf{AppleRules{k_one_hour, k_one_hour * 20, k_one_hour * 2, 0, 1}, k_begin};
  std::unique_ptr<Store> store = shelf.open(line);
};

TEST_F(AppleStoreTest, ItClimbsByItselfInSevenDays) {
  release();
  std::vector<int> rungs;
  for (int day = 0; day < 7; ++day, pass(k_one_hour * 24)) rungs.push_back(percent());
  EXPECT_EQ(rungs, (std::vector<int>{1, 2, 5, 10, 20, 50, 100}));
}

TEST_F(AppleStoreTest, APauseStopsTheClimbAndKeepsTheRung) {
  release();
  ASSERT_TRUE(store->offers().own_ladder->pause(k_candidate));
  pass(k_one_hour * 72);
  EXPECT_EQ(percent(), 1);
  EXPECT_EQ(shelf.standing(k_next).status, ReleaseStatus::halted);
  ASSERT_TRUE(store->resume(k_candidate, Percent::whole(2)));
  EXPECT_EQ(percent(), 1);
  pass(k_one_hour * 24);
  EXPECT_EQ(percent(), 2);
}

TEST_F(AppleStoreTest, ThereIsOneEditablePlaceAndNumbersRise) {
  ASSERT_TRUE(store->offers().version_records->create_version(k_candidate));
  const Candidate other{*VersionName::parse("3.5.0"), BuildNumber::from(350), 0};
  EXPECT_EQ(store->offers().version_records->create_version(other).error().kind, ErrorKind::refused);
  EXPECT_EQ(store->observe(other.version, Depth::full)->slot_held_by->version, "3.4.0");
}

TEST_F(AppleStoreTest, AFreshVersionMayNotBeListedYet) {
  ASSERT_TRUE(store->offers().version_records->create_version(k_candidate));
  line.fault.late = Duration(60);
  EXPECT_FALSE(store->observe(k_next, Depth::full)->release);
}

}  // namespace
}  // namespace train::simulation
