// Shell completion: made from the parser's tree, and asked in a real bash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "../../../src/cli/commands/commands.hpp"
#include "../../../src/cli/completion.hpp"
#include "run_cli.hpp"
#include "train/base/process.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

const std::vector<CommandWords>& tree() {
  static const auto words = [] {
    static CLI::App root;
    static Context context;
    static Chosen chosen;
    build_commands(root, context, chosen);
    return words_of(root);
  }();
  return words;
}

const CommandWords& command(const std::string& path) {
  const auto found =
      std::find_if(tree().begin(), tree().end(), [&](const CommandWords& each) { return each.path_text() == path; });
  EXPECT_NE(found, tree().end()) << path;
  return *found;
}

TEST(CompletionWords, FollowTheTree) {
  EXPECT_THAT(tree().front().subcommands, Contains("start"));
  EXPECT_THAT(command("build").subcommands, ElementsAre("add"));
  EXPECT_EQ(command("build add").arguments.size(), 2U);
  EXPECT_EQ(command("check").what, "The definition, then what should be so before a release leaves");
}

TEST(CompletionWords, KnowWhichOptionsTakeAValue) {
  for (const auto& option : command("").options) {
    const auto& name = option.names.back();
    const bool wanted = name == "--file" || name == "--output" || name == "--state" || name == "--as" ||
                        name == "--color" || name == "--log-file";
    EXPECT_EQ(option.takes_value, wanted) << name;
  }
}

// What bash offers behind `line`, whose last word is being typed.
std::vector<std::string> offered(const std::string& line) {
  const std::string ask =
      "source /dev/stdin; read -ra COMP_WORDS <<< \"$0\"; [[ \"$0\" == *' ' ]] && COMP_WORDS+=(''); "
      "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _train; printf '%s\\n' \"${COMPREPLY[@]}\"";
  ProcessRequest request;
  request.argv = {"bash", "--norc", "-c", ask, line};
  request.input = *completion_script("bash", tree());
  const auto output = run_process(request);
  EXPECT_TRUE(output) << (output ? "" : output.error().message);
  if (!output) return {};
  EXPECT_EQ(output->err, "");
  auto words = split(output->out, '\n');
  words.erase(std::remove(words.begin(), words.end(), ""), words.end());
  return words;
}

TEST(BashCompletion, OffersCommands) {
  EXPECT_THAT(offered("train sta"), UnorderedElementsAre("start", "status", "standby"));
  EXPECT_THAT(offered("train "), Contains("advance"));
  EXPECT_THAT(offered("train "), Not(Contains("--file")));
}

TEST(BashCompletion, OffersACommandsOwnFlagsAndTheGlobalOnes) {
  const auto words = offered("train start --");
  EXPECT_THAT(words, Contains("--hotfix"));
  EXPECT_THAT(words, Contains("--output"));
  EXPECT_THAT(words, Not(Contains("--offline")));
}

TEST(BashCompletion, OffersWhatANestedCommandAndAnArgumentTake) {
  EXPECT_THAT(offered("train build "), ElementsAre("add"));
  EXPECT_THAT(offered("train completion "), UnorderedElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(offered("train -f other.yaml -o json sta"), UnorderedElementsAre("start", "status", "standby"));
}

TEST(BashCompletion, OffersTheValuesOfAnOption) {
  EXPECT_THAT(offered("train status --output "), UnorderedElementsAre("text", "json"));
  EXPECT_THAT(offered("train --color a"), UnorderedElementsAre("auto", "always"));
}

TEST(BashCompletion, OffersEveryCommandOfTheTree) {
  const auto words = offered("train ");
  for (const auto& name : tree().front().subcommands) EXPECT_THAT(words, Contains(name));
}

TEST(Completion, EveryShellHearsOfEveryCommandAndFlag) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    SCOPED_TRACE(shell);
    const auto script = completion_script(shell, tree());
    ASSERT_TRUE(script);
    for (const auto& each : tree()) {
      for (const auto& sub : each.subcommands) EXPECT_THAT(*script, HasSubstr(sub));
      for (const auto& option : each.options) EXPECT_THAT(*script, HasSubstr(option.names.back().substr(2)));
    }
    EXPECT_THAT(*script, Not(testing::ContainsRegex("@[A-Z]+@"))) << "a place that was not filled in";
  }
}

TEST(CompletionCommand, PrintsTheScriptOrNamesTheShells) {
  EXPECT_EQ(run_cli({"completion", "bash"}).out, *completion_script("bash", tree()));
  const auto ran = run_cli({"completion", "tcsh"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("bash, zsh, fish"));
}

}  // namespace
}  // namespace train::cli
