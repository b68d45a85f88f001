// The store's one editable version: whose turn it is, what may be renamed, what is taken back from review.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using testing::HasSubstr;

const VersionName k_other = *VersionName::parse("3.3.9");

SlotHolder held(const std::string& version, ReleaseStatus status, bool editable, bool empty) {
  SlotHolder holder;
  holder.version = version;
  holder.status = status;
  holder.editable = editable;
  holder.empty = empty;
  holder.raw = std::string(to_string(status));
  return holder;
}

// 3.4.0 is ready to be created on the App Store, where `holder` has the place.
Scene at_the_slot(const SlotHolder& holder) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  auto e = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
  e.release.reset();
  s.add(e);
  s.look("ios", ReleaseStatus::draft, 0);
  s.observation.apps[0].view->release.reset();
  s.observation.apps[0].view->slot_held_by = holder;
  return s;
}

// Another release of this train, opened before, that made its version on the App Store.
void opened_before(Scene& s, const VersionName& version, bool hotfix) {
  s.add(event::Opened{version, hotfix, std::nullopt, std::nullopt}, "ana");
  s.add(event::Departed{version});
  Step step;
  step.action = Action::create_version;
  step.app = "ios";
  step.version = version;
  s.add(event::Intent{"made-" + version.text(), "run", s.now + Duration(900), step});
  s.add(event::Outcome{"made-" + version.text(), event::Outcome::Result::done, ""});
}

const Wait* wait_of(const Plan& plan, const VersionName& version, WaitKind kind) {
  for (const auto& wait : plan.waits) {
    if (wait.app == "ios" && wait.version == version && wait.kind == kind) return &wait;
  }
  return nullptr;
}

struct HolderRow {
  std::string name;
  SlotHolder holder;
  std::function<void(Scene&)> before;
  std::string renamed;  // the version that is renamed; empty: it waits
  std::string words;    // of the wait
};

void PrintTo(const HolderRow& row, std::ostream* out) { *out << row.name; }

class Slot : public testing::TestWithParam<HolderRow> {};

TEST_P(Slot, IsTakenOverOnlyWhereThatHurtsNobody) {
  auto s = at_the_slot(GetParam().holder);
  GetParam().before(s);
  const auto plan = s.plan();
  const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                  [](const Step& step) { return step.app == "ios" && step.version == k_version; });
  if (!GetParam().renamed.empty()) {
    ASSERT_NE(found, plan.steps.end());
    EXPECT_EQ(found->action, Action::create_version);
    EXPECT_EQ(found->value, GetParam().renamed);
    EXPECT_EQ(found->because.back().rule, "slot");
    return;
  }
  EXPECT_EQ(found, plan.steps.end());
  const auto* wait = wait_of(plan, k_version, WaitKind::store);
  ASSERT_NE(wait, nullptr);
  EXPECT_THAT(wait->detail, HasSubstr(GetParam().words));
  EXPECT_THAT(wait->detail, HasSubstr(GetParam().holder.version));
}

