// `train init`: what it writes loads, and what it cannot write it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "../../../src/cli/starter.hpp"
#include "compose/catalog.hpp"
#include "run_cli.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/definition/load.hpp"

namespace train::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const Starter k_both{"charge", "com.example.charge", "com.example.charge.android", "Europe/Berlin"};

Definition load_text(const std::string& text) {
  auto loaded = definition::load_text(text, "train.yaml", catalog());
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().front().format()) << "\n" << text;
  return loaded ? *loaded : Definition{};
}

TEST(Starter, SaysWhatItWasGiven) {
  const auto text = starter_definition(k_both);
  ASSERT_TRUE(text);
  const auto definition = load_text(*text);
  EXPECT_EQ(definition.train, "charge");
  ASSERT_EQ(definition.apps.size(), 2U);
  EXPECT_EQ(definition.apps[0].store_id, "com.example.charge");
  EXPECT_EQ(definition.apps[1].store_id, "com.example.charge.android");
  EXPECT_EQ(definition.calendar.zone.name(), "Europe/Berlin");
  EXPECT_TRUE(definition.inactive.empty()) << "a starter promises nothing that does not work yet";
}

TEST(Starter, IsShortAndFitsAScreen) {
  const auto lines = split(*starter_definition(k_both), '\n');
  EXPECT_LT(lines.size(), 60U);
  for (const auto& line : lines) EXPECT_LE(utf8_length(line), 120U) << line;
}

TEST(Starter, OneAppIsEnoughAndTheZoneHasADefault) {
  const auto text = starter_definition({"charge", "", "com.example.charge", ""});
  ASSERT_TRUE(text);
  const auto definition = load_text(*text);
  ASSERT_EQ(definition.apps.size(), 1U);
  EXPECT_EQ(definition.apps[0].store(), StoreKind::google_play);
}

TEST(Starter, TheCommentedPartLoadsOnceItIsUncommented) {
  std::string text;
  bool in_comment = false;
  for (const auto& line : split(*starter_definition(k_both), '\n')) {
    in_comment = in_comment || line == "# signals:";
    text += (in_comment && starts_with(line, "# ") ? line.substr(2) : line) + "\n";
  }
  ASSERT_TRUE(in_comment);
  const auto definition = load_text(text);
  EXPECT_EQ(definition.gates.size(), 1U);
  EXPECT_EQ(definition.members.size(), 2U);
  EXPECT_EQ(definition.notify.size(), 1U);
}

struct Refusal {
  std::string name;
  Starter starter;
  std::string says;
};

class StarterRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(StarterRefuses, AsUsageNamingTheFlag) {
  const auto text = starter_definition(GetParam().starter);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::usage);
  EXPECT_THAT(text.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    , StarterRefuses,
    testing::Values(Refusal{"nothing_given", {}, "--train NAME, and --ios BUNDLE_ID or --android PACKAGE"},
                    Refusal{"no_app", {"charge", "", "", ""}, "--ios BUNDLE_ID or --android PACKAGE"},
                    Refusal{"no_name", {"", "com.example", "", ""}, "--train NAME"},
                    Refusal{"no_such_zone", {"charge", "com.example", "", "Europe/Berlyn"}, "--timezone"},
                    Refusal{"yaml_in_a_value", {"charge", "x\nversion: 2", "", ""}, "--ios"},
                    Refusal{"a_comment_in_a_value", {"charge #", "com.example", "", ""}, "--train"},
                    Refusal{"a_name_the_loader_refuses", {"../charge", "com.example", "", ""}, "../charge"}),
    [](const auto& row) { return row.param.name; });

TEST(StarterQuestions, AskOnlyForWhatIsMissing) {
  std::istringstream answers("com.example.charge\n\nAsia/Tokyo\n");
  std::ostringstream questions;
  const auto starter = ask_for_missing({"charge", "", "", ""}, answers, questions);
  ASSERT_TRUE(starter);
  EXPECT_EQ(starter->bundle_id, "com.example.charge");
  EXPECT_EQ(starter->package, "");
  EXPECT_EQ(starter->timezone, "Asia/Tokyo");
  EXPECT_THAT(questions.str(), testing::Not(HasSubstr("Name of the train")));
}

TEST(StarterQuestions, AnswersThatEndEarlyWriteNothing) {
  std::istringstream answers("charge\n");
  std::ostringstream questions;
  const auto starter = ask_for_missing({}, answers, questions);
  ASSERT_FALSE(starter);
  EXPECT_EQ(starter.error().kind, ErrorKind::usage);
}

class InitCommand : public testing::Test {
 protected:
  InitCommand() : directory_(fs::path(testing::TempDir()) / ("train-init-" + std::to_string(::getpid()))) {
    fs::create_directories(directory_);
  }
  ~InitCommand() override { fs::remove_all(directory_); }
  Ran init(std::vector<std::string> more) {
    std::vector<std::string> all{"init", "--train", "charge", "--ios", "com.example.charge", "--out", file().string()};
    all.insert(all.end(), more.begin(), more.end());
    return run_cli(std::move(all));
  }
  fs::path file() const { return directory_ / "train.yaml"; }
  fs::path directory_;
};

TEST_F(InitCommand, WritesAFileThatLoads) {
  const auto ran = init({});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(definition::load_file(file(), catalog()));
}

TEST_F(InitCommand, OverwritesOnlyWhenForced) {
  std::ofstream(file()) << "mine\n";
  const auto refused = init({});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_EQ(*read_file(file(), 100), "mine\n");
  EXPECT_EQ(init({"--force"}).code, 0);
  EXPECT_TRUE(definition::load_file(file(), catalog()));
}

TEST_F(InitCommand, AwayFromATerminalMissingFlagsAreExitTwo) {
  const auto ran = run_cli({"init", "--out", file().string()});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--train"));
  EXPECT_THAT(ran.err, HasSubstr("--android"));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(InitCommand, SaysItsFileInJson) {
  const auto json = nlohmann::json::parse(init({"-o", "json"}).out, nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["schema"], "train.init/1");
  EXPECT_EQ(json["file"], file().string());
}

}  // namespace
}  // namespace train::cli
