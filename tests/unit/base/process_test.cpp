// Other programs: what they are given, what is taken from them, and the bounds.
#include "train/base/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ProcessRequest shell(const std::string& script) {
  ProcessRequest request;
  request.argv = {"sh", "-c", script};
  return request;
}

TEST(Processes, GiveTheirOutputAndExitCode) {
  const auto ran = run_process(shell("cat; echo err >&2; exit 3"));
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_EQ(ran->out, "");
  EXPECT_EQ(ran->err, "err\n");
  EXPECT_EQ(ran->exit_code, 3);
}

TEST(Processes, GetInputDirectoryAndEnvironment) {
  auto request = shell("cat; echo $WHO; pwd");
  request.input = "in ";
  request.directory = "/";
  request.environment = {{"WHO", "ana"}};
  const auto ran = run_process(request);
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_EQ(ran->out, "in ana\n/\n");
}

TEST(Processes, AreNotReadByAShell) {
  ProcessRequest request;
  request.argv = {"echo", "$HOME", "; ls"};
  const auto ran = run_process(request);
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_EQ(ran->out, "$HOME ; ls\n");
}

TEST(Processes, ThatAreKilledSaySo) {
  const auto ran = run_process(shell("kill -9 $$"));
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_EQ(ran->exit_code, 128 + 9);
}

TEST(Processes, ThatCannotStartAreRefused) {
  ProcessRequest request;
  request.argv = {"no-such-program-of-train"};
  const auto ran = run_process(request);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().kind, ErrorKind::refused);
  EXPECT_THAT(ran.error().message, HasSubstr("no-such-program-of-train"));
}

TEST(Processes, ThatWriteTooMuchAreRefused) {
  auto request = shell("while :; do echo xxxxxxxxxxxxxxxx; done");
  request.output_limit_bytes = 1000;
  const auto ran = run_process(request);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().kind, ErrorKind::refused);
}

TEST(Processes, ThatTakeTooLongAreKilled) {
  auto request = shell("exec sleep 600");
  request.timeout_seconds = 0;
  const auto ran = run_process(request);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().kind, ErrorKind::refused);
}

TEST(CommandLines, AreSplitWithQuotesAndEscapesOnly) {
  EXPECT_THAT(*split_command("a  b 'c d' \"e 'f'\" g\\ h"), ElementsAre("a", "b", "c d", "e 'f'", "g h"));
  EXPECT_THAT(*split_command("echo $HOME *"), ElementsAre("echo", "$HOME", "*"));
  EXPECT_THAT(*split_command("a ''"), ElementsAre("a", ""));
  for (const char* open : {"'a", "\"a", "", "  "}) EXPECT_FALSE(split_command(open)) << open;
}

}  // namespace
}  // namespace train