INSTANTIATE_TEST_SUITE_P(
    , Slot,
    testing::Values(HolderRow{"an_empty_draft_of_anybody", held("3.9.0", ReleaseStatus::draft, true, true),
                              [](Scene&) {}, "3.9.0", ""},
                    HolderRow{"a_filled_draft_of_somebody", held("3.9.0", ReleaseStatus::draft, true, false),
                              [](Scene&) {}, "", "not this train's"},
                    HolderRow{"our_draft_that_was_given_up", held("3.3.9", ReleaseStatus::draft, true, false),
                              [](Scene& s) {
                                opened_before(s, k_other, false);
                                s.add(event::Abandoned{k_other, "no"}, "ana");
                              },
                              "3.3.9", ""},
                    HolderRow{"our_rejected_one_that_was_given_up", held("3.3.9", ReleaseStatus::rejected, true, false),
                              [](Scene& s) {
                                opened_before(s, k_other, false);
                                s.add(event::Abandoned{k_other, "no"}, "ana");
                              },
                              "3.3.9", ""},
                    HolderRow{"ours_in_the_queue_though_given_up",
                              held("3.3.9", ReleaseStatus::waiting_for_review, false, false),
                              [](Scene& s) {
                                opened_before(s, k_other, false);
                                s.add(event::Abandoned{k_other, "no"}, "ana");
                              },
                              "", "given up by this train"},
                    HolderRow{"a_draft_under_a_given_up_number_that_somebody_else_made",
                              held("3.3.9", ReleaseStatus::draft, true, false),
                              [](Scene& s) {
                                s.add(event::Opened{k_other, false, std::nullopt, std::nullopt}, "ana");
                                s.add(event::Abandoned{k_other, "no"}, "ana");
                              },
                              "", "holds the store's one editable place"},
                    HolderRow{"our_other_regular_release", held("3.3.9", ReleaseStatus::draft, true, true),
                              [](Scene& s) { opened_before(s, k_other, false); }, "", "it goes first"},
                    HolderRow{"a_number_that_is_none", held("next", ReleaseStatus::draft, true, true), [](Scene&) {},
                              "", "not this train's"}),
    [](const auto& row) { return row.param.name; });

TEST(Slots, AHotfixTakesTheRegularDraftsPlaceAndNeverTheOtherWayRound) {
  auto s = at_the_slot(held("3.4.0", ReleaseStatus::draft, true, false));
  s.did("ios", Action::create_version);
  const auto hotfix = *VersionName::parse("3.3.1");
  s.add(event::Opened{hotfix, true, std::nullopt, k_live}, "ana");
  s.add(event::Departed{hotfix});
  event::CandidateChosen chosen;
  chosen.version = hotfix;
  chosen.app = "ios";
  chosen.build = BuildNumber::from(331);
  s.add(chosen);
  event::Seen seen;
  seen.version = hotfix;
  seen.app = "ios";
  seen.live = LiveVersion{k_live, BuildNumber::from(330)};
  seen.builds = {{BuildNumber::from(331), BuildState::ready, "", ""}};
  s.add(seen);
  s.def.approvals.clear();
  s.observation.apps[0].version = hotfix;
  s.observation.apps[0].view->builds = seen.builds;
  const auto plan = s.plan();
  const auto* step = s.step_of(plan, "ios");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->version, hotfix);
  EXPECT_EQ(step->value, "3.4.0");
}

TEST(Slots, ARenamedVersionIsFilledAnewBeforeItIsSubmitted) {
  auto s = at_the_slot(held("3.9.0", ReleaseStatus::rejected, true, false));
  s.def.apps[0].release_notes = "notes/{version}/{locale}.txt";
  Step step;
  step.action = Action::create_version;
  step.app = "ios";
  step.version = k_version;
  step.value = "3.9.0";
  s.add(event::Intent{"op-rename", "run", s.now + Duration(900), step});
  s.add(event::Outcome{"op-rename", event::Outcome::Result::done, ""});
  // The store shows the old verdict, the old build and the old texts under the new number.
  auto e = Scene::seen_event("ios", ReleaseStatus::rejected, 0, {});
  e.release->build = BuildNumber::from(390);
  s.add(e);
  EXPECT_EQ(s.action_of("ios"), "attach_build");
  e.release->build = BuildNumber::from(340);
  s.add(e);
  EXPECT_EQ(s.action_of("ios"), "set_release_notes") << "those that stand are another version's";
  s.did("ios", Action::set_release_notes);
  EXPECT_EQ(s.action_of("ios"), "submit") << "the rejection was another version's";
  s.did("ios", Action::submit);
  EXPECT_TRUE(s.needs_person("ios")) << "a rejection after that is its own";
}

TEST(Slots, ANumberThatDoesNotRiseIsAPersonsMatterAndCreatesNothing) {
  for (const auto* live : {"3.4.0", "3.5.0"}) {
    Scene s;
    s.open();
    s.sign_everything();
    s.candidate("ios");
    auto e = Scene::seen_event("ios", ReleaseStatus::draft, 0, {});
    e.release.reset();
    e.live->version = *VersionName::parse(live);
    s.add(e);
    EXPECT_EQ(s.action_of("ios"), "") << live;
    EXPECT_TRUE(s.needs_person("ios")) << live;
  }
}

