// The second promise, shown: kill -9 anywhere, two at once, answers lost, and every store call still happens once.
#include <fstream>
#include <random>
#include <sstream>

#include "sandbox_fixture.hpp"

namespace train::e2e {
namespace {

constexpr int k_looks_max = 120;  // a release of this example takes about thirty

class Killed : public SandboxFixture {
 protected:
  // Kills `pid` when the sandbox sees its `at`th store request from now, before or after the effect.
  void arm(sandbox::Moment moment, int at) {
    left_ = at;
    moment_ = moment;
    sandbox_->set_hook([this](sandbox::Moment seen, std::uint64_t, std::string_view, std::string_view path) {
      if (path.substr(0, 10) == "/_sandbox/" || seen != moment_ || --left_ != 0) return;
      const pid_t pid = victim_.exchange(0);
      if (pid > 0) ::kill(pid, SIGKILL);
    });
  }

  // One `advance`, killed at a chosen request. False when it ended by itself first.
  bool advance_and_kill(sandbox::Moment moment, int at) {
    victim_ = 0;
    arm(moment, at);
    const pid_t pid = spawn_train({"advance", "-q"});
    victim_ = pid;
    const int code = wait_for(pid);
    victim_ = 0;
    sandbox_->set_hook({});
    EXPECT_TRUE(code == 128 + SIGKILL || code == 0 || code == 3 || code == 1) << code;
    return code == 128 + SIGKILL;
  }

  // One `advance`, killed after so many milliseconds, wherever it is.
  bool advance_and_kill_after(double seconds) {
    ProcessRequest request;
    request.argv = {"timeout", "-s", "KILL", std::to_string(seconds), TRAIN_BINARY, "advance", "-q"};
    request.directory = directory_;
    request.environment = environment();
    const auto ran = run_process(request);
    return ran && ran->exit_code == 128 + SIGKILL;
  }

  std::atomic<pid_t> victim_{0};
  std::atomic<int> left_{0};
  std::atomic<sandbox::Moment> moment_{sandbox::Moment::before_effect};
};

TEST_F(Killed, TwoHundredTimesAndEachChangeStillHappensOnce) {
  constexpr int kills_wanted = 200;
  std::mt19937 random(20261130);
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  int kills = 0;
  int looks = 0;
  bool signed_off = false;
  while (looks < k_looks_max && !is_done()) {
    ++looks;
    const int tries = 9;
    for (int i = 0; i < tries && kills < kills_wanted; ++i) {
      const int kind = static_cast<int>(random() % 3);
      const int at = 1 + static_cast<int>(random() % 14);
      if (kind == 0) kills += advance_and_kill(sandbox::Moment::before_effect, at) ? 1 : 0;
      if (kind == 1) kills += advance_and_kill(sandbox::Moment::after_effect, at) ? 1 : 0;
      if (kind == 2) kills += advance_and_kill_after(0.002 + 0.001 * static_cast<double>(random() % 40)) ? 1 : 0;
    }
    const auto ran = train({"advance", "-q"});
    EXPECT_EQ(ran.code, 0) << ran.err << ran.out;
    if (!signed_off) sign_off();
    signed_off = true;
    pass("6h");
  }
  RecordProperty("kills", kills);
  RecordProperty("looks", looks);
  EXPECT_GE(kills, kills_wanted);
  EXPECT_TRUE(is_done()) << train({"status"}).out;
  EXPECT_EQ(percent_of("ios"), 100);
  EXPECT_EQ(percent_of("android"), 100);
  expect_each_change_once();
  EXPECT_EQ(train({"log", "--verify", "-q"}).code, 0);
}

TEST_F(Killed, TwoAtOnceFiftyRoundsOneActs) {
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  sign_off();
  constexpr int rounds = 50;
  int conflicts = 0;
  for (int round = 0; round < rounds; ++round) {
    const pid_t one = spawn_train({"advance", "-q"});
    const pid_t two = spawn_train({"advance", "-q"});
    const int first = wait_for(one);
    const int second = wait_for(two);
    EXPECT_TRUE(first == 0 || first == 4) << first;
    EXPECT_TRUE(second == 0 || second == 4) << second;
    EXPECT_TRUE(first == 0 || second == 0) << "both stood back in round " << round;
    conflicts += (first == 4 ? 1 : 0) + (second == 4 ? 1 : 0);
    pass("6h");
  }
  RecordProperty("conflicts", conflicts);
  EXPECT_GT(conflicts, 0) << "they never met: the test shows nothing";
  EXPECT_EQ(percent_of("android"), 100);
  expect_each_change_once();
}

class AnswersLost : public SandboxFixture {
 protected:
  // Writes to a store so far; control calls and the inbox are not a store's.
  int writes_to(const std::string& prefix) const {
    int count = 0;
    for (const auto& call : control("GET", "calls")) {
      count +=
          call.value("method", "") != "GET" && call.value("path", "").compare(0, prefix.size(), prefix) == 0 ? 1 : 0;
    }
    return count;
  }

