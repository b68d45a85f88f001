// What a stop comes to in each app: the list that a person reads before they say yes.
#include "train/engine/stopping.hpp"

#include <gmock/gmock.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

struct StoppingRow {
  const char* name;
  AppName app;
  ReleaseStatus status;
  int percent;
  StopKind kind;
  const char* words;
  bool rollback = false;
};

class Stops : public testing::TestWithParam<StoppingRow> {};

TEST_P(Stops, SayWhatTheyDo) {
  const auto& row = GetParam();
  Scene s;
  s.open();
  s.candidate(row.app);
  s.seen(row.app, row.status, row.percent);
  const auto stops = what_a_stop_does(s.def, s.state, {row.app, row.rollback}, s.now);
  ASSERT_THAT(stops, SizeIs(1));
  EXPECT_EQ(to_string(stops[0].kind), to_string(row.kind));
  EXPECT_THAT(stops[0].words, HasSubstr(row.words));
}

INSTANTIATE_TEST_SUITE_P(
    , Stops,
    testing::Values(
        StoppingRow{"ios_draft", "ios", ReleaseStatus::draft, 0, StopKind::keep_back, "it is kept from going on"},
        StoppingRow{"ios_waiting", "ios", ReleaseStatus::waiting_for_review, 0, StopKind::withdraw,
                    "take 3.4.0 back from review"},
        StoppingRow{"ios_in_review", "ios", ReleaseStatus::in_review, 0, StopKind::withdraw,
                    "take 3.4.0 back from review"},
        StoppingRow{"ios_rejected", "ios", ReleaseStatus::rejected, 0, StopKind::keep_back, "is rejected"},
        StoppingRow{"ios_withdrawn", "ios", ReleaseStatus::withdrawn, 0, StopKind::keep_back, "taken back from review"},
        StoppingRow{"ios_approved", "ios", ReleaseStatus::approved, 0, StopKind::keep_back,
                    "approved, and nobody gets it"},
        StoppingRow{"ios_releasing", "ios", ReleaseStatus::releasing, 0, StopKind::wait, "on its way out"},
        StoppingRow{"ios_in_review_rolled_back", "ios", ReleaseStatus::in_review, 0, StopKind::withdraw,
                    "take 3.4.0 back from review", true},
        StoppingRow{"ios_approved_rolled_back", "ios", ReleaseStatus::approved, 0, StopKind::keep_back,
                    "approved, and nobody gets it", true},
        StoppingRow{"ios_releasing_rolled_back", "ios", ReleaseStatus::releasing, 0, StopKind::wait, "on its way out",
                    true},
        StoppingRow{"android_in_review_rolled_back", "android", ReleaseStatus::in_review, 0, StopKind::halt,
                    "which Google reviews", true},
        StoppingRow{"ios_at_5", "ios", ReleaseStatus::serving, 5, StopKind::halt, "halt 3.4.0, which 5 % of users get"},
        StoppingRow{"ios_at_100", "ios", ReleaseStatus::serving, 100, StopKind::cannot, "only a newer version"},
        StoppingRow{"ios_halted", "ios", ReleaseStatus::halted, 5, StopKind::halt, "keep 3.4.0 halted at 5 %"},
        StoppingRow{"ios_superseded", "ios", ReleaseStatus::superseded, 0, StopKind::nothing, ""},
        StoppingRow{"ios_unknown", "ios", ReleaseStatus::unknown, 0, StopKind::halt, "how it stands is not known"},
        StoppingRow{"android_in_review", "android", ReleaseStatus::in_review, 0, StopKind::halt,
                    "which Google reviews"},
        StoppingRow{"android_held", "android", ReleaseStatus::held_by_store, 0, StopKind::halt, "on its way out"},
        StoppingRow{"android_at_5", "android", ReleaseStatus::serving, 5, StopKind::halt,
                    "halt 3.4.0, which 5 % of users get"},
        StoppingRow{"android_at_100", "android", ReleaseStatus::serving, 100, StopKind::halt,
                    "which 100 % of users get"}),
    [](const auto& row) { return std::string(row.param.name); });

class StopChoice : public testing::Test {
 protected:
  std::vector<std::string> lines(const AppName& app) const {
    std::vector<std::string> out;
    for (const auto& stop : what_a_stop_does(s.def, s.state, {app, false}, s.now))
      out.push_back(stop.app + " " + std::string(to_string(stop.kind)) + " " + stop.version.text());
    return out;
  }
  Scene s;
};

