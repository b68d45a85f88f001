// A stop always stops, by the commands people type: while another process uploads, hangs on a webhook, or is stopped.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <sstream>

#include "sandbox_fixture.hpp"

namespace train::e2e {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto k_bound = 10s;  // twice what is promised: the machine of a test has other work

class Stops : public SandboxFixture {
 protected:
  void TearDown() override {
    let_go();
    for (const pid_t pid : others_) {
      ::kill(pid, SIGKILL);
      wait_for(pid);
    }
    sandbox_->set_hook({});
    SandboxFixture::TearDown();
  }

  // iOS at 1 %; Android has not been uploaded.
  void ios_is_out() {
    std::filesystem::rename(directory_ / "build", directory_ / "later");
    ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
    sign_off();
    for (int i = 0; i < 12 && percent_of("ios") < 1; ++i) {
      train_here({"advance", "-q"});
      pass("6h");
    }
    ASSERT_GE(percent_of("ios"), 1);
    std::filesystem::rename(directory_ / "later", directory_ / "build");
  }
  void android_is_out() {
    ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
    sign_off();
    for (int i = 0; i < 12 && percent_of("android") < 1; ++i) {
      train_here({"advance", "-q"});
      pass("6h");
    }
    ASSERT_GE(percent_of("android"), 1);
  }

  void both_are_out() {
    android_is_out();
    for (int i = 0; i < 12 && percent_of("ios") < 1; ++i) {
      train_here({"advance", "-q"});
      pass("6h");
    }
    ASSERT_GE(percent_of("ios"), 1);
  }

  // The next request below `path` is not answered before `let_go`.
  void hold_back(const std::string& path, const std::string& method = "") {
    sandbox_->set_hook(
        [this, path, method](sandbox::Moment moment, std::uint64_t, std::string_view how, std::string_view target) {
          if (moment != sandbox::Moment::before_effect || target.substr(0, path.size()) != path) return;
          if (!method.empty() && how != method) return;
          std::unique_lock lock(mutex_);
          if (is_let_go_) return;
          is_held_ = true;
          changed_.notify_all();
          changed_.wait(lock, [this] { return is_let_go_; });
        });
  }
  bool is_held_back() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 60s, [this] { return is_held_; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    is_let_go_ = true;
    changed_.notify_all();
  }
  // Another process of train, left alone.
  pid_t other(const std::vector<std::string>& arguments) {
    others_.push_back(spawn_train(arguments));
    return others_.back();
  }
  // Waits for it; it is nobody's to end any more.
  int end_of(pid_t pid) {
    others_.erase(std::remove(others_.begin(), others_.end(), pid), others_.end());
    return wait_for(pid);
  }
  std::string said(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(directory_ / file).rdbuf();
    return text.str();
  }

