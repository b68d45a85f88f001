#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>

#include "support/scripted_server.hpp"
#include "train/source/git.hpp"

namespace train::source {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using train::testbed::answer;
using train::testbed::Reply;
using train::testbed::ScriptedServer;

VersionName version() { return VersionName::parse("3.4.0").value(); }
void no_sleep(std::chrono::milliseconds) {}

class ExecBuildTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "train-build-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  Result<Done> start(std::vector<std::string> exec, const std::string& branch = "release/3.4.0") {
    BuildStarter starter;
    starter.exec = std::move(exec);
    return make_build_service(starter, directory_, no_sleep, {})->start_build(version(), branch);
  }
  std::string file(const std::string& name) const {
    std::ifstream in(directory_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::filesystem::path directory_;
};

TEST_F(ExecBuildTest, WordsAreFilledInAndNeverSplit) {
  const auto started =
      start({"sh", "-c", "printf '%s|' \"$@\" > seen", "sh", "{version}", "b={branch}", "a b; $(id)", "{other}"});
  ASSERT_TRUE(started) << started.error().text();
  EXPECT_EQ(file("seen"), "3.4.0|b=release/3.4.0|a b; $(id)|{other}|");
}

TEST_F(ExecBuildTest, AFailureTellsTheEndOfWhatItSaid) {
  const auto started = start({"sh", "-c", "echo no runner free >&2; exit 7"});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::refused);
  EXPECT_THAT(started.error().message, HasSubstr("ended with 7: no runner free"));
}

TEST_F(ExecBuildTest, ACommandThatIsNotThereIsRefused) {
  const auto started = start({"./ci/absent.sh"});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::refused);
}

TEST_F(ExecBuildTest, NoCommandAndOddBranchesAreTheDefinitionsFault) {
  EXPECT_EQ(start({}).error().kind, ErrorKind::definition);
  for (const char* branch : {"", "-x", "a b", "$(id)", "../x"}) {
    EXPECT_EQ(start({"touch", "touched"}, branch).error().kind, ErrorKind::definition) << branch;
  }
  EXPECT_FALSE(std::filesystem::exists(directory_ / "touched"));
}

Result<Done> call(const ScriptedServer& server, const std::string& method = "POST") {
  BuildStarter starter;
  starter.http = HttpCall{server.url("/jobs/{branch}/run?v={version}"),
                          method,
                          {{"Content-Type", "application/json"}},
                          {},
                          R"({"ref":"{branch}","inputs":{"version":"{version}"}})"};
  const auto service = make_build_service(starter, {}, no_sleep, {{"Authorization", Secret("Bearer verysecrettoken")}});
  return service->start_build(version(), "release/3.4.0");
}

TEST(HttpBuild, OneCallWithEverythingFilledIn) {
  const ScriptedServer server({answer(201, "{}")});
  const auto started = call(server);
  ASSERT_TRUE(started) << started.error().text();
  const auto requests = server.requests();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/jobs/release%2F3.4.0/run?v=3.4.0");
  EXPECT_EQ(requests[0].body, R"({"ref":"release/3.4.0","inputs":{"version":"3.4.0"}})");
  EXPECT_EQ(requests[0].header("Authorization"), "Bearer verysecrettoken");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/json");
}

struct Answered {
  const char* name;
  int status;
  ErrorKind kind;
};
class HttpBuildRefusal : public ::testing::TestWithParam<Answered> {};

TEST_P(HttpBuildRefusal, IsOfItsKindSentOnceAndKeepsTheSecret) {
  const ScriptedServer server({answer(GetParam().status, "verysecrettoken is wrong")});
  const auto started = call(server);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, GetParam().kind) << started.error().message;
  EXPECT_THAT(started.error().text(), Not(HasSubstr("verysecrettoken")));
  EXPECT_EQ(server.request_count(), 1u);
}

INSTANTIATE_TEST_SUITE_P(, HttpBuildRefusal,
                         ::testing::Values(Answered{"unauthorized", 401, ErrorKind::auth},
                                           Answered{"absent", 404, ErrorKind::not_found},
                                           Answered{"invalid", 422, ErrorKind::refused},
                                           Answered{"too_often", 429, ErrorKind::rate_limited},
                                           Answered{"broken", 500, ErrorKind::unknown_outcome}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(HttpBuild, ALostAnswerIsUnknown) {
  const ScriptedServer server({Reply{"", Reply::Then::close}});
  const auto started = call(server);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::unknown_outcome);
  EXPECT_EQ(server.request_count(), 1u);
}

TEST(HttpBuild, AMethodNobodyKnowsIsTheDefinitionsFault) {
  const ScriptedServer server({});
  const auto started = call(server, "BREW");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::definition);
  EXPECT_EQ(server.request_count(), 0u);
}

}  // namespace
}  // namespace train::source
