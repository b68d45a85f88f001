// A stage for the whole program: the built-in stores in this process, the real binary in others, time that moves when
// told.
#pragma once

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "train/base/digest.hpp"
#include "train/base/process.hpp"
#include "train/cli/cli.hpp"
#include "train/sandbox/sandbox.hpp"

extern char** environ;

namespace train::e2e {

using Json = nlohmann::json;

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

class SandboxFixture : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("train-e2e-" + random_id());
    std::filesystem::create_directories(directory_);
    start_sandbox({});
  }
  void TearDown() override {
    // What `train_here` set is this test's own: the next one has another sandbox.
    for (const char* name : {"TRAIN_CLOCK", "NO_COLOR", "CI"}) ::unsetenv(name);
    sandbox_.reset();
    std::filesystem::remove_all(directory_);
  }

  void start_sandbox(sandbox::Options options) {
    sandbox_.reset();
    std::filesystem::remove_all(directory_ / ".train");
    auto started = sandbox::Sandbox::start(std::move(options));
    ASSERT_TRUE(started) << started.error().text();
    sandbox_ = std::move(*started);
    const auto written = sandbox::write_example(*sandbox_, directory_);
    ASSERT_TRUE(written) << written.error().text();
  }

  std::vector<std::pair<std::string, std::string>> environment() const {
    return {{"TRAIN_CLOCK", sandbox_->url() + "/_sandbox/clock"}, {"NO_COLOR", "1"}, {"CI", ""}};
  }

  Ran train(std::vector<std::string> arguments) const {
    ProcessRequest request;
    request.argv = {TRAIN_BINARY};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.directory = directory_;
    request.environment = environment();
    request.timeout_seconds = 120;
    const auto output = run_process(request);
    if (!output) return {-1, "", output.error().text()};
    return {output->exit_code, output->out, output->err};
  }

  // The same command line without a process of its own: for tests that run thousands of commands.
  Ran train_here(std::vector<std::string> arguments) const {
    for (const auto& [name, value] : environment()) ::setenv(name.c_str(), value.c_str(), 1);
    std::ostringstream out;
    std::ostringstream err;
    cli::Invocation invocation;
    invocation.arguments = {"-f", (directory_ / "train.yaml").string()};
    invocation.arguments.insert(invocation.arguments.end(), arguments.begin(), arguments.end());
    invocation.out = &out;
    invocation.err = &err;
    const int code = cli::run(invocation);
    return {code, out.str(), err.str()};
  }

  // Started and not waited for; its talk goes to a file beside the definition.
  pid_t spawn_train(const std::vector<std::string>& arguments) const {
    std::vector<std::string> words{TRAIN_BINARY};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables;
    const auto own = environment();
    // A name that stood there twice would keep its first value.
    const auto is_own = [&](const std::string& entry) {
      return std::any_of(own.begin(), own.end(),
                         [&](const auto& variable) { return entry.rfind(variable.first + "=", 0) == 0; });
    };
    for (char** entry = environ; *entry != nullptr; ++entry) {
      if (!is_own(*entry)) variables.emplace_back(*entry);
    }
    for (const auto& [name, value] : own) variables.push_back(name + "=" + value);
    const auto pointers = [](std::vector<std::string>& from) {
      std::vector<char*> out;
      for (auto& word : from) out.push_back(word.data());
      out.push_back(nullptr);
      return out;
    };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, directory_.c_str());
    posix_spawn_file_actions_addopen(&actions, 1, "out.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, "err.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);
    pid_t pid = 0;
    const int failed =
        ::posix_spawn(&pid, TRAIN_BINARY, &actions, nullptr, pointers(words).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    EXPECT_EQ(failed, 0);
    return pid;
  }

  static int wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  Json control(const std::string& method, const std::string& path, const Json& body = nullptr) const {
    const auto answer = sandbox_->control(method, "/_sandbox/" + path, body.is_null() ? "" : body.dump());
    EXPECT_LT(answer.status, 300) << path << ": " << answer.body;
    return Json::parse(answer.body, nullptr, false);
  }
  void pass(const std::string& length) const { control("POST", "clock", {{"advance", length}}); }
  Json store_state() const { return control("GET", "state"); }
  double percent_of(const std::string& app) const {
    const auto state = store_state();
    return state[app]["candidate"].is_object() ? state[app]["candidate"].value("percent", -1.0) : -1.0;
  }

  // What changed in the stores, in order.
  std::vector<std::string> changes() const {
    std::vector<std::string> out;
    for (const auto& call : control("GET", "calls")) {
      if (call.value("effect", false)) out.push_back(call.value("change", ""));
    }
    return out;
  }

  // Exactly once: no change is made twice in a row, per store; and what can only happen once did.
  void expect_each_change_once() const {
    std::map<std::string, std::string> last;
    std::map<std::string, int> counts;
    for (const auto& change : changes()) {
      const auto store = change.substr(0, change.find('/'));
      EXPECT_NE(last[store], change) << "made twice in a row";
      last[store] = change;
      ++counts[change];
    }
    const std::set<std::string> may_recur{"app-store/3.4.0 phased PAUSED", "app-store/3.4.0 phased ACTIVE"};
    for (const auto& [change, count] : counts) {
      EXPECT_TRUE(count == 1 || may_recur.count(change) != 0) << change << " was made " << count << " times";
    }
  }

  void sign_off() const {
    EXPECT_EQ(train_here({"approve", "submission:qa", "--as", "ben", "-q"}).code, 0);
    EXPECT_EQ(train_here({"approve", "rollout:release_manager", "--as", "ana", "-q"}).code, 0);
  }

  Json status() const { return Json::parse(train_here({"status", "-o", "json"}).out, nullptr, false); }
  bool is_done() const {
    const auto now = status();
    return now["release"].is_object() && now["release"].value("phase", "") == "done";
  }

  std::filesystem::path directory_;
  std::unique_ptr<sandbox::Sandbox> sandbox_;
};

}  // namespace train::e2e