  // A stop that must not be kept waiting.
  Ran stop_in_time(const std::vector<std::string>& arguments) {
    const auto began = std::chrono::steady_clock::now();
    const auto ran = train(arguments);
    EXPECT_LT(std::chrono::steady_clock::now() - began, k_bound) << ran.out << ran.err;
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    return ran;
  }
  std::string state_of(const std::string& app) const { return store_state()[app]["candidate"].value("state", ""); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_held_ = false;
  bool is_let_go_ = false;
  std::vector<pid_t> others_;
};

// Each of these was refused with exit 4.
TEST_F(Stops, WhileAnotherProcessUploadsTheOtherApp) {
  ios_is_out();
  hold_back("/play/upload", "PUT");
  other({"advance", "-q"});
  ASSERT_TRUE(is_held_back());
  const auto ran = stop_in_time({"halt", "ios", "--why", "payments fail", "--yes"});
  EXPECT_THAT(state_of("ios"), HasSubstr("PAUSED"));
  EXPECT_THAT(ran.out, HasSubstr("✓ ios: halted 3.4.0"));
}

TEST_F(Stops, WhileAProcessThatUploadsIsStopped) {
  ios_is_out();
  hold_back("/play/upload", "PUT");
  const pid_t pid = other({"advance", "-q"});
  ASSERT_TRUE(is_held_back());
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  stop_in_time({"rollback", "ios", "--why", "payments fail", "--yes"});
  EXPECT_THAT(state_of("ios"), HasSubstr("PAUSED"));
}

TEST_F(Stops, WhileAWebhookHangs) {
  android_is_out();
  hold_back("/_sandbox/inbox", "POST");
  pass("25h");
  other({"advance", "-q"});
  ASSERT_TRUE(is_held_back());
  stop_in_time({"halt", "--why", "payments fail", "--yes"});
  EXPECT_THAT(state_of("android"), HasSubstr("halted"));
}

// The other process's raise is in the middle of its call.
TEST_F(Stops, WhileAnotherProcessRaises) {
  android_is_out();
  train_here({"advance", "-q"});  // the stage begins where a run sees it
  pass("25h");
  hold_back("/play/androidpublisher/v3/applications/com.example.charge/edits", "PUT");
  const pid_t pid = other({"advance", "-q"});
  ASSERT_TRUE(is_held_back());
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  let_go();
  // Where it stopped it may hold the log's lock: then the stop says that its order is not in the log.
  const auto began = std::chrono::steady_clock::now();
  const auto ran = train({"halt", "android", "--why", "payments fail", "--yes"});
  EXPECT_LT(std::chrono::steady_clock::now() - began, k_bound) << ran.out << ran.err;
  EXPECT_THAT(state_of("android"), HasSubstr("halted"));
  EXPECT_THAT(ran.code, AnyOf(0, 1)) << "that another run is at work is no answer to a stop";
  const bool in_the_log = ran.code == 0;
  EXPECT_THAT(ran.out + ran.err, HasSubstr(in_the_log ? "is still under way" : "The order is not in the log"));
  ASSERT_EQ(::kill(pid, SIGCONT), 0);
  end_of(pid);
  EXPECT_THAT(state_of("android"), HasSubstr("halted")) << "it rose after the order";
}

TEST_F(Stops, WhileTheOtherStoreDoesNotAnswer) {
  both_are_out();
  hold_back("/app-store/", "PATCH");
  const auto began = std::chrono::steady_clock::now();
  const pid_t pid = other({"halt", "--why", "payments fail", "--yes"});
  ASSERT_TRUE(is_held_back());
  EXPECT_THAT(said("out.txt"), HasSubstr("… ios: halting 3.4.0")) << "nothing is shown while it waits";
  EXPECT_EQ(end_of(pid), 1) << said("out.txt") << said("err.txt");
  EXPECT_LT(std::chrono::steady_clock::now() - began, k_bound) << said("out.txt");
  EXPECT_THAT(state_of("android"), HasSubstr("halted"));
  EXPECT_THAT(said("out.txt"), AllOf(HasSubstr("✓ android: halted 3.4.0"), HasSubstr("✗ ios: could not stop 3.4.0")));
}

// ---- what is shown before

TEST_F(Stops, TheListNamesEveryAppAndWhatIsDoneThere) {
  ios_is_out();
  train_here({"advance", "-q"});
  const auto dry = train_here({"halt", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, AllOf(HasSubstr("ios      keep 3.4.0 halted at 1 %"),
                             HasSubstr("android  halt 3.4.0, which Google reviews"), HasSubstr("Alternatives:")));
  EXPECT_LT(dry.out.find("android  halt 3.4.0"), dry.out.find("Alternatives:")) << "what it does comes first";
  EXPECT_THAT(state_of("android"), Not(HasSubstr("halted"))) << "nothing was done";
  const auto asked = train_here({"halt", "--why", "x"});
  EXPECT_EQ(asked.code, 2) << "nobody confirmed it";
  EXPECT_THAT(asked.err, HasSubstr("ios      keep 3.4.0 halted at 1 %"));
  EXPECT_THAT(train_here({"rollback", "--dry-run"}).out, HasSubstr("flags    set new_checkout to false"));
  EXPECT_EQ(Json::parse(train_here({"halt", "ios", "--dry-run", "-o", "json"}).out)["stops"][0]["does"], "halt");
}

TEST_F(Stops, WhatIsInReviewIsTakenBackInsteadOfNothingToStop) {
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  sign_off();
  ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
  const auto held = train_here({"hold", "--why", "support sees something", "--as", "ana"});
  EXPECT_THAT(held.out + held.err, HasSubstr("nothing is submitted, released or raised"));
  EXPECT_THAT(train_here({"status"}).out, HasSubstr("held by ana: support sees something"));
  const auto shown = status();
  for (const auto& app : shown["apps"]) {
    EXPECT_TRUE(std::any_of(app["waiting_for"].begin(), app["waiting_for"].end(), [](const Json& wait) {
      return wait["kind"] == "hold";
    })) << app;
  }
  const auto ran = train_here({"halt", "--why", "wrong build", "--yes"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(state_of("ios"), HasSubstr("DEVELOPER_REJECTED"));
  EXPECT_THAT(changes(), testing::Contains(HasSubstr("play/production/340 halted")));
  pass("30h");
  train_here({"advance", "-q"});
  EXPECT_LE(percent_of("ios"), 0) << state_of("ios");
  EXPECT_THAT(state_of("android"), HasSubstr("halted")) << "it went out after its review";
}

// What somebody who opens the next release should know.
TEST_F(Stops, StartingTheNextReleaseTellsOfTheBreachThatHaltedTheOneBefore) {
  android_is_out();
  control("POST", "health", {{"app", "android"}, {"version", "3.4.0"}, {"crash_rate", 0.5}});
  for (int i = 0; i < 8 && state_of("android").find("halted") == std::string::npos; ++i) {
    pass("3h");
    train_here({"advance", "-q"});
  }
  ASSERT_THAT(state_of("android"), HasSubstr("halted"));
  const auto ran = train_here({"start", "3.5.0"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Release 3.4.0 is open too, with a breach of crashes on android."));
}

// ---- without a log

TEST_F(Stops, WithADamagedLogTheWayAroundItIsNamedAndWorks) {
  android_is_out();
  std::ofstream(directory_ / ".train/charge/log.jsonl") << "{}\n";
  std::filesystem::remove(directory_ / ".train/charge/state.json");
  const auto refused = train_here({"halt", "android", "--why", "payments fail", "--yes"});
  EXPECT_EQ(refused.code, 1) << refused.out;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("`train halt android --without-log --yes`"),
                                 HasSubstr("https://play.google.com/console")));
  const auto blind = train_here({"halt", "android", "--without-log", "--yes"});
  EXPECT_EQ(blind.code, 0) << blind.out << blind.err;
  EXPECT_THAT(blind.out, AllOf(HasSubstr("android: halted 3.4.0"), HasSubstr("To bring it back")));
  EXPECT_THAT(state_of("android"), HasSubstr("halted"));
}

TEST_F(Stops, ALostLogIsSaidWhileAStoreIsInTheMiddleOfARelease) {
  android_is_out();
  std::filesystem::remove_all(directory_ / ".train");
  const auto status = train_here({"status", "--exit-code"});
  EXPECT_EQ(status.code, 3) << status.out;
  EXPECT_THAT(status.out,
              AllOf(HasSubstr("the store has 3.4.0 at 1 %"), HasSubstr("`train start 3.4.0` takes it over")));
  const auto advanced = train_here({"advance"});
  EXPECT_EQ(advanced.code, 3) << advanced.out;
  EXPECT_THAT(advanced.out, HasSubstr("the log knows of no release"));
  EXPECT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  EXPECT_EQ(train_here({"status", "--exit-code"}).out.find("knows of no release"), std::string::npos);
}

TEST_F(Stops, ATrainThatNeverBeganSaysNothingOfALostLog) {
  const auto status = train_here({"status", "--exit-code"});
  EXPECT_EQ(status.code, 0) << status.out;
  EXPECT_EQ(train_here({"advance"}).code, 0);
}

// ---- signals

class OneSignal : public Stops, public testing::WithParamInterface<int> {};

TEST_P(OneSignal, EndsACommandAfterTheCallInFlightAndSaysWhatIsLeft) {
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  sign_off();
  hold_back("/play/upload", "PUT");
  const pid_t pid = other({"advance"});
  ASSERT_TRUE(is_held_back());
  ASSERT_EQ(::kill(pid, GetParam()), 0);
  let_go();
  EXPECT_EQ(end_of(pid), 1) << said("err.txt");
  EXPECT_THAT(said("err.txt"), HasSubstr("Interrupted"));
  EXPECT_THAT(said("err.txt"), AnyOf(HasSubstr("not done: "), HasSubstr("was not sent"))) << "what was not done";
}

INSTANTIATE_TEST_SUITE_P(, OneSignal, testing::Values(SIGINT, SIGTERM),
                         [](const auto& row) { return row.param == SIGINT ? "Sigint" : "Sigterm"; });

TEST_F(Stops, ASecondSignalEndsItAtOnce) {
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  sign_off();
  hold_back("/play/upload", "PUT");
  const pid_t pid = other({"advance"});
  ASSERT_TRUE(is_held_back());
  ASSERT_EQ(::kill(pid, SIGINT), 0);
  ASSERT_EQ(::kill(pid, SIGTERM), 0);
  EXPECT_THAT(end_of(pid), testing::AnyOf(128 + SIGTERM, 128 + SIGINT)) << said("err.txt");
}

}  // namespace
}  // namespace train::e2e
