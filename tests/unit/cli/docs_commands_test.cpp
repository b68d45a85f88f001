// The pages under docs/commands keep up with the parser, and docs/exit-codes.md with the exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "../../../src/cli/bounds.hpp"
#include "../../../src/cli/commands/commands.hpp"
#include "../../../src/cli/completion.hpp"
#include "../../../src/cli/exit_code.hpp"
#include "run_cli.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/rehearsal/rehearsal.hpp"
#include "train/runner/waiting.hpp"

namespace train::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path k_docs = fs::path(TRAIN_SOURCE_DIR) / "docs";

std::string page(const fs::path& path) {
  const auto text = read_file(path, 1 << 20);
  EXPECT_TRUE(text) << path;
  return text.value_or("");
}

std::vector<CommandWords> commands() {
  static CLI::App root;
  static Context context;
  static Chosen chosen;
  static const bool built = (build_commands(root, context, chosen), true);
  EXPECT_TRUE(built);
  auto words = words_of(root);
  words.erase(words.begin());
  return words;
}

// Commands that only hold others have no page of their own.
std::map<std::string, CommandWords> documented() {
  std::map<std::string, CommandWords> out;
  for (auto& command : commands()) {
    if (command.subcommands.empty()) out[join(command.path, "-")] = command;
  }
  return out;
}

TEST(CommandPages, EveryCommandHasOneAndEveryPageACommand) {
  std::set<std::string> pages;
  for (const auto& entry : fs::directory_iterator(k_docs / "commands")) pages.insert(entry.path().stem().string());
  std::set<std::string> wanted;
  for (const auto& [name, words] : documented()) wanted.insert(name);
  EXPECT_EQ(pages, wanted);
}

TEST(CommandPages, NameEveryLongOptionAndArgument) {
  for (const auto& [name, words] : documented()) {
    const auto text = page(k_docs / "commands" / (name + ".md"));
    for (const auto& option : words.options) {
      if (starts_with(option.names.back(), "--help")) continue;
      EXPECT_THAT(text, HasSubstr(option.names.back())) << name;
    }
    for (const auto& argument : words.arguments) EXPECT_THAT(text, HasSubstr(argument.names.back())) << name;
  }
}

TEST(CommandPages, BeginWithAnExampleAndSayTheirExitCodes) {
  for (const auto& [name, words] : documented()) {
    const auto text = page(k_docs / "commands" / (name + ".md"));
    EXPECT_TRUE(starts_with(text, "# train " + words.path_text() + "\n")) << name;
    const auto example = text.find("```\ntrain " + words.path_text());
    EXPECT_LT(example, text.find("## Synopsis")) << name << ": the example comes first";
    EXPECT_THAT(text, HasSubstr("## Exit codes\n")) << name;
  }
}

TEST(CommandPages, TheGlobalFlagsHaveTheirPage) {
  const auto text = page(k_docs / "global-flags.md");
  CLI::App root;
  Context context;
  Chosen chosen;
  build_commands(root, context, chosen);
  const auto words = words_of(root);
  for (const auto& option : words.front().options) EXPECT_THAT(text, HasSubstr("`" + option.names.back()));
}

// The row of a command in docs/waiting.md, by its first cell.
std::string waiting_row(const std::string& command) {
  const auto text = page(k_docs / "waiting.md");
  const auto begin = text.find("| " + command + " |");
  return begin == std::string::npos ? std::string() : text.substr(begin, text.find('\n', begin) - begin);
}

constexpr auto k_flag_commands = "`flags list`, `flags set`, `flags rollback`";
constexpr auto k_recovery_commands =
    "`recovery list`, `recovery prepare`, `recovery widen`, `recovery deploy`, `recovery cancel`";

TEST(Bounds, ThePageHasTheFiguresOfTheCode) {
  const std::pair<const char*, Patience::Length> bounds[] = {{"`check`", k_check_in_all},
                                                             {"`plan`", k_plan_in_all},
                                                             {"`status --refresh`", k_refresh_in_all},
                                                             {"`signals`", k_signals_in_all},
                                                             {"`start`", k_start_in_all},
                                                             {k_flag_commands, k_flags_in_all},
                                                             {k_recovery_commands, k_recovery_in_all},
                                                             {"`force-update apply`", k_force_update_in_all}};
  for (const auto& [command, bound] : bounds) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(bound).count();
    EXPECT_THAT(waiting_row(command), HasSubstr("| " + std::to_string(minutes) + " min")) << command;
  }
}

TEST(Bounds, ThePageHasTheFiguresOfARun) {
  const auto seconds = [](Patience::Length length) { return std::to_string(length.count() / 1000) + " s"; };
  const auto minutes = [](Patience::Length length) { return std::to_string(length.count() / 60'000) + " min"; };
  const auto row = waiting_row("`advance`");
  EXPECT_THAT(row, HasSubstr("stores " + seconds(runner::k_look_patience) + " a look"));
  EXPECT_THAT(row, HasSubstr("signals " + seconds(runner::k_signals_patience) + " a look"));
  EXPECT_THAT(row, HasSubstr("a step " + minutes(runner::k_step_patience)));
  EXPECT_THAT(row, HasSubstr("after " + std::to_string(runner::k_run_patience.count() / 3'600'000) + " h"));
}

// The commands of the page's second table: what stands in its first cells, without options.
std::multiset<std::string> commands_that_say_how_long_they_wait() {
  const auto text = page(k_docs / "waiting.md");
  std::multiset<std::string> out;
  for (const auto& line : split(text.substr(text.find("## Commands")), '\n')) {
    if (!starts_with(line, "| `")) continue;
    const auto words = split(line.substr(0, line.find(" | ")), '`');
    for (std::size_t i = 1; i < words.size(); i += 2) {
      if (words[i].find(" --") == std::string::npos) out.insert(words[i]);
    }
  }
  return out;
}

TEST(Bounds, EveryCommandHasOneRow) {
  std::multiset<std::string> wanted;
  for (const auto& [name, words] : documented()) wanted.insert(words.path_text());
  EXPECT_EQ(commands_that_say_how_long_they_wait(), wanted);
}

TEST(Scenarios, AreListedUnderTheirGroup) {
  const auto ran = run_cli({"rehearse", "--list"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto listed = rehearsal::listed_scenarios();
  for (const auto group : rehearsal::k_groups) {
    const auto heading = ("\n" + ran.out).find("\n" + std::string(group) + "\n");
    ASSERT_NE(heading, std::string::npos) << group << " is no line of\n" << ran.out;
    const auto rows = ran.out.substr(heading, ran.out.find("\n\n", heading) - heading);
    for (const auto& one : listed) {
      EXPECT_EQ(rows.find("\n  " + one.name + " ") != std::string::npos, one.group == group) << one.name;
    }
  }
}

TEST(ExitCodes, ThePageNamesEach) {
  const auto text = page(k_docs / "exit-codes.md");
  for (const auto exit :
       {Exit::done, Exit::failed, Exit::usage, Exit::person, Exit::conflict, Exit::credentials, Exit::steps_due}) {
    EXPECT_THAT(text, HasSubstr("| " + std::to_string(code(exit)) + " |"));
  }
}

}  // namespace
}  // namespace train::cli
