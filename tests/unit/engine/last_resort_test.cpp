// What ends an App Store rollout for good: pause days that run out, a newer version, removal from sale.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

void paused_for(Scene& s, int days) {
  auto e = Scene::seen_event("ios", ReleaseStatus::halted, 5, PhasedRelease::State::paused);
  e.release->phased->pause_days_used = days;
  s.add(e);
}

const Wait* pause_wait(const Plan& plan) {
  for (const auto& wait : plan.waits) {
    if (wait.app == "ios" && !wait.because.empty() && wait.because[0].rule == "pause days") return &wait;
  }
  return nullptr;
}

struct PauseRow {
  std::string name;
  int days;
  std::function<void(Scene&)> also;
  bool said;
  bool needs_person;
};

void PrintTo(const PauseRow& row, std::ostream* out) { *out << row.name; }

class PauseDays : public testing::TestWithParam<PauseRow> {};

TEST_P(PauseDays, AreAnnouncedWhateverElseIsDecided) {
  Scene s;
  s.open();
  s.sign_everything();
  s.rolling("ios", 2, 5, 24);
  paused_for(s, GetParam().days);
  GetParam().also(s);
  const auto plan = s.plan();
  const auto* wait = pause_wait(plan);
  ASSERT_EQ(wait != nullptr, GetParam().said);
  if (wait == nullptr) return;
  EXPECT_EQ(wait->needs_person, GetParam().needs_person);
}

const auto k_nothing_else = [](Scene&) {};
const auto k_halted_by_ana = [](Scene& s) { s.add(event::HaltOrdered{k_version, "ios", "bad", false}, "ana"); };
const auto k_held = [](Scene& s) { s.add(event::Held{k_version, "ios", "look"}, "ana"); };
const auto k_abandoned = [](Scene& s) { s.add(event::Abandoned{k_version, "no"}, "ana"); };
const auto k_unread = [](Scene& s) {
  AppObservation look;
  look.version = k_version;
  look.app = "ios";
  look.failure = Error{ErrorKind::unreachable, "no answer", ""};
  s.observation.apps = {look};
};

INSTANTIATE_TEST_SUITE_P(, PauseDays,
                         testing::Values(PauseRow{"not_before_the_twentieth", 19, k_nothing_else, false, false},
                                         PauseRow{"from_the_twentieth", 20, k_nothing_else, true, false},
                                         PauseRow{"still_only_said", 26, k_nothing_else, true, false},
                                         PauseRow{"a_person_decides", 27, k_nothing_else, true, true},
                                         PauseRow{"while_halted_by_a_person", 20, k_halted_by_ana, true, false},
                                         PauseRow{"halted_and_running_out", 27, k_halted_by_ana, true, true},
                                         PauseRow{"while_held", 27, k_held, true, true},
                                         PauseRow{"while_the_store_cannot_be_read", 27, k_unread, true, true},
                                         PauseRow{"after_the_release_was_given_up", 27, k_abandoned, true, true}),
                         [](const auto& row) { return row.param.name; });

TEST(PauseDaysFromTheLog, GoOnCountingWhileNobodyLooks) {
  Scene s;
  s.open();
  s.rolling("ios", 2, 5, 24);
  paused_for(s, 18);
  EXPECT_EQ(pause_wait(s.plan()), nullptr);
  s.now += hours(47);
  EXPECT_EQ(pause_wait(s.plan()), nullptr) << "19 days and 23 hours at least";
  s.now += hours(1);
  ASSERT_NE(pause_wait(s.plan()), nullptr) << "`status` says so from the log alone";
  s.now += hours(7 * 24);
  EXPECT_TRUE(pause_wait(s.plan())->needs_person);
}

TEST(PauseDaysFromTheLog, EndWithThePhase) {
  Scene s;
  s.open();
  s.rolling("ios", 2, 5, 24);
  auto e = Scene::seen_event("ios", ReleaseStatus::serving, 100, PhasedRelease::State::complete);
  e.release->phased->pause_days_used = 29;
  s.add(e);
  EXPECT_EQ(pause_wait(s.plan()), nullptr);
}

