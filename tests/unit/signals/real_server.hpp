// Somebody else's server as a child on 127.0.0.1, with a directory of its own; gone with the test.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/scripted_server.hpp"
#include "train/base/process.hpp"
#include "train/http/client.hpp"

extern char** environ;

namespace train::signals {

inline bool is_installed(const std::string& program) {
  return run_process({.argv = {program, "--version"}}).has_value();
}

class RealServer {
 public:
  RealServer() {
    char pattern[] = "/tmp/train-signals-XXXXXX";
    if (::mkdtemp(pattern) != nullptr) directory_ = pattern;
  }
  ~RealServer() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }
  RealServer(const RealServer&) = delete;
  RealServer& operator=(const RealServer&) = delete;

  const std::filesystem::path& directory() const { return directory_; }
  const std::string& url() const { return url_; }
  std::string address() const { return url_.substr(7); }  // host:port, without http://

  // Ready when `ready_path` answers 200, at most 30 s from now.
  void start(std::vector<std::string> words, const std::string& ready_path) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const std::string log = (directory_ / "output").string();
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int spawned = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ASSERT_EQ(spawned, 0);
    http::Client client([](auto) { std::this_thread::sleep_for(std::chrono::milliseconds(100)); });
    http::Request ready;
    ready.url = url_ + ready_path;
    ASSERT_EQ(client.read(ready, 300).status, 200) << words[0] << " did not start";
  }

 private:
  std::filesystem::path directory_;
  std::string url_ = "http://127.0.0.1:" + std::to_string(testbed::refused_port());
  pid_t pid_ = 0;
};

}  // namespace train::signals
