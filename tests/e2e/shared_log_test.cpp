// One train, three people on three machines that share nothing but a git repository: a laptop that approves and halts,
// a CI job that begins with an empty disk each time, a release manager who looks.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "sandbox_fixture.hpp"

namespace train::e2e {
namespace {

using testing::HasSubstr;

class SharedLog : public SandboxFixture {
 protected:
  void SetUp() override {
    SandboxFixture::SetUp();
    const auto made = run_process({{"git", "init", "--quiet", "--bare", remote().string()}, {}, {}, {}, 1 << 20, 60});
    ASSERT_TRUE(made && made->exit_code == 0);
    ::setenv("TRAIN_STATE", ("git:" + remote().string() + "#refs/train/charge").c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("TRAIN_STATE");
    ::unsetenv("XDG_CACHE_HOME");
    SandboxFixture::TearDown();
  }
  std::filesystem::path remote() const { return directory_ / "log.git"; }

  Ran on(const std::string& machine, std::vector<std::string> arguments) const {
    ::setenv("XDG_CACHE_HOME", (directory_ / machine).c_str(), 1);
    return train_here(std::move(arguments));
  }
  Ran on_a_fresh_ci_job(std::vector<std::string> arguments) {
    return on("ci-" + std::to_string(++jobs_), std::move(arguments));
  }

  std::size_t log_length() const { return Json::parse(on("manager", {"log", "-o", "json"}).out)["events"].size(); }
  // Another definition that came by this log: its orders start nobody else's rollout.
  void nothing_is_taken_from_a_stranger() const {
    const auto before = log_length();
    const auto ours = directory_ / "train.yaml";
    std::ostringstream text;
    text << std::ifstream(ours).rdbuf();
    auto theirs = text.str();
    const std::string id = "bundle_id: com.example.charge";
    ASSERT_NE(theirs.find(id), std::string::npos);
    std::ofstream(ours) << theirs.replace(theirs.find(id), id.size(), "bundle_id: com.example.other");
    for (const std::vector<std::string>& order :
         {std::vector<std::string>{"approve", "submission:qa"}, std::vector<std::string>{"start", "3.5.0"}}) {
      const auto ran = on("stranger", order);
      EXPECT_EQ(ran.code, 1) << order[0] << ran.out << ran.err;
      EXPECT_THAT(ran.err, HasSubstr("ios (App Store com.example.charge)")) << order[0];
    }
    std::ofstream(ours) << text.str();
    EXPECT_EQ(log_length(), before);
  }

  int jobs_ = 0;
};

TEST_F(SharedLog, ALaptopACiJobAndAReleaseManagerMoveOneTrain) {
  ASSERT_EQ(on("laptop", {"start", "3.4.0", "-q"}).code, 0);
  on_a_fresh_ci_job({"advance", "-q"});
  ::setenv("XDG_CACHE_HOME", (directory_ / "laptop").c_str(), 1);
  sign_off();
  for (int look = 0; look < 20 && percent_of("android") < 1; ++look) {
    const auto ran = on_a_fresh_ci_job({"advance"});
    ASSERT_TRUE(ran.code == 0 || ran.code == 3) << ran.out << ran.err;
    pass("4h");
  }
  ASSERT_EQ(percent_of("android"), 1);
  EXPECT_THAT(on("manager", {"status"}).out, HasSubstr("1 %"));

  const auto halted = on("laptop", {"halt", "android", "--why", "crashes in the field", "--yes"});
  ASSERT_EQ(halted.code, 0) << halted.out << halted.err;
  EXPECT_THAT(on("manager", {"status"}).out, HasSubstr("halted")) << "one look is enough";
  const auto ran = on_a_fresh_ci_job({"advance"});
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("✓ android set_percent"))) << "a job that knew nothing obeys the halt";
  EXPECT_THAT(on("manager", {"log", "--verify"}).code, 0);
  nothing_is_taken_from_a_stranger();
  expect_each_change_once();
}

}  // namespace
}  // namespace train::e2e