TEST(PauseDaysInTheLog, AreEscalatedOnceEach) {
  Scene s;
  s.open();
  s.rolling("ios", 2, 5, 24);
  paused_for(s, 27);
  int escalations = 0;
  for (const auto& body : s.detect_all()) escalations += std::holds_alternative<event::Escalated>(body) ? 1 : 0;
  EXPECT_EQ(escalations, 1);
  EXPECT_TRUE(s.detect_all().empty());
}

// ---- a newer version -----------------------------------------------------------------------

TEST(NewVersion, SaysWhosePhaseItEnds) {
  Scene s;
  s.open();
  s.rolling("ios", 3, 20, 24);
  const auto hotfix = *VersionName::parse("3.4.1");
  s.def.approvals.clear();
  s.add(event::Opened{hotfix, true, std::nullopt, k_version}, "ana");
  s.add(event::Departed{hotfix});
  event::CandidateChosen chosen;
  chosen.version = hotfix;
  chosen.app = "ios";
  chosen.build = BuildNumber::from(341);
  s.add(chosen);
  auto e = Scene::seen_event("ios", ReleaseStatus::approved, 0, {});
  e.version = hotfix;
  e.release->version = hotfix;
  e.release->build = BuildNumber::from(341);
  s.add(e);
  const auto plan = s.plan();
  const auto* step = s.step_of(plan, "ios");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->action, Action::start_rollout);
  EXPECT_EQ(step->because.back().rule, "phase of 3.4.0");
  EXPECT_EQ(step->because.back().seen, "at 20 %");
}

// ---- removal from sale ---------------------------------------------------------------------

Scene serving_and_ordered_off() {
  Scene s;
  s.open();
  s.candidate("ios");
  s.did("ios", Action::start_rollout, Percent::whole(5));
  s.seen("ios", ReleaseStatus::serving, 5, PhasedRelease::State::active);
  event::HaltOrdered order{k_version, "ios", "charges twice", false};
  order.removal = true;
  s.add(order, "ana");
  return s;
}

TEST(Removal, PausesFirstThenTakesTheAppOffSaleOnce) {
  auto s = serving_and_ordered_off();
  EXPECT_EQ(s.action_of("ios"), "halt");
  s.did("ios", Action::halt);
  s.seen("ios", ReleaseStatus::halted, 5, PhasedRelease::State::paused);
  EXPECT_EQ(s.action_of("ios"), "remove_from_sale");
  s.did("ios", Action::remove_from_sale);
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.needs_person("ios"));
  s.seen("ios", ReleaseStatus::unknown, 0);
  EXPECT_EQ(s.phase("ios"), AppPhase::halted);
}

TEST(Removal, GoesOnWhenItsRunWasCutShort) {
  auto s = serving_and_ordered_off();
  s.seen("ios", ReleaseStatus::halted, 5, PhasedRelease::State::paused);
  s.did("ios", Action::remove_from_sale, std::nullopt, event::Outcome::Result::superseded);
  EXPECT_EQ(s.action_of("ios"), "") << "the answer may still show";
  s.now += k_settle_window;
  EXPECT_EQ(s.action_of("ios"), "remove_from_sale");
}

TEST(Removal, DoesNotWaitForAPauseThatIsRefused) {
  auto s = serving_and_ordered_off();
  const auto halt = s.plan().steps.at(0);
  s.set_aside = {halt};
  EXPECT_EQ(s.action_of("ios"), "remove_from_sale");
}

TEST(Removal, WorksAtOneHundredPercentAndAfterTheReleaseIsOver) {
  Scene s;
  s.open();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::serving, 100, PhasedRelease::State::complete);
  s.add(event::Finished{k_version});
  event::HaltOrdered order{k_version, "ios", "charges twice", false};
  order.removal = true;
  s.add(order, "ana");
  EXPECT_EQ(s.action_of("ios"), "remove_from_sale");
}

TEST(Removal, EndsWithAPersonsWord) {
  auto s = serving_and_ordered_off();
  s.did("ios", Action::remove_from_sale);
  s.add(event::Resumed{k_version, "ios", "fixed", {}}, "ana");
  s.seen("ios", ReleaseStatus::serving, 100, PhasedRelease::State::complete);
  EXPECT_NE(s.action_of("ios"), "remove_from_sale");
}

}  // namespace
}  // namespace train::engine::test
