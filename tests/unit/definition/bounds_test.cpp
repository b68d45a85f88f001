// Hostile and broken texts end in problems, soon, and never in a crash.
#include <fstream>
#include <random>
#include <sstream>

#include "compose/catalog.hpp"
#include "snippets.hpp"

namespace train::definition {
namespace {

std::string repeated(std::string_view part, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += part;
  return all;
}

std::string alias_bomb() {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) text += ", " + before;
    text += "]\n";
  }
  return text;
}

std::string alias_tower() {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  return text;
}

struct Hostile {
  const char* name;
  std::string yaml;
  std::string expected;   // within the first problem
  std::size_t times = 1;  // that the text is repeated
};
void PrintTo(const Hostile& row, std::ostream* out) { *out << row.name; }

class HostileTexts : public testing::TestWithParam<Hostile> {};
TEST_P(HostileTexts, EndInAProblem) {
  const auto problems = problems_of(repeated(GetParam().yaml, GetParam().times));
  ASSERT_FALSE(problems.empty());
  EXPECT_NE(problems[0].find(GetParam().expected), std::string::npos) << problems[0];
}
INSTANTIATE_TEST_SUITE_P(
    , HostileTexts,
    testing::Values(
        Hostile{"alias_to_itself", "apps: &a [*a]\n", "train.yaml:1:11: this alias refers to the value it stands in"},
        Hostile{"alias_to_an_outer_map", "apps: &a { x: { y: *a } }\n", "train.yaml:1:20: this alias refers"},
        Hostile{"alias_to_nothing", "apps: *a\n", "not valid YAML: the referenced anchor is not defined"},
        Hostile{"alias_bomb", alias_bomb(), "more than 20000 values"},
        Hostile{"alias_tower", alias_tower(), "nested deeper than 32 levels"},
        Hostile{"many_values", "a: [" + repeated("x,", 20001) + "]\n", "more than 20000 values"},
        Hostile{"deep_lists", "[", "nested deeper than 32 levels", 100000},
        Hostile{"deep_maps", "{a: ", "nested deeper than 32 levels", 100000},
        Hostile{"deep_blocks", "- ", "nested deeper than 32 levels", 100000},
        Hostile{"deep_keys", "? ", "nested deeper than 32 levels", 100000},
        Hostile{"too_long", "# 1234567\n", "at most 1048576 are read", 104858},
        Hostile{"tags", "!", "not valid YAML", 100000}, Hostile{"anchors", "&a ", "not valid YAML", 100000},
        Hostile{"documents", "--- a\n", "a second document", 100000},
        Hostile{"utf16",
                std::string("\xff\xfe"
                            "a\0",
                            4),
                "control character 0x00"},
        Hostile{"end_of_transmission", "version: 1\n\x04train: x\n", "train.yaml:2:1: the control character 0x04"}),
    [](const auto& row) { return row.param.name; });

TEST(Bounds, ThirtyTwoLevelsAreRead) {
  // Inside the unknown key's map: the depth itself is no problem, the key is.
  const auto fits = problems_of(std::string(k_base) + "x: " + repeated("[", 31) + repeated("]", 31) + "\n");
  ASSERT_EQ(fits.size(), 1u);
  EXPECT_NE(fits[0].find("unknown key \"x\""), std::string::npos);
  const auto deep = problems_of(std::string(k_base) + "x: " + repeated("[", 32) + repeated("]", 32) + "\n");
  ASSERT_EQ(deep.size(), 1u);
  EXPECT_NE(deep[0].find("nested deeper than 32 levels"), std::string::npos);
}

TEST(Bounds, AMissingFileOrADirectoryIsAProblem) {
  for (const char* path : {"/nowhere/train.yaml", "/"}) {
    const auto loaded = load_file(path, cli::catalog());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().at(0).line, 0);
    EXPECT_FALSE(loaded.error()[0].text.empty());
  }
}

TEST(Bounds, TerminalControlsAreNotRepeated) {
  const auto problems = problems_of(std::string(k_base) +
                                    "\"\\e[31mx\\u202e\": 1\nstate: \"\\a\"\n"
                                    "signals: { \"a\\eb\": {} }\ngates: [{ signal: c }, { signal: \"aeb\" }]\n");
  EXPECT_EQ(problems.size(), 6u) << testing::PrintToString(problems);
  for (const std::string& problem : problems) {
    EXPECT_EQ(problem.find('\x1b'), std::string::npos) << problem;
    EXPECT_EQ(problem.find('\a'), std::string::npos) << problem;
    EXPECT_EQ(problem.find("\u202e"), std::string::npos) << problem;
  }
}

TEST(Bounds, ManyProblemsStaySmall) {
  std::string yaml(k_base);
  yaml += "signals:\n";
  for (int i = 0; i < 3000; ++i) yaml += "  signal" + std::to_string(i) + ": {}\n";
  yaml += "gates:\n";
  for (int i = 0; i < 3000; ++i) yaml += "  - signal: other\n";
  const auto problems = problems_of(yaml);
  EXPECT_EQ(problems.size(), 6000u);
  for (const std::string& problem : problems) ASSERT_LT(problem.size(), 2100u);
}

std::string example_text() {
  std::ifstream in(std::string(TRAIN_SOURCE_DIR) + "/config/train.yaml");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// One to four small damages: bytes changed, cut, doubled, or replaced by what means something in YAML.
std::string damaged(std::string text, std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "[", "]",  "{",    "}",  ":",  "- ", "\n",    "  ",   "&a ",  "*a",   "\"",   "'",  "|",   "%",    "#",
      "~", "!!", "<<: ", "? ", "\t", "-1", "1e999", "null", "\x01", "\xff", "env:", "$x", "{x}", "---\n"};
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  for (std::size_t damages = 1 + below(4); damages > 0; --damages) {
    const std::size_t at = below(text.size());
    const std::size_t length = std::min<std::size_t>(below(30), text.size() - at);
    switch (below(4)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, pieces[below(pieces.size())]);
        break;
      case 2:
        text.replace(at, length, pieces[below(pieces.size())]);
        break;
      default:
        text.insert(below(text.size()), text.substr(at, length));
        break;
    }
  }
  return text;
}

TEST(Damage, NeverCrashesAndAlwaysHasAPlace) {
  const std::string text = example_text();
  ASSERT_GT(text.size(), 3000u);
  std::mt19937 random(20261130);
  int bad = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string yaml = damaged(text, random);
    const auto loaded = load_text(yaml, "/trains/train.yaml", cli::catalog());
    if (loaded) continue;
    ++bad;
    ASSERT_FALSE(loaded.error().empty());
    int line_before = 0;
    for (const Problem& problem : loaded.error()) {
      ASSERT_GE(problem.line, 1) << problem.format() << "\nround " << round;
      ASSERT_GE(problem.column, 1) << problem.format();
      ASSERT_GE(problem.line, line_before) << "not in order: " << problem.format();
      ASSERT_FALSE(problem.text.empty());
      line_before = problem.line;
    }
  }
  EXPECT_GT(bad, 1000);
  EXPECT_LT(bad, 2000);
}

}  // namespace
}  // namespace train::definition
