// Release notes that a store would refuse are told before anything is sent; those that changed are sent again; and a
// branch or tag that is taken is told before the rollout.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.hpp"

namespace train::engine::test {
namespace {

using testing::HasSubstr;

// The candidate is in a draft of the App Store with its notes, and everything is signed.
Scene with_a_draft() {
  Scene s;
  s.def.apps[0].release_notes = "notes/{version}/{locale}.txt";
  s.def.apps[1].release_notes = "notes/{version}/{locale}.txt";
  s.open();
  s.sign_everything();
  s.candidate("ios");
  s.seen("ios", ReleaseStatus::draft, 0);
  s.look("ios", ReleaseStatus::draft, 0);
  return s;
}

void lie_there(Scene& s, const std::string& digest) { s.observation.apps[0].notes = NotesLook{digest, {}, {}}; }

void sent(Scene& s, const std::string& digest) {
  Step step;
  step.action = Action::set_release_notes;
  step.app = "ios";
  step.version = k_version;
  step.value = digest;
  const auto operation = "notes" + std::to_string(s.state.seq);
  s.add(event::Intent{operation, "run", s.now + Duration(900), step});
  s.add(event::Outcome{operation, event::Outcome::Result::done, ""});
}

void rejected_and_resumed(Scene& s) {
  s.did("ios", Action::submit);
  s.seen("ios", ReleaseStatus::in_review, 0);
  s.seen("ios", ReleaseStatus::rejected, 0);
  s.add(event::Resumed{k_version, "ios", "the notes are mended", {}}, "ana");
}

const Wait* person_wait_of(const Plan& plan, const AppName& app) {
  for (const auto& wait : plan.waits) {
    if (wait.app == app && wait.kind == WaitKind::person) return &wait;
  }
  return nullptr;
}

TEST(NotesSentAgain, WhenTheFilesChangedSinceTheyWereSent) {
  Scene s = with_a_draft();
  sent(s, "first");
  lie_there(s, "first");
  EXPECT_EQ(s.action_of("ios"), "submit");
  lie_there(s, "second");
  const auto plan = s.plan();
  const auto* step = s.step_of(plan, "ios");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->action, Action::set_release_notes);
  EXPECT_EQ(step->value, "second");
  EXPECT_THAT(step->because.front().seen, HasSubstr("changed since they were sent"));
  sent(s, "second");
  EXPECT_EQ(s.action_of("ios"), "submit");
}

// A rejection for notes is mended by the file and `resume`: the old text must not be submitted again.
TEST(NotesSentAgain, AfterARejectionThatWasMendedInTheFiles) {
  Scene s = with_a_draft();
  sent(s, "first");
  rejected_and_resumed(s);
  lie_there(s, "first");
  EXPECT_EQ(s.action_of("ios"), "submit");
  lie_there(s, "second");
  EXPECT_EQ(s.action_of("ios"), "set_release_notes");
}

TEST(NotesSentAgain, ThePlanSaysWhoseTextGoesOut) {
  Scene s = with_a_draft();
  lie_there(s, "first");
  sent(s, "first");
  const auto plan = s.plan();
  const auto* submit = s.step_of(plan, "ios");
  ASSERT_NE(submit, nullptr);
  EXPECT_EQ(submit->because.back().seen,
            "those of the files were sent; what somebody changes in the console afterwards stands");

  Scene play;
  play.open();
  play.sign_everything();
  play.candidate("android");
  auto nothing_yet = Scene::seen_event("android", ReleaseStatus::draft, 0, {});
  nothing_yet.release.reset();
  play.add(nothing_yet);
  const auto told = [&]() -> std::string {
    const auto next = play.plan();
    const auto* start = play.step_of(next, "android");
    if (start == nullptr || start->action != Action::start_rollout) return "no start";
    for (const auto& reason : start->because) {
      if (reason.rule == "notes") return reason.seen + ", " + reason.wanted;
    }
    return "nothing of notes";
  };
  play.def.apps[1].release_notes.reset();
  EXPECT_EQ(told(), "none, the definition names none");
  play.def.apps[1].release_notes = "notes/{locale}.txt";
  EXPECT_EQ(told(), "those of the files, notes/{locale}.txt");
}

TEST(NotesSentAgain, TextsOfTheConsoleStandUntilARejectionIsMendedInTheFiles) {
  Scene s = with_a_draft();
  lie_there(s, "ours");
  const auto plan = s.plan();
  const auto* submit = s.step_of(plan, "ios");
  ASSERT_NE(submit, nullptr);
  EXPECT_EQ(submit->action, Action::submit);
  EXPECT_THAT(submit->because.back().seen, HasSubstr("those of the console"));
  rejected_and_resumed(s);
  EXPECT_EQ(s.action_of("ios"), "set_release_notes");
  sent(s, "ours");
  EXPECT_EQ(s.action_of("ios"), "submit");
}

TEST(NotesSentAgain, ALogThatDoesNotSayWhatWasSentSendsNothing) {
  Scene s = with_a_draft();
  s.did("ios", Action::set_release_notes);
  lie_there(s, "ours");
  EXPECT_EQ(s.action_of("ios"), "submit");
}

TEST(UnfitNotes, AreHeldBeforeTheFirstWriteAndNamed) {
  for (const std::size_t app : {std::size_t{0}, std::size_t{1}}) {
    Scene s;
    s.def.apps[app].release_notes = "notes/{version}/{locale}.txt";
    const auto& name = s.def.apps[app].name;
    s.open();
    s.sign_everything();
    s.look(name, ReleaseStatus::draft, 0);
    s.observation.apps[0].view->release.reset();
    s.observation.apps[0].artifact =
        ArtifactView{"charge", "com.example.charge", k_version, BuildNumber::from(340), {}};
    s.detect_all();
    ASSERT_NE(s.action_of(name), "") << name;
    s.observation.apps[0].notes = NotesLook{"d", {"zh-Hans: Google Play has no such language"}, {}};
    EXPECT_EQ(s.action_of(name), "");
    const auto plan = s.plan();
    const auto* wait = person_wait_of(plan, name);
    ASSERT_NE(wait, nullptr);
    EXPECT_TRUE(wait->needs_person);
    EXPECT_THAT(wait->detail, HasSubstr("zh-Hans: Google Play has no such language"));
  }
}

TEST(MissingNotes, AreWaitedForBesideTheSignOffsAndCallSomebodyOnceTheyAreTheLast) {
  Scene s;
  s.def.apps[1].release_notes = "notes/{version}/{locale}.txt";
  s.open();
  s.candidate("android");
  s.look("android", ReleaseStatus::draft, 0);
  s.observation.apps[0].view->release.reset();
  s.detect_all();
  s.observation.apps[0].notes = NotesLook{{}, {}, "There are no notes at notes/3.4.0."};
  const auto early = s.plan();
  const auto* beside = person_wait_of(early, "android");
  ASSERT_NE(beside, nullptr);
  EXPECT_FALSE(beside->needs_person);
  s.sign_everything();
  const auto late = s.plan();
  const auto* last = person_wait_of(late, "android");
  ASSERT_NE(last, nullptr);
  EXPECT_TRUE(last->needs_person);
  EXPECT_EQ(s.action_of("android"), "");
}

TEST(TakenTag, IsToldAndTheBranchIsNotCutBesideIt) {
  Scene s;
  s.def.source = SourceRule{};
  s.open();
  ASSERT_EQ(s.action_of(""), "cut_branch");
  s.observation.source = {{k_version, {"the tag v3.4.0 stands at 1111 already, not at 2222"}}};
  EXPECT_EQ(s.action_of(""), "");
  const auto plan = s.plan();
  const auto* wait = person_wait_of(plan, "");
  ASSERT_NE(wait, nullptr);
  EXPECT_TRUE(wait->needs_person);
  EXPECT_THAT(wait->detail, HasSubstr("v3.4.0"));
  EXPECT_TRUE(people_wanted(s.state, k_version, plan).has_value());
}

struct UnfitRow {
  const char* name;
  const char* version;
  const char* build;
  const char* app;
  const char* says;
};
void PrintTo(const UnfitRow& row, std::ostream* out) { *out << row.name; }
class UnfitNumber : public testing::TestWithParam<UnfitRow> {};
// What was opened or chosen before the rule was known.
TEST_P(UnfitNumber, HoldsTheAppAndSaysWhy) {
  Scene s;
  const auto version = *VersionName::parse(GetParam().version);
  s.add(event::Opened{version, false, std::nullopt, std::nullopt}, "ana");
  s.add(event::Departed{version});
  event::CandidateChosen chosen;
  chosen.version = version;
  chosen.app = GetParam().app;
  chosen.build = *BuildNumber::parse(GetParam().build);
  chosen.origin = CandidateOrigin::store;
  s.add(chosen);
  EXPECT_EQ(s.action_of(GetParam().app), "");
  const auto plan = s.plan();
  for (const auto& wait : plan.waits) {
    if (wait.app != GetParam().app) continue;
    EXPECT_THAT(wait.detail, HasSubstr(GetParam().says));
    EXPECT_TRUE(wait.needs_person);
    return;
  }
  ADD_FAILURE() << "nothing is waited for";
}
INSTANTIATE_TEST_SUITE_P(, UnfitNumber,
                         testing::Values(UnfitRow{"four_numbers", "5.44.0.1", "340", "ios", "5.44.0.1 has 4 numbers"},
                                         UnfitRow{"code_too_high", "3.4.0", "2100000001", "android",
                                                  "build 2100000001 is not between"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::engine::test