  // Every kind of write happens on this ladder; the stages that are left out only repeat `set_percent` and the pauses
  // between, and would double the time.
  void shorten_ladders() const {
    const auto file = directory_ / "train.yaml";
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    auto yaml = text.str();
    const std::string whole = "[1, 5, 20, 50, 100]";
    int found = 0;
    for (auto at = yaml.find(whole); at != std::string::npos; at = yaml.find(whole), ++found)
      yaml.replace(at, whole.size(), "[1, 5, 100]");
    EXPECT_EQ(found, 2);
    std::ofstream(file) << yaml;
  }

  // From `start` to the end, looking every twelve hours.
  void run_release() {
    shorten_ladders();
    ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
    sign_off();
    for (int look = 0; look < k_looks_max && !is_done(); ++look) {
      const auto ran = train_here({"advance", "-q"});
      EXPECT_EQ(ran.code, 0) << ran.err << ran.out;
      pass("12h");
    }
    EXPECT_TRUE(is_done()) << train_here({"status"}).out;
  }

  // Every second write, from the `first`th on: two tests share the writes, and run side by side.
  void lose_each_answer_of(const std::string& prefix, int first) {
    run_release();
    const int writes = writes_to(prefix);
    const auto expected = changes();
    ASSERT_GT(writes, 5);
    for (int i = first; i <= writes && !HasFailure(); i += 2) {
      SCOPED_TRACE("the answer of write " + std::to_string(i) + " to " + prefix + " is lost");
      start_sandbox({});
      control("POST", "faults",
              {{"path", prefix}, {"method", "write"}, {"every", i}, {"times", 1}, {"fault", "drop_after_effect"}});
      run_release();
      EXPECT_TRUE(control("GET", "faults").empty()) << "it never struck";
      expect_each_change_once();
      const auto now = changes();
      EXPECT_EQ(std::multiset<std::string>(expected.begin(), expected.end()),
                std::multiset<std::string>(now.begin(), now.end()));
    }
  }
};

TEST_F(AnswersLost, OfEachOddWriteToTheAppStoreInTurn) { lose_each_answer_of("/app-store/", 1); }
TEST_F(AnswersLost, OfEachEvenWriteToTheAppStoreInTurn) { lose_each_answer_of("/app-store/", 2); }
TEST_F(AnswersLost, OfEachOddWriteToGooglePlayInTurn) { lose_each_answer_of("/play/", 1); }
TEST_F(AnswersLost, OfEachEvenWriteToGooglePlayInTurn) { lose_each_answer_of("/play/", 2); }

class Adopted : public SandboxFixture {};

TEST_F(Adopted, AReleasePutThereByHandAtFivePercentGoesOnFromThere) {
  control("POST", "person",
          {{"app", "android"}, {"action", "rollout"}, {"version", "3.4.0"}, {"build", "340"}, {"percent", 5}});
  ASSERT_EQ(percent_of("android"), 5);
  const auto started = train({"start", "3.4.0", "-o", "json"});
  ASSERT_EQ(started.code, 0) << started.err;
  const auto status = Json::parse(started.out);
  const auto& android = status["apps"][1];
  EXPECT_EQ(android["phase"], "rolling_out");
  EXPECT_EQ(android["percent"], 5);
  EXPECT_EQ(android["stage"], 2);
  EXPECT_EQ(train({"advance", "-q"}).code, 0);
  EXPECT_EQ(percent_of("android"), 5) << "it soaks first";
  pass("25h");
  EXPECT_EQ(train({"advance", "-q"}).code, 0);
  EXPECT_EQ(percent_of("android"), 20);
}

}  // namespace
}  // namespace train::e2e