// What was left out silently: the app in review beside the one that is out.
TEST_F(StopChoice, NamesEveryAppOfTheRelease) {
  s.open();
  s.candidate("ios");
  s.candidate("android");
  s.seen("ios", ReleaseStatus::in_review, 0);
  s.seen("android", ReleaseStatus::serving, 5);
  EXPECT_THAT(lines(""), testing::ElementsAre("ios withdraw 3.4.0", "android halt 3.4.0"));
}

TEST_F(StopChoice, LeavesWhatIsBeingPreparedAloneUnlessItIsNamed) {
  s.open();
  s.candidate("ios");
  s.candidate("android");
  s.seen("android", ReleaseStatus::serving, 5);
  EXPECT_THAT(lines(""), testing::ElementsAre("ios nothing 3.4.0", "android halt 3.4.0"));
  EXPECT_THAT(lines("ios"), testing::ElementsAre("ios keep_back 3.4.0"));
}

// The release that is out is meant, whatever else is open.
TEST_F(StopChoice, StopsTheReleaseThatIsOutWhileAHotfixIsBeingPrepared) {
  s.open();
  s.candidate("android");
  s.seen("android", ReleaseStatus::serving, 5);
  s.add(event::Opened{*VersionName::parse("3.4.1"), true, std::nullopt, k_version}, "ana");
  EXPECT_THAT(lines("android"), testing::ElementsAre("android halt 3.4.0"));
}

TEST_F(StopChoice, StopsTheLastReleaseAt100PercentWithoutAnOpenOne) {
  s.open();
  s.candidate("android");
  s.seen("android", ReleaseStatus::serving, 100);
  s.add(event::Finished{k_version});
  EXPECT_THAT(lines(""), testing::ElementsAre("ios nothing 0", "android halt 3.4.0"));
}

TEST_F(StopChoice, AnOrderForEveryAppStandsOnTheExposedOnes) {
  s.open();
  s.candidate("android");
  s.candidate("ios");
  s.seen("android", ReleaseStatus::serving, 5);
  s.add(event::HaltOrdered{k_version, "", "bad", false}, "ana");
  EXPECT_TRUE(s.state.find(k_version)->find("android")->halt);
  EXPECT_FALSE(s.state.find(k_version)->find("ios")->halt);
}

// A run that comes after the order carries it out as well.
TEST_F(StopChoice, TheLoopTakesBackFromReviewWhatAPersonHalted) {
  s.open();
  s.candidate("ios");
  s.candidate("android");
  s.seen("ios", ReleaseStatus::in_review, 0);
  s.seen("android", ReleaseStatus::in_review, 0);
  s.add(event::HaltOrdered{k_version, "ios", "bad", false}, "ana");
  s.add(event::HaltOrdered{k_version, "android", "bad", false}, "ana");
  EXPECT_EQ(s.action_of("ios"), "cancel_submission");
  EXPECT_EQ(s.action_of("android"), "halt");
  s.did("android", Action::halt);
  EXPECT_EQ(s.action_of("android"), "") << "the store calls it in review still";
}

struct Against {
  const char* name;
  EventBody order;
  bool stands;
  bool is_stop;
};
class OrderAgainst : public testing::TestWithParam<Against> {};

TEST_P(OrderAgainst, ARaise) {
  Scene s;
  s.open();
  s.candidate("android");
  s.seen("android", ReleaseStatus::serving, 5);
  s.add(GetParam().order, "ana");
  Step raise;
  raise.app = "android";
  raise.version = k_version;
  raise.action = Action::set_percent;
  const auto order = order_against(s.state, raise);
  ASSERT_EQ(order.has_value(), GetParam().stands);
  EXPECT_EQ(order && order->is_stop, GetParam().is_stop);
  Step halt = raise;
  halt.action = Action::halt;
  EXPECT_FALSE(order_against(s.state, halt)) << "nothing stands against a stop";
}

INSTANTIATE_TEST_SUITE_P(
    , OrderAgainst,
    testing::Values(Against{"halt", event::HaltOrdered{k_version, "android", "x", false}, true, true},
                    Against{"rollback", event::HaltOrdered{k_version, "android", "x", true}, true, true},
                    Against{"hold", event::Held{k_version, "android", "x"}, true, false},
                    Against{"hold_of_all", event::Held{k_version, "", "x"}, true, false},
                    Against{"halt_of_another_app", event::HaltOrdered{k_version, "ios", "x", false}, false, false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::engine::test