// ---- taken back from review ----------------------------------------------------------------

Scene approved_with_a_newer_build(bool ours) {
  Scene s;
  s.open();
  s.candidate("ios");
  if (ours) s.did("ios", Action::submit);
  s.seen("ios", ReleaseStatus::approved, 0);
  s.candidate("ios", 341);
  s.sign_everything();
  return s;
}

TEST(Outdated, AnApprovedVersionOfOursIsWithdrawnForANewerBuildAndItSaysWhatIsLost) {
  const auto s = approved_with_a_newer_build(true);
  const auto plan = s.plan();
  const auto* step = s.step_of(plan, "ios");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->action, Action::cancel_submission);
  EXPECT_THAT(step->because.back().seen, HasSubstr("is lost"));
}

TEST(Outdated, AnApprovedVersionOfSomebodyElseIsNotWithdrawn) {
  const auto s = approved_with_a_newer_build(false);
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.needs_person("ios"));
}

// Nobody has signed that build off: it is told at sight, and not only when the store refuses the release.
TEST(Outdated, ABuildThatSomebodyPutIntoTheVersionInReviewIsToldAndNotReleased) {
  for (const auto status : {ReleaseStatus::in_review, ReleaseStatus::approved}) {
    Scene s;
    s.open();
    s.sign_everything();
    s.candidate("ios");
    s.did("ios", Action::submit);
    auto seen = Scene::seen_event("ios", status, 0, {});
    seen.release->build = BuildNumber::from(341);
    s.add(seen);
    EXPECT_EQ(s.action_of("ios"), "");
    EXPECT_TRUE(s.needs_person("ios"));
    s.candidate("ios", 341);  // `train build add ios 341`
    s.sign_everything();
    EXPECT_FALSE(s.needs_person("ios"));
    EXPECT_EQ(s.action_of("ios"), status == ReleaseStatus::approved ? "start_rollout" : "");
  }
}

TEST(Review, AVersionTakenOutOfItsSubmissionWaitsForAPerson) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.did("ios", Action::submit);
  s.seen("ios", ReleaseStatus::in_review, 0);
  s.seen("ios", ReleaseStatus::draft, 0);
  EXPECT_EQ(s.action_of("ios"), "") << "it is not sent again behind somebody's back";
  EXPECT_TRUE(s.needs_person("ios"));
  s.add(event::Resumed{k_version, "ios", "was a mistake", {}}, "ana");
  EXPECT_EQ(s.action_of("ios"), "submit");
}

TEST(Review, ADraftThatTheStoreStillShowsAfterOurSubmitIsOnlyLate) {
  Scene s;
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.did("ios", Action::submit);
  s.seen("ios", ReleaseStatus::draft, 0);
  EXPECT_EQ(s.action_of("ios"), "");
  EXPECT_TRUE(s.waits_for("ios", WaitKind::store));
  s.now += k_lag_window;
  EXPECT_EQ(s.action_of("ios"), "submit") << "asked again: it looks first, and sends nothing twice";
}

TEST(Review, WhatTheStoreSaysOfARejectionIsWhatThePersonReads) {
  Scene s;
  s.open();
  s.candidate("ios");
  auto e = Scene::seen_event("ios", ReleaseStatus::rejected, 0, {});
  e.release->detail = "Apple rejected the texts (https://appstoreconnect.apple.com/apps/1/)";
  s.add(e);
  const auto plan = s.plan();
  const auto* wait = wait_of(plan, k_version, WaitKind::person);
  ASSERT_NE(wait, nullptr);
  EXPECT_THAT(wait->detail, HasSubstr("https://appstoreconnect.apple.com/apps/1/"));
}

}  // namespace
}  // namespace train::engine::test
