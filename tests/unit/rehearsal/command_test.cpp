#include "../../../src/rehearsal/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace train::rehearsal {
namespace {

using testing::HasSubstr;

const AppRoster k_players{{"ios", StoreKind::app_store}, {"android", StoreKind::google_play}};

TEST(Command, ReadsWhyAndOverrides) {
  const auto command =
      read_command("resume android --why the fix is out --override crashes --override payments", k_players);
  ASSERT_TRUE(command) << command.error();
  EXPECT_EQ(command->order->words, "resume");
  EXPECT_EQ(command->arguments.app, "android");
  EXPECT_EQ(command->arguments.why, "the fix is out");
  EXPECT_THAT(command->arguments.overrides, testing::ElementsAre("crashes", "payments"));
}

TEST(Command, TakesASwitchBeforeAndAfterAWord) {
  for (const auto* text : {"start 3.4.2 --hotfix", "start --hotfix 3.4.2"}) {
    const auto command = read_command(text, k_players);
    ASSERT_TRUE(command) << command.error();
    EXPECT_EQ(command->arguments.version, "3.4.2");
    EXPECT_TRUE(command->arguments.hotfix);
  }
}

TEST(Command, NeedsNoConfirmation) {
  const auto command = read_command("standby release android --why crashes --yes", k_players);
  ASSERT_TRUE(command) << command.error();
  EXPECT_EQ(command->order->words, "standby release");
  EXPECT_EQ(command->arguments.why, "crashes");
}

// Whatever the command line takes as an order, a scenario takes too.
TEST(Command, EveryOrderOfTheTableIsRead) {
  for (const auto& row : orders::commands()) {
    std::string text(row.words);
    for (const auto& argument : row.arguments) {
      if (std::holds_alternative<bool orders::Arguments::*>(argument.holds)) continue;
      if (argument.is_option()) text += " " + std::string(argument.name);
      text += argument.name == "APP"       ? " ios"
              : argument.name == "BUILD"   ? " 341"
              : argument.name == "VERSION" ? " 3.5.0"
                                           : " x";
    }
    const auto command = read_command(text, k_players);
    ASSERT_TRUE(command) << command.error();
    EXPECT_EQ(command->order, &row) << text;
  }
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
                                         Refused{"no_build", "build add ios", "wanted: build add APP BUILD"},
                                         Refused{"no_item", "approve", "wanted: approve ITEM"},
                                         Refused{"word_too_many", "abandon now --why x", "wanted: abandon --why TEXT"},
                                         Refused{"no_version", "start soon", "is no version such as 3.4.0"},
                                         Refused{"override_of_halt", "halt ios --why x --override y", "is no option"},
                                         Refused{"open_quote", "hold --why \"x", "\"x"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::rehearsal
