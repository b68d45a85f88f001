// README's "Try it by hand", command by command: what a newcomer types works as written.
#include <gmock/gmock.h>

#include "setup_fixture.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"

namespace train::e2e {
namespace {

using testing::HasSubstr;

// The commands in the fenced blocks of the section, without their comments.
std::vector<std::string> commands_of(const std::string& readme, const std::string& section) {
  std::vector<std::string> out;
  bool here = false;
  bool fenced = false;
  for (const auto& line : split(readme, '\n')) {
    if (starts_with(line, "## ")) here = line == "## " + section;
    if (starts_with(line, "```"))
      fenced = !fenced;
    else if (here && fenced)
      out.emplace_back(trim(std::string_view(line).substr(0, line.find(" #"))));
  }
  return out;
}

class Readme : public Workplace {
 protected:
  Readme() : sandbox_(start_sandbox()) {
    EXPECT_TRUE(sandbox::write_example(*sandbox_, directory_));
    set("TRAIN_CLOCK", sandbox_->url() + "/_sandbox/clock");
  }

  // `curl -d JSON URL`, where the URL is one of the sandbox's.
  void post(const std::vector<std::string>& words) {
    ASSERT_EQ(words.size(), 4U);
    const auto at = words[3].find("/_sandbox");
    const auto path = words[3] == "$TRAIN_CLOCK" ? "/_sandbox/clock" : words[3].substr(at);
    EXPECT_EQ(sandbox_->control("POST", path, words[2]).status, 200) << words[2];
  }

  std::unique_ptr<sandbox::Sandbox> sandbox_;
};

TEST_F(Readme, TryItByHandWorksAsWritten) {
  const auto text = read_file(fs::path(TRAIN_SOURCE_DIR) / "README.md", 1 << 20);
  ASSERT_TRUE(text);
  int ran_commands = 0;
  std::string last_advance;
  for (const auto& line : commands_of(*text, "Try it by hand")) {
    const auto words = split_command(line);
    ASSERT_TRUE(words && !words->empty()) << line;
    if (words->front() == "curl") post(*words);
    if (words->front() != "train" || words->at(1) == "sandbox") continue;
    const auto ran = train({words->begin() + 1, words->end()});
    EXPECT_TRUE(ran.exit_code == 0 || ran.exit_code == 3) << line << "\n" << ran.out << ran.err;
    if (line == "train advance") last_advance = std::to_string(ran.exit_code) + ran.out;
    ++ran_commands;
  }
  EXPECT_GE(ran_commands, 10);
  EXPECT_THAT(last_advance, testing::StartsWith("3"));
  EXPECT_THAT(last_advance, HasSubstr("android halt"));
}

}  // namespace
}  // namespace train::e2e
