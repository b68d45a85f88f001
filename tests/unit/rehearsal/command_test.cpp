#include "../../../src/rehearsal/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace train::rehearsal {
namespace {

using testing::HasSubstr;

const AppRoster k_players{{"ios", StoreKind::app_store}, {"android", StoreKind::google_play}};
const VersionName k_ordered = *VersionName::parse("3.4.0");

Definition with_approval() {
  Definition definition;
  App ios;
  ios.name = "ios";
  App android;
  android.name = "android";
  definition.apps = {ios, android};
  definition.approvals = {{"qa", Before::submission, 1}};
  return definition;
}

// One open release; android serves 5 %, ios serves nothing; qa has signed.
engine::State some_state() {
  engine::State state;
  const auto add = [&](EventBody body) {
    engine::apply(state, Event{state.seq + 1, Instant(Duration(1000)), "qa", std::move(body), {}, {}});
  };
  add(event::Opened{k_ordered, false, std::nullopt, std::nullopt});
  add(event::CandidateChosen{k_ordered, "ios", BuildNumber::from(340), {}, {}, "store", {}});
  event::SignedOff signed_off;
  signed_off.version = k_ordered;
  signed_off.item = "submission:qa";
  add(signed_off);
  event::Seen seen;
  seen.version = k_ordered;
  seen.app = "android";
  seen.release = SeenRelease{};
  seen.release->version = k_ordered;
  seen.release->status = ReleaseStatus::serving;
  seen.release->percent = Percent::whole(5);
  add(seen);
  return state;
}

Result<std::vector<EventBody>> events(std::string_view text, const engine::State& state) {
  const auto command = read_command(text, k_players);
  if (!command) return fail(ErrorKind::usage, command.error());
  return events_of(*command, with_approval(), state);
}

TEST(Command, ReadsWhyAndOverrides) {
  const auto command =
      read_command("resume android --why the fix is out --override crashes --override payments", k_players);
  ASSERT_TRUE(command) << command.error();
  EXPECT_EQ(command->verb, Command::Verb::resume);
  EXPECT_EQ(command->app, "android");
  EXPECT_EQ(command->why, "the fix is out");
  EXPECT_THAT(command->overrides, testing::ElementsAre("crashes", "payments"));
}

struct Refused {
  const char* name;
  const char* text;
  const char* said;
};
class RefusedOrder : public testing::TestWithParam<Refused> {};

TEST_P(RefusedOrder, SaysWhatIsWrong) {
  const auto command = read_command(GetParam().text, k_players);
  ASSERT_FALSE(command);
  EXPECT_THAT(command.error(), HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(, RefusedOrder,
                         testing::Values(Refused{"empty", "", "The command is empty"},
                                         Refused{"slip", "haltt ios --why x", "did you mean \"halt\""},
                                         Refused{"no_why", "hold", "--why TEXT is needed"},
                                         Refused{"empty_why", "hold --why", "--why needs a value"},
                                         Refused{"unknown_app", "halt web --why x", "there is no app \"web\""},
                                         Refused{"file", "build add ios app.ipa", "is no build number"},
                                         Refused{"override_of_halt", "halt ios --why x --override y", "is no option"},
                                         Refused{"open_quote", "hold --why \"x", "\"x"}),
                         [](const auto& row) { return row.param.name; });

TEST(Command, AHaltWithoutAppIsAboutExposedApps) {
  const auto made = events("halt --why lost trips", some_state());
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_EQ(made->size(), 1u);
  EXPECT_EQ(std::get<event::HaltOrdered>(made->front()).app, "android");
}

TEST(Command, ANewerBuildVoidsWhatWasSigned) {
  const auto made = events("build add ios 341", some_state());
  ASSERT_TRUE(made);
  const auto& chosen = std::get<event::CandidateChosen>(made->front());
  EXPECT_EQ(chosen.build.text(), "341");
  EXPECT_THAT(chosen.voided, testing::ElementsAre("submission:qa"));
}

TEST(Command, ASignOffCountsUnderItsRole) {
  const auto made = events("approve submission:qa", some_state());
  ASSERT_TRUE(made);
  EXPECT_EQ(std::get<event::SignedOff>(made->front()).role, "qa");
}

TEST(Command, NeedsARelease) {
  const auto made = events("abandon --why no time", engine::State());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::refused);
}

}  // namespace
}  // namespace train::rehearsal
