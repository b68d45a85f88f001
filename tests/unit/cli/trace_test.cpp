// The trace of one run: who asked for it gets its lines, nobody else does, and no secret is in it.
#include "compose/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "run_cli.hpp"
#include "support/scripted_server.hpp"
#include "train/http/client.hpp"

namespace train::cli {
namespace {

namespace fs = std::filesystem;
using testbed::answer;
using testbed::ScriptedServer;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TraceTest : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("TRAIN_LOG");
    std::string pattern = (fs::temp_directory_path() / "train-trace-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    context_.invocation.err = &err_;
  }
  void TearDown() override {
    trace_.reset();
    ::unsetenv("TRAIN_LOG");
    fs::remove_all(directory_);
  }

  void open() {
    auto opened = open_trace(context_);
    ASSERT_TRUE(opened) << opened.error().text();
    trace_ = *opened;
  }
  // One read that is tried twice, with a token, a query and a body that must not be seen; and one decision.
  void do_something() {
    ScriptedServer server({answer(503, "canarybody"), answer(200, "canarybody")});
    http::Client client({});
    http::Request request;
    request.url = server.url("/v1/apps?token=canaryquery");
    request.headers = {{"Authorization", "Bearer canarytoken"}};
    ASSERT_EQ(client.read(request).status, 200);
    if (trace_) trace_->on_decision()(a_plan());
  }
  static Plan a_plan(const std::string& seen = "since Monday") {
    Plan plan;
    Step step;
    step.action = Action::set_percent;
    step.app = "android";
    step.version = *VersionName::parse("3.4.0");
    step.to_percent = Percent::whole(20);
    step.because = {{"soak", seen, "until Tuesday"}};
    plan.steps = {step};
    return plan;
  }
  static std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static int mode_of(const fs::path& file) {
    struct stat seen {};
    EXPECT_EQ(::stat(file.c_str(), &seen), 0) << file;
    return static_cast<int>(seen.st_mode & 0777);
  }

  fs::path directory_;
  std::ostringstream err_;
  Context context_;
  std::shared_ptr<Trace> trace_;
};

constexpr const char* k_first_try =
    "train: request GET 127.0.0.1:[0-9]+/v1/apps: read, server error 503, [0-9]+ ms, "
    "again in 1000 ms\n";
constexpr const char* k_second_try =
    "train: request GET 127.0.0.1:[0-9]+/v1/apps: read, ok 200, [0-9]+ ms, attempt 2\n";
constexpr const char* k_decision =
    "decided android 3.4.0: set_percent to 20 % because soak: since Monday (wanted: until Tuesday)\n";

TEST_F(TraceTest, IsOffUnlessAskedFor) {
  open();
  EXPECT_EQ(trace_, nullptr);
  do_something();
  EXPECT_THAT(err_.str(), IsEmpty());
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(TraceTest, ShowsDecisionsAtOneVAndRequestsAtTwo) {
  context_.verbose = 1;
  open();
  do_something();
  EXPECT_EQ(err_.str(), std::string("train: ") + k_decision);
  trace_.reset();
  err_.str("");
  context_.verbose = 2;
  open();
  do_something();
  EXPECT_THAT(err_.str(), AllOf(ContainsRegex(k_first_try), ContainsRegex(k_second_try), HasSubstr(k_decision)));
}

TEST_F(TraceTest, TakesItsLevelFromTheEnvironmentToo) {
  for (const auto& [word, requests] : {std::pair{"debug", true}, std::pair{"info", false}}) {
    err_.str("");
    ::setenv("TRAIN_LOG", word, 1);
    open();
    do_something();
    EXPECT_THAT(err_.str(), HasSubstr(k_decision)) << word;
    EXPECT_EQ(err_.str().find("request GET") != std::string::npos, requests) << word;
    trace_.reset();
  }
  ::setenv("TRAIN_LOG", "loud", 1);
  const auto refused = open_trace(context_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().text(), AllOf(HasSubstr("`loud`"), HasSubstr("off, info or debug")));
}

TEST_F(TraceTest, NeverHoldsASecret) {
  context_.verbose = 2;
  context_.log_file = (directory_ / "trace.log").string();
  open();
  do_something();
  EXPECT_THAT(err_.str(), Not(HasSubstr("canary")));
  EXPECT_THAT(bytes_of(*context_.log_file), AllOf(HasSubstr("/v1/apps"), Not(HasSubstr("canary"))));
}

TEST_F(TraceTest, KeepsBothInAFileOfTheOwnersAlone) {
  context_.log_file = (directory_ / "trace.log").string();
  std::ofstream(*context_.log_file) << "kept\n";
  ASSERT_EQ(::chmod(context_.log_file->c_str(), 0644), 0);
  open();
  do_something();
  EXPECT_THAT(err_.str(), IsEmpty()) << "a file alone prints nothing";
  EXPECT_EQ(mode_of(*context_.log_file), 0600);
  const auto text = bytes_of(*context_.log_file);
  EXPECT_THAT(text, testing::StartsWith("kept\n"));
  EXPECT_THAT(text, AllOf(HasSubstr("request GET"), HasSubstr(k_decision)));
  EXPECT_THAT(text, ContainsRegex("\n20[0-9-]+T[0-9:.]+Z [0-9]+ decided"));
}

TEST_F(TraceTest, RotatesItsFileAndKeepsThreeOlderOnes) {
  context_.log_file = (directory_ / "trace.log").string();
  open();
  const auto tell = trace_->on_decision();
  const Plan plan = a_plan(std::string(3500, 'x'));
  for (int i = 0; i < 6300; ++i) tell(plan);
  int files = 0;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    ++files;
    EXPECT_LE(entry.file_size(), 5u << 20) << entry.path();
    EXPECT_EQ(mode_of(entry.path()), 0600) << entry.path();
  }
  EXPECT_EQ(files, 4);
}

TEST_F(TraceTest, AFileThatCannotBeWrittenIsSaidBeforeAnythingIsDone) {
  const auto ran = run_cli({"version", "--log-file", directory_.string()});
  EXPECT_EQ(ran.code, code(exit_of(ErrorKind::storage)));
  EXPECT_THAT(ran.err, AllOf(HasSubstr("Cannot write the trace"), HasSubstr("--log-file")));
  EXPECT_THAT(ran.out, IsEmpty());
}

TEST_F(TraceTest, ShowsWhatCameFromElsewhereOnOneHarmlessLine) {
  context_.verbose = 1;
  open();
  trace_->on_decision()(a_plan("a\nb\x1b[2J"));
  EXPECT_THAT(err_.str(), HasSubstr("a b\\u{1b}[2J"));
}

}  // namespace
}  // namespace train::cli
