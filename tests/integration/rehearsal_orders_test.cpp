// Orders of people in a rehearsal: refused as the command refuses them, with the same words, and the rehearsal fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/cli/run_cli.hpp"

namespace train::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string k_own = std::string(TRAIN_SOURCE_DIR) + "/config/train.yaml";

Ran rehearse(const std::string& yaml, const std::string& definition = {}) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string("orders-") + test->test_suite_name() + "-" + test->name() + ".yaml";
  for (char& letter : name) letter = letter == '/' ? '-' : letter;
  const auto path = std::filesystem::path(testing::TempDir()) / name;
  std::ofstream(path) << yaml;
  std::vector<std::string> arguments;
  if (!definition.empty()) arguments = {"-f", definition};
  arguments.insert(arguments.end(), {"rehearse", path.string()});
  auto ran = run_cli(std::move(arguments));
  std::filesystem::remove(path);
  return ran;
}

struct Row {
  const char* name;
  const char* event;
  const char* command;
  const char* words;
  const char* hint;
  bool own = false;  // played with a definition that lists people
};

const Row k_rows[] = {
    {"Item", "after: 1h, do: person, run: \"approve nonsense:item\"", "approve nonsense:item",
     "Nothing waits for `nonsense:item`.", "`train status` shows what can be approved."},
    {"Person", "after: 1h, do: person, as: mallory, run: \"approve submission:qa\"", "approve submission:qa",
     "There is nobody called mallory among people.members.", "Give --as a member's name.", true},
    {"Role", "after: 1h, do: person, as: ana, run: \"approve submission:qa\"", "approve submission:qa",
     "ana does not have the role qa.", "Ask somebody who has it.", true},
    {"Abandon", "when: android at 1%, after: 1h, do: person, run: \"abandon --why enough\"", "abandon --why enough",
     "android is serving 1 % of its users.", "`train halt` first, then give it up."},
    {"RecoveryByOthers",
     "when: android at 1%, after: 1h, do: person, as: ben, run: \"recovery prepare android --build 340 --everybody "
     "--why coins\"",
     "recovery prepare android --build 340 --everybody --why coins", "ben does not have the role release_manager.",
     "Ask somebody who has it.", true},
    {"ForceUpdate", "when: android at 1%, do: person, run: \"force-update apply --severity critical --why coins\"",
     "force-update apply --severity critical --why coins", "The definition has no `force_update` section.",
     "Give `force_update.minimum_version`"},
    {"Resume", "when: android phase halted, after: 1h, do: person, run: \"resume android --why mended\"",
     "resume android --why mended", "A breach is latched: crashes.",
     "Add `--override crashes` to go on in spite of it"},
};

// At 1 % users crash, where the row is about a breach.
std::string scenario(const Row& row, const std::string& more = {}) {
  const bool crashes = std::string(row.name) == "Resume";
  return std::string("given: { for: 8d }\nevents:\n") +
         (crashes ? "  - { when: android at 1%, do: health, app: android, crash_rate: 5% }\n" : "") + "  - { " +
         row.event + more + " }\nexpect: [each change once]\n";
}

class RefusedInARehearsal : public testing::TestWithParam<Row> {};

TEST_P(RefusedInARehearsal, FailsItWithTheCommandsOwnWords) {
  const Row& row = GetParam();
  const auto ran = rehearse(scenario(row), row.own ? k_own : "");
  EXPECT_EQ(ran.code, 1) << ran.out << ran.err;
  const std::string command = row.command;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("`" + command + "` is refused: " + row.words), HasSubstr(row.hint),
                             HasSubstr("`" + command + "` is done")));
}

TEST_P(RefusedInARehearsal, MeetsAScenarioThatExpectsIt) {
  const Row& row = GetParam();
  const auto ran = rehearse(scenario(row, ", refused: true"), row.own ? k_own : "");
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("`" + std::string(row.command) + "` is refused"));
}

INSTANTIATE_TEST_SUITE_P(, RefusedInARehearsal, testing::ValuesIn(k_rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RehearsalOrders, WhatIsDoneAlthoughItShouldBeRefusedFailsTheRehearsal) {
  const auto ran = rehearse(
      "given: { for: 2d }\n"
      "events: [{ after: 1h, do: person, as: ben, run: \"hold --why wait\", refused: true }]\n"
      "expect: [each change once]\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("`hold --why wait` is refused"), HasSubstr("ben did it")));
}

TEST(RehearsalOrders, ARefusalThatNobodyCameToIsUnmet) {
  const auto ran = rehearse(
      "given: { for: 1d }\n"
      "events: [{ when: android at 100%, do: person, run: \"abandon --why enough\", refused: true }]\n"
      "expect: [each change once]\n");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("nobody came to say it"));
}

// Who is not named is somebody who may: ben alone has the role qa.
TEST(RehearsalOrders, WhoeverMayActsWhereNobodyIsNamed) {
  const auto ran = rehearse(
      "given: { for: 1d, sign_offs: never }\n"
      "events: [{ after: 1h, do: person, run: \"approve submission:qa\" }]\n"
      "expect: [each change once]\n",
      k_own);
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("ben signs submission:qa"));
}

// Both reach beyond the log: the calls are made, each with its intent and its outcome. What the store refuses is
// refused.
TEST(RehearsalOrders, RecoveriesAndForcedUpdatesAreCarriedOut) {
  const auto ran = rehearse(
      "given: { for: 4d }\n"
      "events:\n"
      "  - { when: android at 1%, after: 1h, do: person, as: ana, run: \"recovery deploy android 17 --build 340 --why "
      "coins\", refused: true }\n"
      "  - { when: android at 1%, after: 1h, do: person, as: ana, run: \"recovery prepare android --build 340 --region "
      "DE "
      "--why coins\" }\n"
      "  - { when: android at 1%, after: 2h, do: person, as: ana, run: \"force-update apply --severity critical --fix "
      "3.4.1 --why coins\" }\n"
      "expect:\n"
      "  - android prepare_recovery happens\n"
      "  - set_minimum_version happens\n"
      "  - android deploy_recovery happens\n"
      "  - set_minimum_version before android deploy_recovery\n",
      k_own);
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("is refused: Google Play has no app recovery 17 of build 340."));
}

// The words come from the same place.
TEST(RehearsalOrders, TheCommandLineSaysTheSame) {
  const auto state = std::filesystem::path(testing::TempDir()) / "orders-state";
  const auto ran =
      run_cli({"-f", k_own, "--state", "file:" + state.string(), "--as", "ana", "approve", "nonsense:item"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "train: Nothing waits for `nonsense:item`.\n  `train status` shows what can be approved.\n");
}

}  // namespace
}  // namespace train::cli
